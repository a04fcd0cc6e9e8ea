import os
import threading

from openai import OpenAI

_lock = threading.Lock()
_client = None


def get_client():
    global _client
    if _client is None:
        with _lock:
            if _client is None:
                _client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], max_retries=5)
    return _client
