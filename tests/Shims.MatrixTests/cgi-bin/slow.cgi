#!/bin/sh
# Takes longer than it may, after five bytes of its page.
printf 'Content-Type: text/plain\n\nfive.'
exec sleep 600
