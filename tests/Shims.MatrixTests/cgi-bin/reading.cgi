#!/bin/sh
# Answers with a page of 20 KB, after it has read as much of its body as the query says: nothing, half, all, or to the end.
case $QUERY_STRING in
half) read=$(head -c $((CONTENT_LENGTH / 2)) | wc -c) ;;
all) read=$(head -c "$CONTENT_LENGTH" | wc -c) ;;
end) read=$(wc -c) ;;
*) read=0 ;;
esac
printf 'Content-Type: text/plain\n\nread %s\n%020000d' "$((read))" 0
