import openai


def complete(prompt, model="gpt-4"):
    reply = openai.ChatCompletion.create(model=model, messages=[{"role": "user", "content": prompt}])
    return reply["choices"][0]["message"]["content"]
