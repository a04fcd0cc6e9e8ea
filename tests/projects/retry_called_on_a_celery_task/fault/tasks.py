import openai
from celery import Celery

app = Celery("reports", broker="redis://localhost")


@app.task(bind=True, max_retries=3)
def report(self, topic):
    try:
        reply = openai.ChatCompletion.create(model="gpt-4", messages=[{"role": "user", "content": topic}])
    except openai.error.RateLimitError:
        self.update_state(state="LIMITED")
        return None
    return reply["choices"][0]["message"]["content"]
