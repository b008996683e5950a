#!/bin/sh
# The smallest CGI script: no program but the shell itself is started.
printf 'Content-Type: text/plain\r\n\r\nHello from a shell script\n'
