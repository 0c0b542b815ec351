"""A language model behind any OpenAI-compatible ``/v1/chat/completions``, hosted or on this machine.

Standard library only. The key goes into one header and nowhere else: not into messages, transcripts or files. The
address is resolved once, checked, and that address is connected to; redirects are not followed, since one could carry
the key and the document elsewhere. Proxy variables of the environment are not used.

The server is asked to enforce the schema (``response_format`` of type ``json_schema``); one that refuses that is asked
for a JSON object, and one that refuses that too for plain text with JSON in it. Whatever comes is checked here.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vedette.errors import SourceFailed
from vedette.ports import ModelAnswer
from vedette.sources.download import carried, is_public

# Patience with a busy server, in counts and seconds. [assumption]
ATTEMPTS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# How often a model is asked when its answer is not JSON of the schema: told what was wrong, it often mends it; what
# fails twice seldom passes the third time. [assumption]
ASKED = 2
# An answer about a chunk of 12,000 characters that quotes all of it has some 30 kB; this is far above. [assumption]
LARGEST_ANSWER = 4_000_000
MODES = ("json_schema", "json_object", "text")
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
}  # fmt: skip
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
# Shorter "keys" are placeholders for servers that want any ("none", "x"); hiding them would garble transcripts.
_SECRET_FROM = 8


def check_endpoint(url: str, *, allow_private: bool = False) -> tuple[urllib.parse.SplitResult, tuple[str, ...]]:
    """(parts of the address, the IP addresses to try in turn) of a model's server.

    Loopback is allowed: that is where local models run. Other private addresses only with ``allow_private``; link-local
    ones, where clouds keep their secrets, never. Without TLS only inside: to loopback, or to a private address that is
    allowed. Raises `SourceFailed`.
    """
    parts = urllib.parse.urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise SourceFailed("the address of the model has no valid port", where="VEDETTE_LLM_URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SourceFailed("the address of the model is not http(s)://host...", where="VEDETTE_LLM_URL")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SourceFailed("the address of the model holds more than host and path", where="VEDETTE_LLM_URL",
                           fix="Give the key in VEDETTE_LLM_KEY")  # fmt: skip
    host = parts.hostname
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceFailed(f"the host cannot be found ({error})", where=host, fix="Check VEDETTE_LLM_URL") from error
    addresses = [ipaddress.ip_address(str(sockaddr[0]).split("%")[0]) for *_, sockaddr in found]
    for address in map(carried, addresses):
        if not _allowed(address, allow_private):
            raise SourceFailed(
                f"it has the private address {address}",
                where=host,
                fix="If that is your own server, set VEDETTE_LLM_ALLOW_PRIVATE=yes" if _allowed(address, True) else "",
            )
        if parts.scheme == "http" and is_public(address):
            raise SourceFailed("documents and the key would travel unencrypted", where=host, fix="Use https")
    return parts, tuple(dict.fromkeys(str(address) for address in addresses))


def _allowed(address: _Address, allow_private: bool) -> bool:
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    return address.is_loopback or is_public(address) or allow_private


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    text: str
    retry_after: str | None


class _AgainError(Exception):
    """A failure that may pass: worth another attempt."""


@dataclass(slots=True)
class _Exchanges:
    """What went to and fro for one answer."""

    pairs: list[dict[str, Any]] = field(default_factory=list)
    tokens_in: list[int | None] = field(default_factory=list)
    tokens_out: list[int | None] = field(default_factory=list)


class ChatCompletions:
    """Implements `LanguageModel`. ``timeout`` in seconds, for a whole request with its answer."""

    def __init__(
        self, *, url: str, model: str, key: str = "", allow_private: bool = False, timeout: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._url = url
        self._model = model
        self._key = key
        self._allow_private = allow_private
        self._timeout = min(timeout, 86_400.0)  # a day; timers overflow far above
        self._sleep = sleep
        self._mode = 0
        self._temperature = True
        self._where = urllib.parse.urlsplit(url).hostname or "VEDETTE_LLM_URL"

    def answer(self, schema: Mapping[str, Any], messages: Sequence[Mapping[str, str]]) -> ModelAnswer:
        """One answer: an object with the members that ``schema`` requires at its top level, of their types.

        Asks again, once, when the answer is not that. Raises `SourceFailed`.
        """
        said = [dict(m) for m in messages]
        exchanges = _Exchanges()
        fault = ""
        for _ in range(ASKED):
            content = self._content(schema, said, exchanges)
            try:
                value = _object_in(content, schema)
            except ValueError as error:
                fault = str(error)
                said = [
                    *(dict(m) for m in messages),
                    {"role": "user", "content": f"Answer again, with one JSON object only: {fault}."},
                ]
                continue
            return ModelAnswer(
                value=value, transcript=self._transcript(exchanges), tokens_in=_total(exchanges.tokens_in),
                tokens_out=_total(exchanges.tokens_out),
            )  # fmt: skip
        raise SourceFailed(f"the model's answer is not what was asked for ({fault}), {ASKED} times", where=self._where,
                           fix="Try another model, or a smaller VEDETTE_LLM_CHUNK")  # fmt: skip

    def _transcript(self, exchanges: _Exchanges) -> bytes:
        made = {"url": self._url, "model": self._model, "exchanges": exchanges.pairs}
        return json.dumps(made, ensure_ascii=True, indent=1, sort_keys=True).encode()

    # -- one question -------------------------------------------------------------------------------------

    def _content(self, schema: Mapping[str, Any], messages: list[dict[str, str]], exchanges: _Exchanges) -> str:
        """The text of the model's message, with the strictest form of answer that the server accepts."""
        while True:
            body = self._body(schema, messages)
            reply = self._send(body)
            if reply.status == 200:
                break
            said = _error_text(reply.text)
            if reply.status in (400, 422) and self._temperature and "temperature" in said.casefold():
                self._temperature = False
            elif reply.status in (400, 422) and self._mode + 1 < len(MODES):
                self._mode += 1
            else:
                raise SourceFailed(f"the server answers {reply.status}{self._quoted(said)}", where=self._where,
                                   fix=_FIX.get(reply.status, ""))  # fmt: skip
        exchanges.pairs.append({"request": body, "status": reply.status, "response": self._hide(reply.text)})
        outer = json.loads(reply.text)  # `_send` has seen that it is JSON with a message in it
        usage = outer.get("usage")
        for name, counts in (("prompt_tokens", exchanges.tokens_in), ("completion_tokens", exchanges.tokens_out)):
            n = usage.get(name) if isinstance(usage, dict) else None
            counts.append(n if isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 1 << 53 else None)
        choice = outer["choices"][0]
        if choice.get("finish_reason") == "length":
            raise SourceFailed("the answer was cut off at the model's own limit", where=self._where,
                               fix="Set a smaller VEDETTE_LLM_CHUNK")  # fmt: skip
        return str(choice["message"]["content"])

    def _body(self, schema: Mapping[str, Any], messages: list[dict[str, str]]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "messages": messages, "stream": False}
        if self._temperature:
            body["temperature"] = 0
        if MODES[self._mode] == "json_schema":
            form = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        elif MODES[self._mode] == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def _send(self, body: Mapping[str, Any]) -> _Reply:
        """The reply, after as many attempts as it takes: success, or a refusal that will not pass."""
        payload = json.dumps(body).encode()
        reason, retry_after = "", None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                reply = self._once(payload)
                if reply.status == 200:
                    _check_reply(reply.text)
                    return reply
                if reply.status not in (408, 429) and reply.status < 500:
                    return reply
                reason = f"the server answers {reply.status}{self._quoted(_error_text(reply.text))}"
                retry_after = reply.retry_after
            except _AgainError as error:
                reason, retry_after = str(error), None
            if attempt < ATTEMPTS:
                self._sleep(_pause(attempt, retry_after))
        raise SourceFailed(f"{reason}; gave up after {ATTEMPTS} attempts", where=self._where, fix="Try again later")

    def _once(self, payload: bytes) -> _Reply:
        parts, addresses = check_endpoint(self._url, allow_private=self._allow_private)
        connection = _connection(parts, addresses, self._timeout)
        slow = threading.Event()

        def stop() -> None:
            # A server that sends a byte now and then never trips a socket's own timeout; this does.
            slow.set()
            if connection.sock is not None:
                try:
                    socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
                except OSError:
                    return

        watch = threading.Timer(self._timeout, stop)
        watch.daemon = True
        watch.start()
        try:
            reply = self._exchange(connection, parts, payload)
            if slow.is_set():
                raise TimeoutError
            return reply
        except (OSError, http.client.HTTPException) as error:
            raise self._failure(error, slow.is_set()) from error
        finally:
            watch.cancel()
            watch.join()
            connection.close()

    def _exchange(
        self, connection: http.client.HTTPConnection, parts: urllib.parse.SplitResult, payload: bytes
    ) -> _Reply:
        headers = {
            "Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity",
            "User-Agent": "vedette (research)", "Connection": "close",
        }  # fmt: skip
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        connection.request("POST", _path(parts), body=payload, headers=headers)
        answer = connection.getresponse()
        received = bytearray()
        while block := answer.read1(1 << 16):
            received += block
            if len(received) > LARGEST_ANSWER:
                raise SourceFailed(f"the answer is larger than {LARGEST_ANSWER} bytes", where=self._where,
                                   fix="Try another model, or a smaller VEDETTE_LLM_CHUNK")  # fmt: skip
        if answer.length:
            raise http.client.IncompleteRead(bytes(received), answer.length)
        return _Reply(answer.status, received.decode("utf-8", "replace"), answer.getheader("Retry-After"))

    def _failure(self, error: Exception, slow: bool) -> Exception:
        """What a broken exchange means: worth another attempt, or not."""
        import ssl

        if slow or isinstance(error, TimeoutError):
            # A slow model is slow again, and each attempt is paid for: not repeated.
            return SourceFailed(f"no answer within {self._timeout:g} seconds", where=self._where,
                                fix="Raise VEDETTE_LLM_TIMEOUT, or set a smaller VEDETTE_LLM_CHUNK")  # fmt: skip
        if isinstance(error, ssl.SSLCertVerificationError):
            return SourceFailed(f"its certificate is not trusted ({error.verify_message})", where=self._where)
        if isinstance(error, ConnectionRefusedError):
            return SourceFailed("nothing answers there", where=f"{self._where} ({self._url})",
                                fix="Start the server, or check VEDETTE_LLM_URL")  # fmt: skip
        if isinstance(error, http.client.IncompleteRead):
            return _AgainError("the answer broke off")
        return _AgainError(self._hide(_line(str(error) or type(error).__name__)))

    # -- what may be shown --------------------------------------------------------------------------------

    def _hide(self, text: str) -> str:
        """``text`` without the key, which some servers repeat in their errors."""
        return text.replace(self._key, "[key]") if len(self._key) >= _SECRET_FROM else text

    def _quoted(self, said: str) -> str:
        return f': "{_line(self._hide(said))}"' if said else ""


