from typing import Annotated

from dependencies import openai_client
from fastapi import APIRouter, Depends
from openai import AsyncOpenAI
from pydantic import BaseModel

router = APIRouter()


class Question(BaseModel):
    text: str


@router.post("/ask")
async def ask(question: Question, client: Annotated[AsyncOpenAI, Depends(openai_client)]):
    response = await client.responses.create(model="gpt-4.1", input=question.text)
    return {"answer": response.output_text}
