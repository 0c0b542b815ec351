"""Downloads that can be trusted: resumed, retried, whole, with a digest, never from inside the network.

Standard library only. A transfer goes to ``<name>.part`` and is renamed only when it is complete and its
length is the one announced, so that a file under its final name is always whole. A half transfer is resumed
with a ``Range`` request when the server agrees that the file is unchanged (``If-Range``).
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from vedette.errors import SourceFailed

# Patience. Publishers of these files are universities: few, large, slow. [assumption], in seconds and counts.
TIMEOUT = 30.0
ATTEMPTS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
CHUNK = 1 << 16
# Larger than any file of the registered sources (UCDP GED, about 250 MB unpacked).
SIZE_LIMIT = 2 << 30

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A whole file on disk: digest, length in bytes, attempts needed, whether resumed or unchanged."""

    path: Path
    url: str
    sha256: str
    size: int
    attempts: int
    resumed: bool
    unchanged: bool = False


def check_address(url: str, *, allow_private: bool = False) -> None:
    """Refuse anything but http(s) to a public host.

    Every address the name resolves to must be public: a name that points at loopback, link-local or private
    space could make the program read what only this machine can see. Raises ``SourceFailed``.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SourceFailed(f"only http and https addresses are read, not {url!r}")
    if parts.username or parts.password:
        raise SourceFailed("an address with a user name or password in it is not read", where=parts.hostname)
    if allow_private:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    except OSError as error:
        raise SourceFailed(f"the host {parts.hostname} cannot be found ({error})", where=url) from error
    for *_, sockaddr in found:
        address = ipaddress.ip_address(str(sockaddr[0]).split("%")[0])
        if not is_public(address):
            raise SourceFailed(f"{parts.hostname} has the private address {address}: not read", where=url)


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CARRIES: Final = {
    # IPv6 prefix: bits below the IPv4 address inside. RFC 6052 (2.1), RFC 3056 (2), RFC 4291 (2.5.5.1).
    ipaddress.IPv6Network("64:ff9b::/96"): 0, ipaddress.IPv6Network("2002::/16"): 80, ipaddress.IPv6Network("::/96"): 0,
}  # fmt: skip
_NEVER: Final = tuple(map(ipaddress.IPv6Network, ("fec0::/10", "64:ff9b:1::/48", "2001::/32")))
"""Inside some network by their purpose, though Python calls them global: site-local addresses (RFC 3879), translation
of a network's own (RFC 8215), and tunnels to addresses behind a translator (RFC 4380)."""


