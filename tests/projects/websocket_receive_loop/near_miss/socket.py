from fastapi import FastAPI, WebSocket
from openai import AsyncOpenAI

app = FastAPI()
client = AsyncOpenAI()


@app.websocket("/chat")
async def chat(socket: WebSocket):
    await socket.accept()
    while True:
        text = await socket.receive_text()
        response = await client.responses.create(model="gpt-4.1-mini", input=text)
        await socket.send_text(response.output_text)
