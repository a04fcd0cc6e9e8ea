from flask import Flask, request
from llm import complete

app = Flask(__name__)


@app.get("/complete")
def show():
    return complete(request.args["prompt"])
