from scope import current


async def greet(name):
    client = current.get()
    response = await client.responses.create(model="gpt-4.1-nano", input=f"Greet {name}.")
    return response.output_text
