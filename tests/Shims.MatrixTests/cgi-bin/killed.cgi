#!/bin/sh
# Is killed after five bytes of its page, whose length it has said if its note is to be called length-...
: >"../notes/$QUERY_STRING"
printf 'Content-Type: text/plain\n'
case $QUERY_STRING in
    length-*) printf 'Content-Length: 1000\n' ;;
esac
printf '\nfive.'
kill -KILL $$
