"""The model's adapter against a real server on loopback: what it takes, repeats, refuses, and never says."""

from __future__ import annotations

import ipaddress
import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.chat_server import Answer, ChatServer, chat_server, claims, completion, item

from vedette.errors import SourceFailed
from vedette.extraction.second_reader import answer_schema
from vedette.sources import language_model
from vedette.sources.language_model import ChatCompletions, check_endpoint

GOOD = claims(item("Russian troops arrived in Belarus."))
ASK = [{"role": "system", "content": "mark up"}, {"role": "user", "content": "text"}]
KEY = "sk-made-for-the-tests-0123456789"


def error(status: int, message: str = "", **headers: str) -> Answer:
    return Answer(status=status, body=json.dumps({"error": {"message": message}}).encode(), headers=headers)


def model(server: ChatServer, pauses: list[float] | None = None, **changes: Any) -> ChatCompletions:
    told: list[float] = [] if pauses is None else pauses
    return ChatCompletions(**{"url": server.url, "model": "m", "key": KEY, "sleep": told.append, **changes})


def refused(script: Any, **changes: Any) -> str:
    with chat_server(script) as server, pytest.raises(SourceFailed) as caught:
        model(server, **changes).answer(answer_schema(), ASK)
    said = str(caught.value)
    assert "\n" not in said and KEY not in said and len(said) < 500
    return said


