from openai import OpenAI

client = OpenAI(max_retries=6)


def ask(prompt):
    try:
        return client.responses.create(model="gpt-4.1", input=prompt).output_text
    except Exception as error:
        kind = error.__class__.__name__
        if kind in ("RateLimitError", "APITimeoutError"):
            return "later"
        return f"{kind}: {error}"
