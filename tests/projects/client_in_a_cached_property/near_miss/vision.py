import base64
from functools import cached_property
from pathlib import Path

from openai import OpenAI


class Vision:
    def __init__(self, timeout: float = 60):
        self.timeout = timeout

    @cached_property
    def client(self):
        return OpenAI(timeout=self.timeout, max_retries=5)

    def describe(self, path: Path):
        image = base64.b64encode(path.read_bytes()).decode()
        content = [
            {"type": "text", "text": "Describe the picture."},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}},
        ]
        reply = self.client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": content}])
        return reply.choices[0].message.content
