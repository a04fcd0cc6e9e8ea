"""Asks one question with SDK 0.x and prints the answer."""

import openai

reply = openai.ChatCompletion.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Say hello."}],
)
print(reply["choices"][0]["message"]["content"])
