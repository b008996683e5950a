#!/bin/sh
# An ordinary page with headers of its own.
printf 'Content-Type: text/plain; charset=utf-8\nX-Twice: one\nX-Twice: two\nSet-Cookie: a=1\nSet-Cookie: b=2\n\nA page: %s\n' "$QUERY_STRING"
