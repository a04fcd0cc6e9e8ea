from fastapi import FastAPI, WebSocket
from openai import AsyncOpenAI

app = FastAPI()
client = AsyncOpenAI()


@app.websocket("/digest")
async def digest(socket: WebSocket):
    await socket.accept()
    documents = await socket.receive_json()
    for document in documents:
        response = await client.responses.create(model="gpt-4.1-mini", input=document)
        await socket.send_text(response.output_text)
