#!/bin/sh
# Streams: a line each second for as long as somebody listens, at most an hour. A script that takes its time looks like this.
# When the browser leaves, writing fails, and the script ends.
printf 'Content-Type: text/plain; charset=utf-8\nX-Accel-Buffering: no\n\n'
count=0
while [ "$count" -lt 3600 ] && date '+%H:%M:%S'; do
    count=$((count + 1))
    sleep 1
done
