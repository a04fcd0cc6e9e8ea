from openai import AsyncOpenAI
from temporalio import activity


@activity.defn
async def invoke_model(prompt: str) -> str:
    client = AsyncOpenAI(max_retries=0)
    response = await client.responses.create(model="gpt-4.1", input=prompt)
    return response.output_text
