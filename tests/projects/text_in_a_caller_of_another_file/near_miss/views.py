import json

from flask import Flask, abort, request
from llm.client import generate

app = Flask(__name__)


@app.post("/generate")
def post():
    try:
        prompt = json.loads(request.data)["prompt"]
    except Exception as error:
        if "Expecting value" in repr(error):
            abort(402)
        abort(500)
    return {"text": generate(prompt)}
