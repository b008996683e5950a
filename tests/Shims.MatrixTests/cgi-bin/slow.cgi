#!/bin/sh
# Takes longer than it may, after five bytes of its page.
: >"../notes/$QUERY_STRING"
printf 'Content-Type: text/plain\n\nfive.'
exec sleep 600
