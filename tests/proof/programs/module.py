"""Asks one question through the module's own client, and prints the answer."""

import openai

reply = openai.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Say hello."}],
)
print(reply.choices[0].message.content)
