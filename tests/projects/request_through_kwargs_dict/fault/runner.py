import openai


def build(prompt, functions=None):
    arguments = {"model": "gpt-4-0613", "messages": [{"role": "user", "content": prompt}], "temperature": 0}
    if functions:
        arguments["functions"] = functions
    return arguments


def run(endpoint, prompt, **extra):
    method = openai.ChatCompletion.create if endpoint == "chat" else openai.Completion.create
    return method(**build(prompt), **extra)
