#!/bin/sh
# Is killed after five bytes of its page.
printf 'Content-Type: text/plain\n'
[ "$QUERY_STRING" != length ] || printf 'Content-Length: 1000\n'
printf '\nfive.'
kill -KILL $$
