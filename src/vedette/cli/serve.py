"""``vedette serve``: the workbench in a browser, on this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
import threading
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from vedette.cli.screen import print_json, say
from vedette.errors import BadInput, Unavailable, UnknownName

PORT = 8620
"""Where the workbench is found. [assumption]: any port that no common service claims would do."""
TRIES = 10
SWITCH_SECONDS = 0.001
"""The interpreter's default is 0.005. [assumption]: a page asks the database three times and waits after each."""


def serve(
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", help=f"Port (default: {PORT}, or the next free one).")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Another host name it answers to, as of a proxy. Repeat."),
    ] = None,
    trust_network: Annotated[
        bool, typer.Option("--trust-network", help="Allow an address that other machines can reach.")
    ] = False,
    proxies: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="ADDRESS", help="Believe X-Forwarded-* of the proxy at this address. Repeat."),
    ] = None,
    log: Annotated[
        str | None, typer.Option("--log", metavar="json", help="A line of JSON on stderr for every request.")
    ] = None,
    telemetry: Annotated[
        bool, typer.Option("--telemetry", help="Spans of OpenTelemetry (extra: telemetry).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the address as JSON.")] = False,
) -> None:
    """The workbench: cases, reader, elicitation, ledger and briefs in a browser. Ctrl-C stops it."""
    from vedette.bootstrap import log_requests, open_workspace, web_application

    if log not in (None, "json"):
        raise UnknownName("log", log, where="--log", nearest=("json",))
    trusted = _proxies(proxies or ())
    workspace = open_workspace(pooled=True)
    _check_host(host, trust_network or workspace.accounts.there_are())
    application = web_application(workspace, hosts=_hosts(host, names or ()), proxies=trusted, telemetry=telemetry)
    listening = _listen(host, port)
    taken = listening.getsockname()[1]
    shown = "localhost" if host in ("127.0.0.1", "::1") else host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{taken}/"
    if log:
        log_requests()
    if as_json:
        print_json({"address": address})
        sys.stdout.flush()  # whoever started it through a pipe waits for this line
    else:
        print(address, flush=True)
    if port is None and taken != PORT:
        say(f"Port {PORT} is in use; {taken} is taken instead.")
    say("The workbench runs until you press Ctrl-C. What you decide is stored at once.")
    _run(application, listening, address if browser else "", logs=bool(log))
    say("Stopped. Everything decided was stored.")


def _proxies(given: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_address(g)) for g in given)
    except ValueError as error:
        raise BadInput(str(error), where="--proxy", fix="Give the address the proxy connects from: 127.0.0.1") from None


def _check_host(host: str, trusted: bool) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback and not trusted:
        raise BadInput(
            f"{host} can be reached from other machines, and this workbench has no accounts: whoever reaches it may "
            "change every case", where="--host",
            fix="Leave it out, make an account first (vedette account add), or add --trust-network",
        )  # fmt: skip


def _hosts(host: str, more: Sequence[str]) -> tuple[str, ...]:
    """Names a browser may use for this server; every name of this machine where the network is trusted."""
    names = ["localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host, *more]
    if host in ("0.0.0.0", "::"):  # noqa: S104  said to be trusted by --trust-network
        names += [socket.gethostname(), socket.getfqdn()]
        # In a container, or without a resolver, the machine's own name may have no address: then nobody uses it.
        with contextlib.suppress(OSError):
            names += socket.gethostbyname_ex(socket.gethostname())[2]
    return tuple(dict.fromkeys(n.casefold() for n in names))


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on the port asked for, else on the first free one. Raises `Unavailable`."""
    wanted = [port] if port is not None else [*range(PORT, PORT + TRIES), 0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in wanted:
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, number))
            found.listen(128)  # whoever is quicker than the server's start waits instead of being refused
        except OverflowError:
            found.close()
            raise BadInput(f"{number} is no port", where="--port", fix="Use 1 to 65535") from None
        except OSError as error:
            found.close()
            last = error
            continue
        return found
    fix = "Leave --port out to take a free one" if port is not None else "Stop another server, or give --port"
    raise Unavailable(f"cannot listen there ({last.strerror})", where=f"{host}:{wanted[0]}", fix=fix)


def _run(application: Any, listening: socket.socket, address: str, *, logs: bool = False) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """A server that opens the browser once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if address:
                # A browser may take seconds to come up; the server must not wait for it.
                threading.Thread(target=_open, args=(address,), daemon=True).start()

    config = uvicorn.Config(
        application, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=5,
        lifespan="off", log_config=None if logs else uvicorn.config.LOGGING_CONFIG,
        proxy_headers=False,  # whom to believe is said by --proxy
    )  # fmt: skip
    # While a number is computed, whoever waits for the database gets the interpreter back after this many seconds.
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # Ctrl-C is how it is stopped: not a failure
    finally:
        listening.close()


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        print(f"No browser could be opened. Open {address} yourself.", file=sys.stderr)
