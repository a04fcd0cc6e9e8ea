from openai import OpenAI

client = OpenAI(max_retries=6)


def tag(text: str) -> list[str]:
    answer = client.responses.create(model="gpt-4.1-nano", input=f"Five tags, comma-separated, for:\n{text}")
    return [one.strip() for one in answer.output_text.split(",")]
