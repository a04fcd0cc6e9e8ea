import openai
from flask import Flask, request
from llm import complete
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

app = Flask(__name__)


@app.get("/complete")
@retry(retry=retry_if_exception_type(openai.error.RateLimitError), wait=wait_fixed(5), stop=stop_after_attempt(3))
def show():
    return complete(request.args["prompt"])
