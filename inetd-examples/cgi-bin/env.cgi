#!/bin/sh
# Shows the environment that a script gets: one NAME=VALUE per line, the bytes as they are.
# For trying things out: it shows cookies too, so do not leave it where strangers can call it.
printf 'Content-Type: text/plain\nX-Content-Type-Options: nosniff\n\n'
exec env
