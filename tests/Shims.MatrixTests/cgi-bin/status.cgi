#!/bin/sh
# Answers with the status that the query names.
case $QUERY_STRING in
    304) printf 'Status: 304 Not Modified\nETag: "page"\n\n' ;;
    404) printf 'Status: 404 Not Found\nContent-Type: text/plain\n\nNo such page, says the script.\n' ;;
    418) printf "Status: 418 I'm a teapot\nContent-Type: text/plain\n\nShort and stout.\n" ;;
esac
