import os

from openai import OpenAI, OpenAIError

PROVIDERS = [
    ("https://api.openai.com/v1", "OPENAI_API_KEY", "gpt-4o"),
    ("https://api.together.xyz/v1", "TOGETHER_API_KEY", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
    ("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "openai/gpt-4o"),
]


def ask(question):
    for url, key, model in PROVIDERS:
        client = OpenAI(base_url=url, api_key=os.environ[key])
        try:
            reply = client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
            return reply.choices[0].message.content
        except OpenAIError as error:
            print(f"{url}: {error}")
    raise RuntimeError("nobody answers")
