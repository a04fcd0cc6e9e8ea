import os

from llm import make_client

client = make_client(os.environ.get("VENDOR", "zhipu"))


def ask(question):
    answer = client.chat.completions.create(model=os.environ["MODEL"], messages=[{"role": "user", "content": question}])
    return answer.choices[0].message.content
