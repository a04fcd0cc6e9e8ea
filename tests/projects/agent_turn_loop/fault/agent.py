import json

from openai import OpenAI
from tools import TOOLS, run_tool

client = OpenAI()


def solve(task, max_turns=25):
    messages = [{"role": "user", "content": task}]
    for _ in range(max_turns):
        reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
        message = reply.choices[0].message
        messages.append(message)
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            result = run_tool(call.function.name, **json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
    return None
