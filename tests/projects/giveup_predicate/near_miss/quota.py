import backoff
import openai


def out_of_money(error):
    return (error.json_body or {}).get("error", {}).get("type") == "insufficient_quota"


@backoff.on_exception(backoff.expo, openai.error.RateLimitError, giveup=out_of_money, max_tries=10)
def complete(messages):
    return openai.ChatCompletion.create(model="gpt-4", messages=messages)
