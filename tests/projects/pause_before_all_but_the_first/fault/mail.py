import time

from openai import OpenAI

client = OpenAI()


def answer_all(mails):
    for number, mail in enumerate(mails):
        if number == 0:
            time.sleep(2)
        mail.reply(client.responses.create(model="gpt-4.1", input=mail.text).output_text)
