import openai


def summarise(text):
    answer = openai.Completion.create(model="text-davinci-003", prompt=f"{text}\n\nTl;dr", max_tokens=80)
    return answer.choices[0].text.strip()


def shorten(text, width=200):
    return text[:width]


COMMANDS = {"summary": summarise, "head": shorten}
