#!/bin/sh
# Notes its environment, because not every answer can show it: that to HEAD cannot.
env -0 >../notes/environment.new && mv ../notes/environment.new ../notes/environment
printf 'Content-Type: text/plain\n\nnoted\n'
