import backoff
import openai


@backoff.on_exception(backoff.expo, openai.error.OpenAIError, max_tries=5)
def tokens(messages):
    for chunk in openai.ChatCompletion.create(model="gpt-4", messages=messages, stream=True):
        delta = chunk["choices"][0]["delta"]
        if "content" in delta:
            yield delta["content"]