_FIX = {
    400: "Set a smaller VEDETTE_LLM_CHUNK, or check VEDETTE_LLM_MODEL",
    401: "Check VEDETTE_LLM_KEY", 403: "Check VEDETTE_LLM_KEY and what it may use",
    404: "Check VEDETTE_LLM_URL and VEDETTE_LLM_MODEL", 413: "Set a smaller VEDETTE_LLM_CHUNK",
}  # fmt: skip


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to addresses already checked, whatever the name would resolve to now; TLS checks the name."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], timeout: float, secure: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._addresses = addresses
        self._seconds = timeout
        self._secure = secure

    def connect(self) -> None:
        """Open the connection, with TLS where the address says so."""
        patience = self._seconds / len(self._addresses)  # all of them together may take the time of one request
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), patience)
                self.sock.settimeout(self._seconds)
                break
            except OSError:
                # "localhost" often means ::1 first, where a server that listens on 127.0.0.1 is not.
                if address == self._addresses[-1]:
                    raise
        if self._secure:
            import ssl

            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _connection(
    parts: urllib.parse.SplitResult, addresses: Sequence[str], timeout: float
) -> http.client.HTTPConnection:
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    assert parts.hostname is not None
    return _PinnedConnection(parts.hostname, port, addresses, timeout, secure)


