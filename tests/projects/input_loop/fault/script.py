import sys

from openai import OpenAI

client = OpenAI()
messages = [{"role": "system", "content": "You are a pirate."}]

with open(sys.argv[1]) as script:
    lines = script.read().splitlines()

while lines:
    messages.append({"role": "user", "content": lines.pop(0)})
    reply = client.chat.completions.create(model="gpt-4o", messages=messages)
    messages.append({"role": "assistant", "content": reply.choices[0].message.content})
    print(reply.choices[0].message.content)
