"""Asks one hundred questions, one after the other, and prints the number of answers."""

from openai import OpenAI

client = OpenAI()
answers = []
for number in range(100):
    reply = client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": f"Question {number}"}],
    )
    answers.append(reply.choices[0].message.content)
print(len(answers))
