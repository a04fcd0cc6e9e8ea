import time

from openai import OpenAI

client = OpenAI()


def classify(tweets):
    labels = []
    for tweet in tweets:
        reply = client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": f"Topic of: {tweet}"}]
        )
        labels.append(reply.choices[0].message.content)
        time.sleep(1)
    return labels
