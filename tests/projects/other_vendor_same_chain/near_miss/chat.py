import os

from groq import Groq

client = Groq(api_key=os.environ["GROQ_API_KEY"])


def chat(messages):
    reply = client.chat.completions.create(model="llama-3.3-70b-versatile", messages=messages)
    return reply.choices[0].message.content
