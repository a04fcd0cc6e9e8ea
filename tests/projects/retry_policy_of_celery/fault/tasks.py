from celery import shared_task
from openai import OpenAI

client = OpenAI(max_retries=0)


@shared_task(bind=True, max_retries=5, default_retry_delay=30)
def summarise_ticket(self, ticket_id, text):
    answer = client.responses.create(model="gpt-4.1-mini", input=f"Summarise:\n{text}")
    return {"ticket": ticket_id, "summary": answer.output_text}
