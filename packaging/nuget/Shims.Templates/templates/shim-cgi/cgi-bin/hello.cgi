#!/bin/sh
# The smallest CGI script: a header, an empty line, the page.
printf 'Content-Type: text/plain; charset=utf-8\n\nHello, world!\n'
