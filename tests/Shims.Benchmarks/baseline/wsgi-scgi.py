#!/usr/bin/env python3
# A WSGI application served from inetd by SCGI, with nothing but what Python brings: what a Python user would start for each request.
import socket
import sys


def application(environ, start_response):
    from urllib.parse import parse_qs
    name = parse_qs(environ.get("QUERY_STRING", "")).get("name", ["world"])[0]
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"Hello, {name}!\n".encode()]


def serve(connection):
    stream = connection.makefile("rwb")
    length = b""
    while (digit := stream.read(1)) != b":":
        length += digit
    pairs = stream.read(int(length)).split(b"\0")
    stream.read(1)
    environ = {name.decode("latin-1"): value.decode("latin-1") for name, value in zip(pairs[0::2], pairs[1::2])}
    environ.update({
        "wsgi.version": (1, 0), "wsgi.url_scheme": environ.get("REQUEST_SCHEME", "http"), "wsgi.input": stream, "wsgi.errors": sys.stderr,
        "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": True,
    })

    def start_response(status, headers, exc_info=None):
        stream.write(f"Status: {status}\r\n".encode())
        for name, value in headers:
            stream.write(f"{name}: {value}\r\n".encode())
        stream.write(b"\r\n")

    for part in application(environ, start_response):
        stream.write(part)
    stream.flush()


serve(socket.socket(fileno=0))
