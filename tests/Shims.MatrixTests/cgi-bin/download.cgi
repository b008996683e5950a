#!/bin/sh
# 50 MiB.
printf 'Content-Type: application/octet-stream\n\n'
yes '0123456789abcde' | head -c 52428800
