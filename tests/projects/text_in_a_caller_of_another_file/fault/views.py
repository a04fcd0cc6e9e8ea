from flask import Flask, abort, request
from llm.client import generate

app = Flask(__name__)


@app.post("/generate")
def post():
    try:
        return {"text": generate(request.json["prompt"])}
    except Exception as error:
        if "insufficient_quota" in repr(error):
            abort(402)
        abort(500)
