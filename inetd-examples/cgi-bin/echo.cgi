#!/bin/sh
# Sends the body of a POST request back.
# A script reads CONTENT_LENGTH bytes and no more: standard input may be the connection itself, which has no end yet.
# The type keeps a browser from showing what a stranger sent as a page of this site.
printf 'Content-Type: application/octet-stream\nX-Content-Type-Options: nosniff\n\n'
exec head -c "${CONTENT_LENGTH:-0}"
