#!/usr/bin/env python3
"""Shows what a form sent, by GET or by POST, as a page."""
import html
import os
import sys
import urllib.parse

LARGEST_FORM = 1_000_000

length = int(os.environ.get("CONTENT_LENGTH") or 0)
if length > LARGEST_FORM:
    print("Status: 413 Content Too Large\nContent-Type: text/plain; charset=utf-8\n\nThis form is too large.")
    sys.exit()

# Exactly CONTENT_LENGTH bytes: standard input may be the connection itself, which has no end yet.
body = sys.stdin.buffer.read(length).decode("utf-8", "replace")
fields = urllib.parse.parse_qsl(os.environ.get("QUERY_STRING", "")) + urllib.parse.parse_qsl(body)

# Everything that came from outside is escaped on its way into HTML.
rows = "".join(f"<tr><th>{html.escape(name)}<td>{html.escape(value)}\n" for name, value in fields)
page = f"""<!doctype html>
<title>Request</title>
<h1>{html.escape(os.environ["REQUEST_METHOD"])} request</h1>
<table>
{rows}</table>
<form method="post"><label>Word <input name="word"></label> <button>Send</button></form>
"""
sys.stdout.buffer.write(b"Content-Type: text/html; charset=utf-8\n\n" + page.encode())
