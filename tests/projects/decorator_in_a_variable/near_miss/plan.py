import json

from openai import OpenAI
from policies import again

client = OpenAI(max_retries=0)


@again
def plan(goal):
    reply = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": f"Plan as JSON with the key steps: {goal}"}]
    )
    return json.loads(reply.choices[0].message.content)["steps"]
