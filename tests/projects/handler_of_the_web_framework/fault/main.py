from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from openai import AsyncOpenAI

app = FastAPI()
client = AsyncOpenAI(max_retries=5)


@app.exception_handler(Exception)
async def failed(request: Request, error: Exception):
    busy = "rate limit" in str(error).lower()
    return JSONResponse({"detail": str(error)}, status_code=429 if busy else 500)


@app.get("/define/{word}")
async def define(word: str):
    response = await client.responses.create(model="gpt-4.1", input=f"Define {word}.")
    return response.output_text
