import openai


def ask(prompt, shorten, attempts_left=3):
    try:
        return openai.Completion.create(model="text-davinci-003", prompt=prompt)
    except openai.error.InvalidRequestError as error:
        if attempts_left > 0 and (
            error.code in ("context_length_exceeded", "string_above_max_length", "messages_too_long_for_model")
            or error.param == "messages"
        ):
            return shorten(prompt, attempts_left - 1)
        raise