def carried(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one stands for, else the address itself: a gateway that translates reaches the one
    inside, and the flags of the outer one say nothing of it.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        for network, below in _CARRIES.items():
            if address in network and int(address) > 1:  # :: and ::1 are themselves
                return ipaddress.IPv4Address(int(address) >> below & 0xFFFFFFFF)
    return address


def is_public(address: _Address) -> bool:
    """Whether an address, and the one it stands for, lies in the public network."""
    inner = carried(address)
    return inner.is_global and not inner.is_multicast and not any(inner in network for network in _NEVER)


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to addresses that would have been allowed at the start."""

    def __init__(self, allow_private: bool) -> None:
        self.allow_private = allow_private

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        check_address(newurl, allow_private=self.allow_private)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def sha256_of(path: Path) -> str:
    """Hex digest of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def note_path(target: Path) -> Path:
    """Where the HTTP note (validators, address) of a downloaded file lies."""
    return target.with_name(target.name + ".http.json")


def _read_note(target: Path) -> dict[str, str]:
    try:
        loaded = json.loads(note_path(target).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in loaded.items()} if isinstance(loaded, dict) else {}


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server asks for, else doubling, never more than ``LONGEST_PAUSE``."""
    if retry_after and retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_PAUSE)
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)


def download(
    url: str,
    target: Path,
    *,
    known: Path | None = None,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
    progress: Progress | None = None,
    headers: Mapping[str, str] | None = None,
) -> Downloaded:
    """Bring ``url`` to ``target`` whole, or raise ``SourceFailed`` and leave what was there untouched.

    Retries with growing pauses on 429, 5xx, timeouts and broken transfers; gives up at once on other 4xx.
    Sends ``If-None-Match``/``If-Modified-Since`` when an earlier copy is there, and ``Range`` when an earlier
    transfer broke off. ``known`` is the earlier copy (``target`` itself by default). ``sleep`` can be replaced
    in tests; ``progress(done, total)`` follows the bytes. ``headers`` go to this address only, never along a redirect.
    """
    check_address(url, allow_private=allow_private)
    target.parent.mkdir(parents=True, exist_ok=True)
    from vedette.sources.documents.web import guarded  # which checks addresses as this module does

    opener = guarded(_CheckedRedirects(allow_private), allow_private=allow_private)
    part = target.with_name(target.name + ".part")
    earlier = known or target
    resumed = False
    reason = "no attempt was made"
    for attempt in range(1, attempts + 1):
        request, have = _request(url, earlier, part)
        for name, value in (headers or {}).items():
            request.add_unredirected_header(name, value)
        retry_after: str | None = None
        try:
            with opener.open(request, timeout=timeout) as answer:
                resumed = _receive(answer, url, part, have, progress) or resumed
            note_path(part).replace(note_path(target))
            part.replace(target)
            return Downloaded(
                path=target, url=url, sha256=sha256_of(target), size=target.stat().st_size,
                attempts=attempt, resumed=resumed,
            )  # fmt: skip
        except urllib.error.HTTPError as error:
            code, retry_after = error.code, error.headers.get("Retry-After")
            error.close()
            if code == 304 and earlier.exists():
                return Downloaded(
                    path=earlier, url=url, sha256=sha256_of(earlier), size=earlier.stat().st_size,
                    attempts=attempt, resumed=False, unchanged=True,
                )  # fmt: skip
            if code == 416:
                # Our half file is no prefix of what is there now: start over.
                part.unlink(missing_ok=True)
            elif code != 429 and code < 500:
                raise SourceFailed(f"the server answers {code}", where=url) from error
            reason = f"the server answers {code}"
        except (http.client.IncompleteRead, _BrokenTransferError) as error:
            reason = str(error) if isinstance(error, _BrokenTransferError) else "the transfer broke off"
        except OSError as error:
            # URLError, timeouts and reset connections all end up here.
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        if attempt < attempts:
            sleep(_pause(attempt, retry_after))
    raise SourceFailed(
        f"{reason}; gave up after {attempts} attempts", where=url,
        fix="Run the command again: it goes on where it stopped",
    )  # fmt: skip


class _BrokenTransferError(Exception):
    """A transfer that ended before its announced length."""


def _request(url: str, earlier: Path, part: Path) -> tuple[urllib.request.Request, int]:
    """The request to send and how many bytes of the half file it asks to keep."""
    headers = {"User-Agent": "vedette (research)", "Accept-Encoding": "identity"}
    half = _read_note(part)
    validator = half.get("etag") or half.get("last_modified") or ""
    have = part.stat().st_size if part.exists() else 0
    if have and validator and half.get("url") == url:
        headers["Range"] = f"bytes={have}-"
        headers["If-Range"] = validator
    else:
        have = 0
        known = _read_note(earlier) if earlier.exists() else {}
        if known.get("url") == url:
            if known.get("etag"):
                headers["If-None-Match"] = known["etag"]
            if known.get("last_modified"):
                headers["If-Modified-Since"] = known["last_modified"]
    return urllib.request.Request(url, headers=headers), have  # noqa: S310  check_address has seen it


def _receive(answer: Any, url: str, part: Path, have: int, progress: Progress | None) -> bool:
    """Write the answer to ``part``; True when it went on from a half file. Raises when cut short."""
    resuming = answer.status == 206 and have > 0
    if not resuming:
        have = 0
    length = answer.headers.get("Content-Length")
    total = have + int(length) if length and length.isdigit() else None
    if total is not None and total > SIZE_LIMIT:
        raise SourceFailed(f"the file announces {total} bytes, more than the limit of {SIZE_LIMIT}")
    note = {
        "url": url,
        "etag": answer.headers.get("ETag", ""),
        "last_modified": answer.headers.get("Last-Modified", ""),
    }
    note_path(part).write_text(json.dumps(note), encoding="utf-8")
    done = have
    with part.open("ab" if resuming else "wb") as out:
        while block := answer.read(CHUNK):
            out.write(block)
            done += len(block)
            if done > SIZE_LIMIT:
                raise SourceFailed(f"more than {SIZE_LIMIT} bytes arrived")
            if progress is not None:
                progress(done, total)
    if total is not None and done != total:
        raise _BrokenTransferError(f"the transfer broke off at {done} of {total} bytes")
    return resuming
