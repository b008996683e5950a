#!/usr/bin/env python3
"""A WSGI application as a CGI program, with wsgiref and its validator, which complains about everything that PEP 3333 forbids."""
import hashlib
import wsgiref.handlers
import wsgiref.util
import wsgiref.validate


def application(environ, start_response):
    length = int(environ.get('CONTENT_LENGTH') or 0)
    body = environ['wsgi.input'].read(length)
    start_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8')])
    path = environ.get('PATH_INFO', '').encode('latin-1').decode('utf-8')
    text = f'{wsgiref.util.request_uri(environ)}\n{path}\n{length} {hashlib.sha256(body).hexdigest()}\n'
    return [text.encode('utf-8')]


wsgiref.handlers.CGIHandler().run(wsgiref.validate.validator(application))
