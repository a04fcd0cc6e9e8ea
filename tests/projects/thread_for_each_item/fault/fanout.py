import threading

from openai import OpenAI

client = OpenAI(max_retries=4)
answers = {}


def work(name, prompt):
    answers[name] = client.responses.create(model="gpt-4.1", input=prompt).output_text


def run(prompts):
    threads = [threading.Thread(target=work, args=item) for item in prompts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
