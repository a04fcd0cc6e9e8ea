from openai import OpenAI

client = OpenAI()


def follow(jobs):
    while jobs:
        for job in list(jobs):
            if client.fine_tuning.jobs.retrieve(job).finished_at:
                jobs.remove(job)
