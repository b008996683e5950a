#!/bin/sh
# Refuses an upload without having looked at it.
printf 'Status: 413 Content Too Large\nContent-Type: text/plain\n\nToo large, says the script.\n'