def test_an_answer_with_its_transcript_and_tokens() -> None:
    with chat_server([GOOD]) as server:
        got = model(server).answer(answer_schema(), ASK)
    assert got.value == json.loads(GOOD)
    assert (got.tokens_in, got.tokens_out) == (100, 10)
    (request,) = server.seen
    assert request.path == "/v1/chat/completions" and request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body["messages"] == ASK and request.body["stream"] is False and "tools" not in request.body
    form = request.body["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["schema"] == answer_schema()
    told = json.loads(got.transcript)
    assert told["exchanges"][0]["request"] == request.body and GOOD in json.loads(
        told["exchanges"][0]["response"]
    )["choices"][0]["message"]["content"]  # fmt: skip
    assert KEY.encode() not in got.transcript


def test_the_same_answer_has_the_same_transcript() -> None:
    with chat_server([GOOD]) as server:
        reader = model(server)
        assert reader.answer(answer_schema(), ASK).transcript == reader.answer(answer_schema(), ASK).transcript


@pytest.mark.parametrize(
    ("given", "path"),
    [("", "/v1/chat/completions"), ("/v1/", "/v1/chat/completions"),
     ("/proxy/openai", "/proxy/openai/chat/completions"), ("/v2/chat/completions", "/v2/chat/completions")],
)  # fmt: skip
def test_the_address_may_be_server_base_or_endpoint(given: str, path: str) -> None:
    with chat_server([GOOD]) as server:
        model(server, url=server.url.removesuffix("/v1") + given).answer(answer_schema(), ASK)
    assert server.seen[0].path == path


def test_without_a_key_no_header_is_sent() -> None:
    with chat_server([GOOD]) as server:
        model(server, key="").answer(answer_schema(), ASK)
    assert "Authorization" not in server.seen[0].headers


def test_a_busy_server_is_asked_again_with_growing_pauses() -> None:
    pauses: list[float] = []
    with chat_server([error(429, "slow down"), error(503), Answer(status=500), GOOD]) as server:
        got = model(server, pauses).answer(answer_schema(), ASK)
    assert got.value == json.loads(GOOD) and len(server.seen) == 4 and pauses == [1.0, 2.0, 4.0]


def test_retry_after_is_respected_up_to_a_minute() -> None:
    pauses: list[float] = []
    late = {"Retry-After": "7"}
    replies = [error(429, **late), error(429, **{"Retry-After": "99999"}), error(429, **{"Retry-After": "soon"}), GOOD]
    with chat_server(replies) as server:
        model(server, pauses).answer(answer_schema(), ASK)
    assert pauses == [7.0, 60.0, 4.0]


def test_a_server_that_stays_broken_is_given_up() -> None:
    pauses: list[float] = []
    said = refused([error(500, "out of memory")], sleep=pauses.append)
    assert "500" in said and "out of memory" in said and "4 attempts" in said and len(pauses) == 3


@pytest.mark.parametrize(("status", "fix"), [(401, "VEDETTE_LLM_KEY"), (404, "VEDETTE_LLM_MODEL"), (413, "CHUNK")])
def test_a_refusal_is_not_repeated(status: int, fix: str) -> None:
    pauses: list[float] = []
    said = refused([error(status, f"no: {KEY}\x1b[31m\nred")], sleep=pauses.append)
    assert str(status) in said and fix in said and pauses == [] and "\x1b" not in said and "[key]" in said


@pytest.mark.parametrize("status", [301, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with chat_server([GOOD]) as other:
        said = refused([Answer(status=status, headers={"Location": other.url + "/chat/completions"})])
    assert str(status) in said and other.seen == []


def test_a_server_without_schemas_is_asked_for_json_and_then_for_text() -> None:
    def script(body: dict[str, Any]) -> Answer | str:
        form = body.get("response_format", {}).get("type", "none")
        return "Here it is:\n```json\n" + GOOD + "\n```" if form == "none" else error(400, f"unsupported {form}")

    with chat_server(script) as server:
        reader = model(server)
        assert reader.answer(answer_schema(), ASK).value == json.loads(GOOD)
        reader.answer(answer_schema(), ASK)
    assert [s.body.get("response_format", {}).get("type") for s in server.seen] == [
        "json_schema", "json_object", None, None,  # what it refused once is not tried again
    ]  # fmt: skip


def test_a_model_that_refuses_a_temperature_keeps_the_schema() -> None:
    def script(body: dict[str, Any]) -> Answer | str:
        return error(400, "Unsupported value: 'temperature'") if "temperature" in body else GOOD

    with chat_server(script) as server:
        model(server).answer(answer_schema(), ASK)
    assert [s.body["response_format"]["type"] for s in server.seen] == ["json_schema"] * 2


def test_a_bad_request_that_no_form_mends_is_said() -> None:
    assert "context length" in refused([error(400, "maximum context length is 2048")])


@pytest.mark.parametrize(
    "content",
    ["", "I cannot do that.", '{"claims": [', '{"claims": {}}', '{"claim": []}', "[]", '{"claims": null}',
     "{" * 100_000, '{"claims": [' + "[" * 100_000, '{"claims": ' + "9" * 5000 + "}"],
)  # fmt: skip
def test_an_answer_that_is_not_what_was_asked_is_asked_for_again_once(content: str) -> None:
    said = refused([content])
    assert "not what was asked for" in said
    with chat_server([content, GOOD]) as server:
        got = model(server).answer(answer_schema(), ASK)
    assert got.value == json.loads(GOOD) and len(server.seen) == 2
    assert server.seen[1].body["messages"][:2] == ASK
    assert (got.tokens_in, got.tokens_out) == (200, 20), "both answers are paid for"
    assert len(json.loads(got.transcript)["exchanges"]) == 2


def test_thoughts_before_the_answer_are_skipped() -> None:
    with chat_server(['<think>maybe {"claims": 1}?</think>' + GOOD + " I hope this helps."]) as server:
        assert model(server).answer(answer_schema(), ASK).value == json.loads(GOOD)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>gateway</html>", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}',
     b'{"choices": "x"}', b"[" * 100_000, b"\xff\xfe", b'data: {"choices": []}\n\n'],
)  # fmt: skip
def test_a_reply_that_is_no_completion_is_asked_for_again_and_given_up(body: bytes) -> None:
    pauses: list[float] = []
    said = refused([Answer(body=body)], sleep=pauses.append)
    assert ("not JSON" in said or "not a chat completion" in said) and len(pauses) == 3


@pytest.mark.parametrize(
    "broken", [Answer(body=completion(GOOD), cut_at=60), Answer(body=completion(GOOD), chunked=True)]
)
def test_an_answer_that_breaks_off_is_fetched_again(broken: Answer) -> None:
    pauses: list[float] = []
    with chat_server([broken, GOOD]) as server:
        assert model(server, pauses).answer(answer_schema(), ASK).value == json.loads(GOOD)
    assert len(server.seen) == 2 and pauses == [1.0]
    assert "broke off" in refused([broken])


def test_an_answer_cut_at_the_models_own_limit_says_what_to_do() -> None:
    said = refused([Answer(body=completion(GOOD[:50], finish="length"))])
    assert "cut off" in said and "VEDETTE_LLM_CHUNK" in said


def test_a_huge_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_model, "LARGEST_ANSWER", 100_000)
    assert "larger than" in refused([Answer(body=b" " * 5_000_000)])


@pytest.mark.parametrize("slow", [Answer(body=completion(GOOD), drip=0.05), Answer(body=completion(GOOD), drip=5.0)])
def test_a_slow_answer_ends_at_the_time_set_even_when_bytes_trickle(slow: Answer) -> None:
    pauses: list[float] = []
    start = time.monotonic()
    said = refused([slow], timeout=0.4, sleep=pauses.append)
    assert "0.4 seconds" in said and "VEDETTE_LLM_TIMEOUT" in said and pauses == []
    assert time.monotonic() - start < 3


def test_nothing_listening_is_said_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pauses: list[float] = []
    reader = ChatCompletions(url=f"http://127.0.0.1:{port}", model="m", sleep=pauses.append)
    with pytest.raises(SourceFailed, match="nothing answers there"):
        reader.answer(answer_schema(), ASK)
    assert pauses == []


