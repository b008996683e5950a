#!/bin/sh
# Answers at once, then reads the body, as git http-backend does: what CONTENT_LENGTH says, and the SHA-256 of so many bytes.
printf 'Content-Type: text/plain\n\n%s ' "${CONTENT_LENGTH-absent}"
head -c "${CONTENT_LENGTH:-0}" | sha256sum
