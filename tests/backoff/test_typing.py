"""Type checkers accept the helper, and see through it at wrapped call sites."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import module

from oailint import fix_source
from oailint.backoff import FORMS, render
from oailint.config import Config

CALLS = """
async def calls(client: OpenAI, aclient: AsyncOpenAI, texts: list[str]) -> None:
    # Each line is a case: the type, or the error, that must be told.
    ask: ChatCompletionMessageParam = {"role": "user", "content": "Hi"}
    chat = client.chat.completions.create
    achat = aclient.chat.completions.create
    assert_type(with_backoff(chat)(model="m", messages=[ask]), ChatCompletion)
    assert_type(with_backoff(chat)(model="m", messages=[ask], stream=True), Stream[ChatCompletionChunk])
    assert_type(await with_backoff_async(achat)(model="m", messages=[ask]), ChatCompletion)
    assert_type(await with_backoff_async(achat)(model="m", messages=[ask], stream=True), Chunks)
    once = client.with_options(max_retries=0)
    assert_type(with_backoff(once.embeddings.create)(model="m", input=texts), CreateEmbeddingResponse)
    assert_type(await with_backoff_async(aclient.embeddings.create)(model="m", input=texts), CreateEmbeddingResponse)
    task = asyncio.create_task(with_backoff_async(achat)(model="m", messages=[ask]))
    assert_type(await task, ChatCompletion)
    assert_type(summary(1), str)
    assert_type(await asummary(2), str)


@with_backoff
def summary(number: int) -> str:
    return str(number)


@with_backoff_async
async def asummary(number: int) -> str:
    return str(number)
"""
WRONG = """
async def wrong(client: OpenAI, aclient: AsyncOpenAI) -> None:
    with_backoff(client.chat.completions.create)(model="m", messages=[], bogus=1)  # wrong
    await with_backoff_async(aclient.chat.completions.create)(model="m", messages=[], bogus=1)  # wrong
    with_backoff_async(client.embeddings.create)  # wrong
    with_backoff(client.embeddings.create)(input=[])  # wrong
"""
PROGRAM = """\
from __future__ import annotations

import asyncio

from openai import AsyncOpenAI, AsyncStream, OpenAI, Stream
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from typing_extensions import assert_type


def ask(client: OpenAI, message: ChatCompletionMessageParam) -> None:
    assert_type(client.chat.completions.create(model="m", messages=[message]), ChatCompletion)
    assert_type(client.chat.completions.create(model="m", messages=[message], stream=True), Stream[ChatCompletionChunk])
    assert_type(client.embeddings.create(model="m", input="Hi"), CreateEmbeddingResponse)
    client.chat.completions.create(model="m", messages=[message], bogus=1)  # wrong
    client.embeddings.create(model="m")  # wrong


def title(message: ChatCompletionMessageParam) -> str | None:
    client = OpenAI()
    reply = client.chat.completions.create(model="m", messages=[message])
    assert_type(reply, ChatCompletion)
    return reply.choices[0].message.content


async def aask(client: AsyncOpenAI, message: ChatCompletionMessageParam) -> None:
    assert_type(await client.chat.completions.create(model="m", messages=[message]), ChatCompletion)
    chunks = await client.chat.completions.create(model="m", messages=[message], stream=True)
    assert_type(chunks, AsyncStream[ChatCompletionChunk])
    async for chunk in chunks:
        print(chunk.choices[0].delta.content)
    task = asyncio.create_task(client.chat.completions.create(model="m", messages=[message]))
    assert_type(await task, ChatCompletion)
    await client.chat.completions.create(model="m", messages=[message], bogus=1)  # wrong
    await client.embeddings.create(model="m")  # wrong


async def in_thread(client: OpenAI) -> None:
    reply = await asyncio.to_thread(client.embeddings.create, model="m", input="Hi")
    assert_type(reply, CreateEmbeddingResponse)
    await asyncio.to_thread(client.embeddings.create, model="m")  # wrong
"""
LIMITED = """\
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from openai import AsyncOpenAI, OpenAI
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from typing_extensions import assert_type

client = AsyncOpenAI()
blocking = OpenAI()


async def title(message: ChatCompletionMessageParam) -> str | None:
    reply = await client.chat.completions.create(model="m", messages=[message])
    return reply.choices[0].message.content


async def every(messages: list[ChatCompletionMessageParam]) -> None:
    assert_type(await asyncio.gather(*[title(one) for one in messages]), list[str | None])
    replies = [client.chat.completions.create(model="m", messages=[one]) for one in messages]
    assert_type(await asyncio.gather(*replies), list[ChatCompletion])
    tasks = {number: asyncio.create_task(title(one)) for number, one in enumerate(messages)}
    assert_type(tasks, dict[int, asyncio.Task[str | None]])
    await asyncio.gather(*[title(one, 1) for one in messages])  # wrong


async def vectors(texts: list[str]) -> AsyncIterator[CreateEmbeddingResponse]:
    found = await asyncio.gather(
        *[asyncio.to_thread(blocking.embeddings.create, model="m", input=one) for one in texts]
    )
    assert_type(found, list[CreateEmbeddingResponse])
    for done in asyncio.as_completed([client.embeddings.create(model="m", input=one) for one in texts]):
        yield await done
"""
IMPORTS = """\
from openai import AsyncOpenAI, AsyncStream, OpenAI, Stream
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from typing_extensions import assert_type
import asyncio
Chunks = AsyncStream[ChatCompletionChunk]
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the helper in each form before code that calls it, right and wrong, and with a program as it was
    and as the fixes of each form leave it."""
    folder = tmp_path_factory.mktemp("typing")
    for form in FORMS:
        helper = render(form, sync=True, asynchronous=True, api="v1")
        (folder / f"right_{form}.py").write_text(module(helper, CALLS, IMPORTS))
        (folder / f"wrong_{form}.py").write_text(module(helper, WRONG, IMPORTS))
    (folder / "program.py").write_text(PROGRAM)
    for form in (*FORMS, "sdk"):
        fixed = fix_source(PROGRAM, config=Config(backoff=form))
        assert fixed.report.statistics.fixed == len(re.findall(r"\.create\b", PROGRAM))
        (folder / f"program_{form}.py").write_text(fixed.text)
        bounded = fix_source(LIMITED, config=Config(backoff=form), unsafe=True)
        assert len(re.findall(r"limited\(semaphore, ", bounded.text)) == 6
        (folder / f"limited_{form}.py").write_text(bounded.text)
    (folder / "limited.py").write_text(LIMITED)
    return folder


def check(*command: str, folder: Path) -> list[tuple[str, int]]:
    """The places of errors that a type checker reports, as file name and line."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    places = re.findall(r"(\w+\.py):(\d+)(?::\d+)*(?: -|:) error", output)
    assert places or done.returncode == 0, output
    return sorted({(name, int(line)) for name, line in places})


def expected(folder: Path) -> list[tuple[str, int]]:
    """The lines that say that they are wrong."""
    return [
        (path.name, number)
        for path in sorted(folder.glob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if line.endswith("# wrong")
    ]


def test_mypy(files: Path) -> None:
    assert check("mypy", "--strict", "--cache-dir", "cache", ".", folder=files) == expected(files)


@pytest.mark.registry
def test_pyright(files: Path) -> None:
    """Marked, since pyright may fetch itself when it runs for the first time."""
    settings = {"typeCheckingMode": "strict", "reportUnusedImport": False, "reportDuplicateImport": False}
    (files / "pyrightconfig.json").write_text(json.dumps(settings))
    assert check("pyright", "--pythonpath", sys.executable, ".", folder=files) == expected(files)
