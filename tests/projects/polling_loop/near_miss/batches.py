import time

from openai import OpenAI

client = OpenAI()


def wait_for(batch_id):
    batch = client.batches.retrieve(batch_id)
    while batch.status in ("validating", "in_progress", "finalizing"):
        time.sleep(60)
        batch = client.batches.retrieve(batch_id)
    return client.files.content(batch.output_file_id).text
