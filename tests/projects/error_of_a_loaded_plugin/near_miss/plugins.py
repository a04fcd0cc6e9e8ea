import importlib

from openai import OpenAI

client = OpenAI(max_retries=6)


def complete(prompt):
    return client.responses.create(model="gpt-4.1", input=prompt).output_text


def run(name, text):
    plugin = importlib.import_module(f"plugins.{name}").Plugin()
    try:
        return plugin.handle(text)
    except Exception as error:
        if "has no attribute" in str(error):
            return plugin.handle(text[:4000])
        raise
