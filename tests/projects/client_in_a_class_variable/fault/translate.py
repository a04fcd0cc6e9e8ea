from openai import AsyncOpenAI


class Translator:
    client = AsyncOpenAI()
    model = "gpt-4.1-mini"

    @classmethod
    async def translate(cls, text, target):
        response = await cls.client.responses.create(
            model=cls.model, instructions=f"Translate into {target}.", input=text
        )
        return response.output_text
