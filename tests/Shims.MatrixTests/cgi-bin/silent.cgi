#!/bin/sh
# Notes its process, writes a little, then nothing.
echo $$ >"../notes/$QUERY_STRING.new" && mv "../notes/$QUERY_STRING.new" "../notes/$QUERY_STRING"
printf 'Content-Type: text/plain\nX-Accel-Buffering: no\n\nbegun\n'
exec sleep 600
