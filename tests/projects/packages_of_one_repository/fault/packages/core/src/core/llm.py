import openai


def complete(prompt):
    return openai.Completion.create(engine="davinci", prompt=prompt).choices[0].text
