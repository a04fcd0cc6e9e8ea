"""Asks one question, and tells a rate limit from other errors by the text."""

from openai import OpenAI

client = OpenAI()
try:
    reply = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Say hello."}],
    )
    print(reply.choices[0].message.content)
except Exception as e:
    if "429" in str(e):
        print("Too many requests, come back later.")
    else:
        print("Something else went wrong.")
