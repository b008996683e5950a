# A Flask application in one file. Copy it to /srv/flask/app.wsgi for the recipe flask: shimctl config --recipe flask
from flask import Flask, redirect, request, url_for
from markupsafe import escape

application = Flask(__name__)


@application.get("/")
def front():
    return "<p>Hello from Flask"


@application.get("/hello/<name>")
def hello(name):
    return f"<p>Hello, {escape(name)}"


@application.post("/form")
def form():
    return f"<p>{escape(request.form['name'])} likes {escape(request.form['color'])}"


@application.get("/old")
def old():
    return redirect(url_for("hello", name="again"))
