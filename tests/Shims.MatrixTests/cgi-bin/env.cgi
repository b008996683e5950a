#!/bin/sh
# The environment, byte for byte.
printf 'Content-Type: text/plain\n\n'
exec env
