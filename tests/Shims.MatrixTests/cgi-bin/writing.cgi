#!/bin/sh
# Notes its process, then writes for as long as it can.
echo $$ >"../notes/$QUERY_STRING.new" && mv "../notes/$QUERY_STRING.new" "../notes/$QUERY_STRING"
printf 'Content-Type: text/plain\nX-Accel-Buffering: no\n\n'
while head -c 8192 /dev/zero; do sleep 0.05; done
