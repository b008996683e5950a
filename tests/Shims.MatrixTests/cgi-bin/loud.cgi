#!/bin/sh
# Complains at every stage, and at length.
echo 'warning before the head' >&2
printf 'Content-Type: text/plain\n\nfirst\n'
echo 'warning in the body' >&2
head -c 100000 /dev/zero | tr '\0' '!' >&2
printf 'second\n'
echo 'warning at the end' >&2
