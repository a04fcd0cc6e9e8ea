from bot import SupportBot
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
bot = SupportBot(OpenAI(max_retries=6))


@app.post("/reply")
def reply():
    return {"answer": bot.reply(request.json["text"])}