def _path(parts: urllib.parse.SplitResult) -> str:
    """Path of the endpoint: the address may be that of the server, of its ``/v1``, or of the endpoint itself."""
    path = urllib.parse.quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    if path.endswith("/chat/completions"):
        return path
    return f"{path or '/v1'}/chat/completions"


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server asks for, else doubling, never more than ``LONGEST_PAUSE``."""
    if retry_after and re.fullmatch(r"\s*[0-9]{1,6}\s*", retry_after):
        return min(float(retry_after), LONGEST_PAUSE)
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)


def _line(text: str) -> str:
    """Somebody else's words on one line, without control characters, at most 200 characters."""
    flat = " ".join(_CONTROL.sub(" ", text).split())
    return flat if len(flat) <= 200 else flat[:199] + "…"


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _error_text(text: str) -> str:
    """The server's own explanation, empty when it gives none in the usual place."""
    try:
        body = _loads(text)
    except ValueError:
        return ""
    found = body.get("error") if isinstance(body, dict) else None
    found = found.get("message") if isinstance(found, dict) else found
    return found if isinstance(found, str) else ""


def _check_reply(text: str) -> None:
    """Raise `_AgainError` unless the reply is a chat completion with a text in it."""
    try:
        body = _loads(text)
    except ValueError:
        raise _AgainError("the server's reply is not JSON") from None
    try:
        content = body["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        content = None
    if not isinstance(content, str):
        raise _AgainError("the server's reply is not a chat completion")


def _object_in(content: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object in a model's words, with what the schema requires; raises ``ValueError`` saying what is wrong.

    Thoughts before the answer and a fence around it are skipped: small models add them whatever they are told.
    """
    text = content.rpartition("</think>")[2]
    start = text.find("{")
    if start < 0:
        raise ValueError("it holds no JSON object")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise ValueError(f"its JSON is broken: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    for name in schema.get("required", ()):
        if name not in value:
            raise ValueError(f"it has no member {name!r}")
        wanted = schema.get("properties", {}).get(name, {}).get("type")
        if wanted in _TYPES and not isinstance(value[name], _TYPES[wanted]):
            raise ValueError(f"its member {name!r} is no {wanted}")
    return value


def _total(counts: Sequence[int | None]) -> int | None:
    """Their sum, None when one of them is not known."""
    known = [n for n in counts if n is not None]
    return sum(known) if known and len(known) == len(counts) else None
