#!/bin/sh
# Sends each piece of the body back as it comes.
printf 'Content-Type: application/octet-stream\n\n'
exec head -c "$CONTENT_LENGTH"
