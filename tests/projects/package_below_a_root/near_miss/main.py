import deep.chat as again
from deep import chat


def ask(text):
    return chat.client.responses.create(model="gpt-4.1", input=text)


def ask_again(text):
    return again.client.responses.create(model="gpt-4.1", input=text)
