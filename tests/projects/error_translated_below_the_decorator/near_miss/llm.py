import openai
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed


class LLMError(Exception):
    pass


@retry(retry=retry_if_exception_type(LLMError), wait=wait_fixed(10), stop=stop_after_attempt(5))
def call(messages):
    try:
        return openai.ChatCompletion.create(model="gpt-4", messages=messages)
    except openai.error.OpenAIError as error:
        raise LLMError("request failed") from error
