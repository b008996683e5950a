#!/usr/bin/env python3
"""Answers an upload of any size with its length and its SHA-256, as curl --data-binary @FILE URL shows."""
import hashlib
import os
import sys

digest = hashlib.sha256()
remaining = int(os.environ.get("CONTENT_LENGTH") or 0)
received = 0
while remaining > received:
    piece = sys.stdin.buffer.read1(min(65536, remaining - received))
    if not piece:
        break  # the sender left early; the length below says so
    digest.update(piece)
    received += len(piece)
print(f"Content-Type: text/plain; charset=utf-8\n\n{received} bytes\nSHA-256 {digest.hexdigest()}")
