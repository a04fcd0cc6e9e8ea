"""A server on loopback that answers as a scenario says, and keeps what it was asked and when."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

from scenarios import OK, Answer, Policy
from virtual_time import Clock

_REPLY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


@dataclass
class Asked:
    """One request: when, where, and what."""

    seconds: float
    line: str
    body: Any


@dataclass
class FaultServer:
    """Serves one connection after the other in a thread of its own, each for one request."""

    policy: Policy
    clock: Clock
    asked: list[Asked] = field(default_factory=list)

    def start(self) -> int:
        """Listen, and tell the port."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start = self.clock.now
        self._silenced: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def stop(self) -> None:
        """End the thread."""
        port = self._listener.getsockname()[1]
        self._stopped = True
        socket.create_connection(("127.0.0.1", port)).close()
        self._thread.join()
        self._listener.close()
        for connection in self._silenced:
            connection.close()

    _stopped = False

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopped:
                connection.close()
                return
            self._handle(connection)

    def _handle(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        line = stream.readline().decode("latin-1").strip()
        if not line:  # a connection that was opened and not used
            connection.close()
            return
        self.asked.append(Asked(self.clock.now - self._start, line, _body(stream)))
        since = self.asked[-1].seconds - self.asked[0].seconds
        answer = self.policy(len(self.asked), since)
        stream.close()
        if answer.silence:
            self._silenced.append(connection)
            self.clock.silence.set()
            return
        if not answer.drop:
            connection.sendall(_response(answer))
        connection.close()


def _body(stream: Any) -> Any:
    headers: dict[str, str] = {}
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return json.loads(stream.read(int(headers.get("content-length", "0"))) or "null")


def _response(answer: Answer) -> bytes:
    body = json.dumps(_REPLY if answer.error is None else {"error": answer.error}).encode()
    reason = "OK" if answer == OK else "Error"
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"HTTP/1.1 {answer.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in {**headers, **answer.headers}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
