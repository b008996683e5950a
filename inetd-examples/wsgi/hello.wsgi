# A WSGI application (PEP 3333). Flask and Django make such an object, too: application = Flask(__name__)
from html import escape
from urllib.parse import parse_qs


def application(environ, start_response):
    name = parse_qs(environ["QUERY_STRING"]).get("name", ["world"])[0]
    page = f"""<!doctype html>
<title>WSGI</title>
<h1>Hello, {escape(name)}!</h1>
<p>You asked for {escape(environ["PATH_INFO"] or "/")} below {escape(environ["SCRIPT_NAME"])}.</p>
"""
    print("printed: this is in the log, and not in the page")
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]
