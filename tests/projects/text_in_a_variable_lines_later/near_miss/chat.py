import logging

from openai import OpenAI, RateLimitError

client = OpenAI(max_retries=6)
log = logging.getLogger(__name__)


def chat(messages):
    try:
        return client.chat.completions.create(model="gpt-4o", messages=messages).choices[0].message.content
    except Exception as e:
        error_msg = str(e)
        log.error("chat failed: %s", error_msg)
        usage = sum(len(message["content"]) for message in messages)
        log.debug("%d characters in %d messages", usage, len(messages))
        if isinstance(e, RateLimitError):
            return "Too many people are chatting, please wait a minute."
        return f"Something went wrong: {error_msg}"
