from session import openai_session


async def speak(text, path):
    async with openai_session() as client:
        speech = await client.audio.speech.create(model="tts-1", voice="alloy", input=text)
        speech.write_to_file(path)
