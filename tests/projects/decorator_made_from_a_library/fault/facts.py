from openai import OpenAI
from resilience import resilient

client = OpenAI(max_retries=0)


@resilient
def year_of(event):
    return int(client.responses.create(model="gpt-4.1", input=f"Only the year of: {event}").output_text)
