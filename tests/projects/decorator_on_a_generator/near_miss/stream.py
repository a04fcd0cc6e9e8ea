import backoff
import openai


@backoff.on_exception(backoff.expo, openai.error.OpenAIError, max_tries=5)
def open_stream(messages):
    return openai.ChatCompletion.create(model="gpt-4", messages=messages, stream=True)


def tokens(messages):
    for chunk in open_stream(messages):
        delta = chunk["choices"][0]["delta"]
        if "content" in delta:
            yield delta["content"]
