import openai


def ask(prompt, shorten, attempts_left=3):
    try:
        return openai.Completion.create(model="text-davinci-003", prompt=prompt)
    except openai.error.InvalidRequestError as error:
        if attempts_left > 0 and (
            "maximum context length" in str(error) or "reduce the length of the messages or completion" in str(error)
        ):
            return shorten(prompt, attempts_left - 1)
        raise
