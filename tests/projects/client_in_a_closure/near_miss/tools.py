from openai import OpenAI


def make_summariser(model, client=None):
    client = client or OpenAI(max_retries=6)

    def summarise(text, words=100):
        prompt = f"Summarise in {words} words:\n{text}"
        return client.responses.create(model=model, input=prompt).output_text

    return summarise


summarise = make_summariser("gpt-4.1-mini")
