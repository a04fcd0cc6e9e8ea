import sys

import openai


def haiku(topic):
    reply = openai.ChatCompletion.create(
        model="gpt-3.5-turbo", messages=[{"role": "user", "content": f"A haiku on {topic}"}]
    )
    return reply.choices[0].message.content


print(*map(haiku, sys.stdin), sep="\n\n")
