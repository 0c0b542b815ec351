"""A server on loopback that speaks the chat completions API, and every bad habit of such servers."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Script = Callable[[dict[str, Any]], "Answer | str | dict[str, Any]"]


@dataclass
class Answer:
    """One reply. ``cut_at`` breaks the transfer after so many bytes; ``drip`` sends a byte every so many seconds."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    chunked: bool = False
    drip: float = 0.0


@dataclass
class Seen:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class ChatServer:
    """The running server, and the requests that came."""

    url: str
    seen: list[Seen]


def completion(content: str, *, usage: dict[str, int] | None = None, finish: str = "stop") -> bytes:
    """A reply of the API with this text in it."""
    reply: dict[str, Any] = {
        "id": "made", "object": "chat.completion", "model": "what-the-server-calls-itself",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}],
    }  # fmt: skip
    if usage is not None:
        reply["usage"] = usage
    return json.dumps(reply).encode()


def claims(*items: dict[str, Any]) -> str:
    """The text of an answer under our schema."""
    return json.dumps({"claims": list(items)})


def item(quote: str, **changes: Any) -> dict[str, Any]:
    """One proposed claim as a well-behaved model would give it."""
    made: dict[str, Any] = {
        "quote": quote, "paragraph": 1, "kind": "fact", "attribution": "author",
        "conditions": [
            {"condition": "technical_feasibility", "direction": "raises", "scenario_hint": "attack", "strength": "weak"}
        ],
        "negated": False, "hypothetical": False,
    }  # fmt: skip
    return {**made, **changes}


def bearing(condition: str, direction: str = "raises", hint: str = "attack", strength: str = "weak") -> dict[str, str]:
    """One condition of a claim."""
    return {"condition": condition, "direction": direction, "scenario_hint": hint, "strength": strength}


def _handler(script: Script, seen: list[Seen], stop: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            body = json.loads(raw)
            seen.append(Seen(self.path, dict(self.headers.items()), body))
            made = script(body)
            if isinstance(made, dict):
                made = json.dumps(made)
            if isinstance(made, str):
                made = Answer(body=completion(made, usage={"prompt_tokens": 100, "completion_tokens": 10}))
            try:
                self._give(made)
            except OSError:  # the client has gone, as it should from a slow or endless answer
                self.close_connection = True

        def _give(self, made: Answer) -> None:
            self.send_response(made.status)
            self.send_header("Content-Type", "application/json")
            for name, value in made.headers.items():
                self.send_header(name, value)
            if made.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.close_connection = True
            if made.chunked:
                self.wfile.write(f"{len(made.body) + 50:x}\r\n".encode() + made.body)  # ends inside its own chunk
            elif made.drip:
                for byte in made.body:
                    if stop.wait(made.drip):
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            else:
                self.wfile.write(made.body[: made.cut_at])

    return Handler


@contextmanager
def chat_server(
    script: Script | Sequence[Answer | str | dict[str, Any]], *, tls: tuple[Path, Path] | None = None
) -> Iterator[ChatServer]:
    """Answer by ``script``: a function of the request, or replies in turn, the last one for ever.

    ``tls``: files of a certificate for localhost and its key; then the server speaks https only.
    """
    seen: list[Seen] = []
    stop = threading.Event()
    if callable(script):
        answer = script
    else:
        replies = list(script)

        def answer(_: dict[str, Any]) -> Answer | str | dict[str, Any]:
            return replies.pop(0) if len(replies) > 1 else replies[0]

    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer, seen, stop))
    server.daemon_threads = True
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        # The handshake happens with the first read, in the thread of the request: a client that leaves stops only it.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        address = f"https://localhost:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield ChatServer(url=address, seen=seen)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
