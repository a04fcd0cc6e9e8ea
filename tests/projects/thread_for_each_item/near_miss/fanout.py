import queue
import threading

from openai import OpenAI

client = OpenAI(max_retries=4)
answers = {}


def work(jobs):
    while True:
        try:
            name, prompt = jobs.get_nowait()
        except queue.Empty:
            return
        answers[name] = client.responses.create(model="gpt-4.1", input=prompt).output_text


def run(prompts):
    jobs = queue.Queue()
    for item in prompts.items():
        jobs.put(item)
    threads = [threading.Thread(target=work, args=(jobs,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
