from openai import OpenAI

client = OpenAI()


def cancel_all():
    for batch in client.batches.list(limit=100):
        if batch.status == "in_progress":
            client.batches.cancel(batch.id)
