"""Downloads: whole or not at all, resumed, retried with patience, and never from inside the network."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.loopback import Served, publisher

from vedette.errors import SourceFailed
from vedette.sources.download import check_address, download

BODY = bytes(range(256)) * 2000


def test_whole_file_with_digest_and_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    with publisher({"a.zip": Served(BODY)}) as site:
        target = tmp_path / "a.zip"
        got = download(site.url("a.zip"), target, allow_private=True, progress=lambda d, t: seen.append((d, t)))
    assert got.path.read_bytes() == BODY
    assert (got.sha256, got.size, got.attempts) == (hashlib.sha256(BODY).hexdigest(), len(BODY), 1)
    assert seen[-1] == (len(BODY), len(BODY))
    assert not (tmp_path / "a.zip.part").exists()


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with publisher({"a": Served(BODY, cut_at=100_000)}) as site:
        got = download(site.url("a"), tmp_path / "a", allow_private=True, sleep=lambda _: None)
        second = site.requests[1][1]
    assert got.path.read_bytes() == BODY
    assert got.resumed and got.attempts == 2
    assert second["Range"] == "bytes=100000-"


def test_a_file_that_changed_between_is_not_glued_together(tmp_path: Path) -> None:
    files = {"a": Served(BODY, cut_at=5000, always_cut=True)}
    with publisher(files) as site:
        with pytest.raises(SourceFailed, match="broke off at"):
            download(site.url("a"), tmp_path / "a", allow_private=True, attempts=1)
        files["a"] = Served(BODY[::-1], etag='"v2"')
        got = download(site.url("a"), tmp_path / "a", allow_private=True, sleep=lambda _: None)
    assert got.path.read_bytes() == BODY[::-1]


def test_half_file_beyond_the_end_starts_over(tmp_path: Path) -> None:
    files = {"a": Served(BODY, cut_at=5000, always_cut=True)}
    with publisher(files) as site:
        with pytest.raises(SourceFailed):
            download(site.url("a"), tmp_path / "a", allow_private=True, attempts=1)
        files["a"] = Served(BODY[:3000])
        got = download(site.url("a"), tmp_path / "a", allow_private=True, sleep=lambda _: None)
    assert got.path.read_bytes() == BODY[:3000]


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_busy_and_broken_servers_are_asked_again(tmp_path: Path, code: int) -> None:
    pauses: list[float] = []
    with publisher({"a": Served(BODY, fail_first=[code, code])}) as site:
        got = download(site.url("a"), tmp_path / "a", allow_private=True, sleep=pauses.append)
    assert got.attempts == 3
    assert pauses == [1.0, 2.0]


def test_the_server_says_how_long_to_wait(tmp_path: Path) -> None:
    pauses: list[float] = []
    with publisher({"a": Served(BODY, fail_first=[429], retry_after="7")}) as site:
        download(site.url("a"), tmp_path / "a", allow_private=True, sleep=pauses.append)
    assert pauses == [7.0]


def test_gives_up_with_the_reason_and_the_way_on(tmp_path: Path) -> None:
    with publisher({"a": Served(BODY, fail_first=[500] * 9)}) as site, pytest.raises(SourceFailed) as caught:
        download(site.url("a"), tmp_path / "a", allow_private=True, sleep=lambda _: None, attempts=3)
    assert "answers 500" in str(caught.value) and "3 attempts" in str(caught.value)
    assert not (tmp_path / "a").exists()


def test_not_found_is_not_asked_again(tmp_path: Path) -> None:
    with publisher({}) as site:
        with pytest.raises(SourceFailed, match="answers 404"):
            download(site.url("gone"), tmp_path / "a", allow_private=True, sleep=lambda _: None)
        assert len(site.requests) == 1


def test_earlier_copy_stays_when_the_new_one_fails(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"good")
    with publisher({"a": Served(BODY, cut_at=10, always_cut=True, ranges=False)}) as site, pytest.raises(SourceFailed):
        download(site.url("a"), target, allow_private=True, attempts=2, sleep=lambda _: None)
    assert target.read_bytes() == b"good"


def test_unchanged_file_is_not_sent_again(tmp_path: Path) -> None:
    with publisher({"a": Served(BODY)}) as site:
        download(site.url("a"), tmp_path / "a", allow_private=True)
        again = download(site.url("a"), tmp_path / "a", allow_private=True)
    assert again.unchanged and again.path.read_bytes() == BODY


def test_silent_server_times_out(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/a"
        with pytest.raises(SourceFailed, match="timed out"):
            download(url, tmp_path / "a", allow_private=True, timeout=0.2, attempts=2, sleep=lambda _: None)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://localhost/x", "http://10.1.2.3/x", "http://192.168.0.1/x", "http://169.254.1.1/x",
        "http://[::1]/x", "http://0.0.0.0/x", "http://2130706433/x",
    ],
)  # fmt: skip
def test_addresses_inside_the_network_are_refused(url: str) -> None:
    with pytest.raises(SourceFailed):
        check_address(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "x", "http://", "http://a:b@1.1.1.1/x"])
def test_only_plain_web_addresses(url: str) -> None:
    with pytest.raises(SourceFailed):
        check_address(url, allow_private=True)


def test_a_redirect_is_checked_like_the_first_address(tmp_path: Path) -> None:
    with (
        publisher({"a": Served(b"", redirect="http://name:secret@127.0.0.1/b")}) as site,
        pytest.raises(SourceFailed, match="user name or password"),
    ):
        download(site.url("a"), tmp_path / "a", allow_private=True, sleep=lambda _: None)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("10.0.0.8", False), ("100.64.0.1", False), ("224.0.0.1", False), ("0.0.0.0", False),
     ("2606:2800:21f:cb07::1", True), ("fd00::1", False), ("fe80::1", False), ("fec0::1", False), ("ff02::1", False),
     ("::1", False), ("::", False), ("::ffff:8.8.8.8", True), ("::ffff:10.0.0.8", False), ("::10.0.0.8", False),
     ("64:ff9b::808:808", True), ("64:ff9b::a00:8", False), ("64:ff9b::a9fe:a9fe", False), ("64:ff9b:1::1", False),
     ("2002:808:808::1", True), ("2002:a00:8::1", False), ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False)],
)  # fmt: skip
def test_an_address_stands_for_the_one_inside_it(address: str, public: bool) -> None:
    import ipaddress

    from vedette.sources.download import is_public

    assert is_public(ipaddress.ip_address(address)) is public


def test_a_name_that_changes_its_answer_gains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.sources import download as module

    monkeypatch.setattr(module, "check_address", lambda url, allow_private: None)
    with publisher({"a": Served(b"secret")}) as site:
        with pytest.raises(SourceFailed, match="private address"):
            download(site.url("a"), tmp_path / "a", sleep=lambda _: None)
        assert site.requests == []