def test_tokens_that_are_not_counted_are_not_zero() -> None:
    for usage in (None, {"prompt_tokens": -1}, {"prompt_tokens": True, "completion_tokens": "9"}):
        with chat_server([Answer(body=completion(GOOD, usage=usage))]) as server:  # type: ignore[arg-type]
            got = model(server).answer(answer_schema(), ASK)
        assert (got.tokens_in, got.tokens_out) == (None, None)


def test_a_key_repeated_by_the_server_is_not_kept() -> None:
    with chat_server([Answer(body=completion(GOOD.replace("Russian", KEY)))]) as server:
        got = model(server).answer(answer_schema(), ASK)
    assert KEY.encode() not in got.transcript and b"[key]" in got.transcript


# --------------------------------------------------------------------------------------------------
# addresses


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    real = socket.getaddrinfo

    def found(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        if not host.endswith(".example"):
            return list(real(host, port, *rest, **named))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    ("address", "always", "when_allowed"),
    [("127.0.0.1", True, True), ("::1", True, True), ("10.0.0.8", False, True), ("192.168.1.5", False, True),
     ("100.64.0.1", False, True), ("fd00::1", False, True), ("169.254.169.254", False, False),
     ("fe80::1%eth0", False, False), ("0.0.0.0", False, False), ("224.0.0.1", False, False),
     ("::ffff:169.254.169.254", False, False), ("::ffff:10.0.0.8", False, True),
     ("64:ff9b::a9fe:a9fe", False, False), ("2002:a00:8::1", False, True)],
)  # fmt: skip
def test_private_addresses(monkeypatch: pytest.MonkeyPatch, address: str, always: bool, when_allowed: bool) -> None:
    resolving(monkeypatch, address)
    for allow, good in ((False, always), (True, when_allowed)):
        if good:
            (found,) = check_endpoint("http://made.example/v1", allow_private=allow)[1]
            assert ipaddress.ip_address(found) == ipaddress.ip_address(address)
        else:
            with pytest.raises(SourceFailed, match="private address"):
                check_endpoint("https://made.example/v1", allow_private=allow)


def test_every_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server([GOOD]) as server:
        resolving(monkeypatch, "127.0.0.2", "127.0.0.1")  # nothing listens on the first
        assert model(server, url=server.url.replace("127.0.0.1", "made.example")).answer(answer_schema(), ASK).value
    assert server.seen[0].headers["Host"].startswith("made.example:")


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that says another address the second time gains nothing: the one that was checked is used."""
    with chat_server([GOOD]) as server:
        resolving(monkeypatch, "127.0.0.1")
        checked = socket.getaddrinfo
        asked: list[str] = []

        def changing(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
            if host.endswith(".example"):
                asked.append(host)
                if len(asked) > 1:
                    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 9))]
            return list(checked(host, port, *rest, **named))

        monkeypatch.setattr(socket, "getaddrinfo", changing)
        assert model(server, url=server.url.replace("127.0.0.1", "made.example")).answer(answer_schema(), ASK).value
    assert asked == ["made.example"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.215.14", "10.0.0.8")
    with pytest.raises(SourceFailed, match=r"10\.0\.0\.8"):
        check_endpoint("https://made.example/v1")


@pytest.mark.parametrize("address", ["93.184.215.14", "::ffff:93.184.215.14", "2606:2800:21f:cb07::1"])
def test_nothing_leaves_unencrypted(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolving(monkeypatch, address)
    with pytest.raises(SourceFailed, match="unencrypted"):
        check_endpoint("http://made.example/v1", allow_private=True)
    assert check_endpoint("https://made.example/v1")[0].hostname == "made.example"


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "file:///etc/passwd", "https://", "https://u:p@x/v1", "https://x/v1?key=1", "http://x:99999/"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SourceFailed, match="VEDETTE_LLM_URL"):
        check_endpoint(url)


# --------------------------------------------------------------------------------------------------
# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, with its key, made now."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the test's certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem",
         "-out", folder / "cert.pem"], check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_nobody_vouches_for_gets_neither_key_nor_document(certificate: tuple[Path, Path]) -> None:
    pauses: list[float] = []
    with chat_server([GOOD], tls=certificate) as server, pytest.raises(SourceFailed, match="not trusted"):
        model(server, pauses).answer(answer_schema(), ASK)
    assert server.seen == [] and pauses == []


def test_tls_checks_the_name_not_the_address(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with chat_server([GOOD], tls=certificate) as server:
        assert model(server).answer(answer_schema(), ASK).value == json.loads(GOOD)
        with pytest.raises(SourceFailed, match="not trusted"):
            model(server, url=server.url.replace("localhost", "127.0.0.1")).answer(answer_schema(), ASK)
    assert len(server.seen) == 1


def test_a_slow_answer_ends_under_tls_too(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    start = time.monotonic()
    with chat_server([Answer(body=completion(GOOD), drip=0.05)], tls=certificate) as server:
        with pytest.raises(SourceFailed, match=r"0\.5 seconds"):
            model(server, timeout=0.5).answer(answer_schema(), ASK)
        assert time.monotonic() - start < 3
