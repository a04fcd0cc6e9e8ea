from bot import SupportBot
from flask import Flask, request
from openai import OpenAI

app = Flask(__name__)
bot = SupportBot(OpenAI())


@app.post("/reply")
def reply():
    return {"answer": bot.reply(request.json["text"])}
