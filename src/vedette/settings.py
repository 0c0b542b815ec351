"""Every setting: its environment variable, default, unit and meaning.

Settings come from the environment only. No secret is ever read from, or written to, a file of ours. The one secret
there is, the key of a language model, may also lie in the system's keyring when the package ``keyring`` is installed.
"""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vedette.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """How one setting is documented. ``default`` in words where it depends on the machine."""

    name: str
    variable: str
    default: str
    unit: str
    doc: str


SETTINGS: tuple[SettingLine, ...] = (
    SettingLine(
        name="home",
        variable="VEDETTE_HOME",
        default="the user's data folder (Linux: ~/.local/share/vedette)",
        unit="folder",
        doc="The workspace: cases, documents, evidence, reviews and the ledger.",
    ),
    SettingLine(
        name="data",
        variable="VEDETTE_DATA",
        default="the folder 'data' in the workspace",
        unit="folder",
        doc="Downloaded history sources and the panel built from them.",
    ),
    SettingLine(
        name="author",
        variable="VEDETTE_AUTHOR",
        default="the name of the operating system's user",
        unit="name",
        doc="Who reviews, corrects and commits; --author overrides it.",
    ),
    SettingLine(
        name="busy_seconds",
        variable="VEDETTE_BUSY_SECONDS",
        default="10",
        unit="seconds",
        doc="How long to wait while another process writes to the workspace.",
    ),
    SettingLine(
        name="max_document_mb",
        variable="VEDETTE_MAX_DOCUMENT_MB",
        default="20",
        unit="megabytes",
        doc="A larger document is refused before it is read: one of that size is a dump, not a text.",
    ),
    SettingLine(
        name="database",
        variable="DATABASE_URL",
        default="none: the workspace is a file in VEDETTE_HOME",
        unit="address",
        doc="A PostgreSQL database shared by a team, such as postgresql://user:password@host:5432/vedette. It takes "
        "the place of the workspace file.",
    ),
    SettingLine(
        name="parser",
        variable="VEDETTE_PARSER",
        default="rules",
        unit="rules, spacy or auto",
        doc="Which parser reads sentences whose roles the rules leave open. spacy needs the extra vedette[nlp]; auto "
        "uses it where it is installed, so that two machines may then read the same text differently.",
    ),
    SettingLine(
        name="llm_url",
        variable="VEDETTE_LLM_URL",
        default="none: there is no second reader",
        unit="address",
        doc="Server of the second reader (--llm): any that speaks the OpenAI chat completions API, such as "
        "http://localhost:8080/v1. Documents are sent there.",
    ),
    SettingLine(
        name="llm_model",
        variable="VEDETTE_LLM_MODEL",
        default="none",
        unit="name",
        doc="The model to ask, by the name its server gives it.",
    ),
    SettingLine(
        name="llm_key",
        variable="VEDETTE_LLM_KEY",
        default="the entry 'llm' of 'vedette' in the system's keyring, if the package keyring is installed; else none",
        unit="secret",
        doc="Key for that server. It is sent to it, and written nowhere.",
    ),
    SettingLine(
        name="llm_allow_private",
        variable="VEDETTE_LLM_ALLOW_PRIVATE",
        default="no",
        unit="yes or no",
        doc="Whether the server may have a private address other than this machine's own.",
    ),
    SettingLine(
        name="llm_timeout",
        variable="VEDETTE_LLM_TIMEOUT",
        default="120",
        unit="seconds",
        doc="How long to wait for one whole answer.",
    ),
    SettingLine(
        name="llm_chunk",
        variable="VEDETTE_LLM_CHUNK",
        default="12000",
        unit="characters",
        doc="A longer document is given in parts of this size, which overlap; smaller suits models with little memory.",
    ),
    SettingLine(
        name="llm_max_characters",
        variable="VEDETTE_LLM_MAX_CHARACTERS",
        default="200000",
        unit="characters",
        doc="A longer document is not given to the second reader: it would cost more than anyone meant to spend.",
    ),
    SettingLine(
        name="llm_price_in",
        variable="VEDETTE_LLM_PRICE_IN",
        default="not known: tokens are shown, no cost",
        unit="money per million tokens",
        doc="Price of what is sent, in any currency, the same as VEDETTE_LLM_PRICE_OUT.",
    ),
    SettingLine(
        name="llm_price_out",
        variable="VEDETTE_LLM_PRICE_OUT",
        default="not known: tokens are shown, no cost",
        unit="money per million tokens",
        doc="Price of what is answered.",
    ),
    SettingLine(
        name="alert_channels",
        variable="VEDETTE_ALERT_NAME",
        default="none; the entry 'alert-name' of 'vedette' in the keyring, if the package keyring is installed",
        unit="secret",
        doc="Address of the channel called NAME (`vedette watch add --channel name`): https://... for a webhook, "
        "smtps://... for e-mail, or any address of apprise. VEDETTE_ALERT_NAME_SECRET signs a webhook.",
    ),
    SettingLine(
        name="alert_allow_private",
        variable="VEDETTE_ALERT_ALLOW_PRIVATE",
        default="no",
        unit="yes or no",
        doc="Whether alerts may be posted to an address inside your own network (webhooks, apprise).",
    ),
    SettingLine(
        name="events_memory_mb",
        variable="VEDETTE_EVENTS_MEMORY_MB",
        default="400",
        unit="megabytes",
        doc="What the engine of the event store may hold in memory; beyond it, it works on disk.",
    ),
    SettingLine(
        name="spark_master",
        variable="VEDETTE_SPARK_MASTER",
        default="local[2]",
        unit="address",
        doc="Master of the Spark cluster of `vedette events query --engine spark`, such as spark://host:7077 or yarn; "
        "the store's folder must have the same path there. local[2]: this machine, two threads.",
    ),
    SettingLine(
        name="acled_key",
        variable="VEDETTE_ACLED_KEY",
        default="none; the entry 'acled' of 'vedette' in the keyring, if the package keyring is installed",
        unit="secret",
        doc="Access token of your own account at ACLED. It is sent there, and written nowhere.",
    ),
)


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that prints as whether it is set. ``reveal`` gives it, from the keyring when it was not given.

    ``entry`` is its name in the keyring; empty: it is never looked for there.
    """

    given: str = ""
    entry: str = ""

    def __repr__(self) -> str:
        return "set, not shown" if self.given else "not set"

    __str__ = __repr__

    def to_dict(self) -> str:
        """As in print: never the value."""
        return repr(self)

    def reveal(self) -> str:
        """The value; empty when there is none."""
        return self.given or (_from_keyring(self.entry) if self.entry else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannel:
    """Where alerts of one channel go: its address, and what signs them."""

    address: Secret
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. Fields in the order of `SETTINGS`, with their units."""

    home: Path
    data: Path
    author: str
    busy_seconds: float
    max_document_mb: float
    database: Secret = Secret()
    parser: str = "rules"
    llm_url: str = ""
    llm_model: str = ""
    llm_key: Secret = Secret(entry="llm")
    llm_allow_private: bool = False
    llm_timeout: float = 120.0
    llm_chunk: int = 12_000
    llm_max_characters: int = 200_000
    llm_price_in: float | None = None
    llm_price_out: float | None = None
    alert_channels: Mapping[str, AlertChannel] = field(default_factory=dict)
    alert_allow_private: bool = False
    events_memory_mb: float = 400.0
    spark_master: str = "local[2]"
    acled_key: Secret = Secret(entry="acled")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; raises `BadInput` naming the variable that cannot be used."""
    env = os.environ if environ is None else environ
    home = Path(env["VEDETTE_HOME"]).expanduser() if env.get("VEDETTE_HOME") else _default_home()
    return Settings(
        home=home.absolute(),
        data=Path(env["VEDETTE_DATA"]).expanduser().absolute() if env.get("VEDETTE_DATA") else home.absolute() / "data",
        author=env.get("VEDETTE_AUTHOR", "").strip() or _user_name(env),
        busy_seconds=_number(env, "VEDETTE_BUSY_SECONDS", 10.0),
        max_document_mb=_number(env, "VEDETTE_MAX_DOCUMENT_MB", 20.0),
        database=Secret(env.get("DATABASE_URL", "").strip()),
        parser=_one_of(env, "VEDETTE_PARSER", ("rules", "spacy", "auto")),
        llm_url=_address(env, "VEDETTE_LLM_URL"),
        llm_model=_printable(env, "VEDETTE_LLM_MODEL"),
        llm_key=Secret(_printable(env, "VEDETTE_LLM_KEY"), "llm"),
        llm_allow_private=_yes(env, "VEDETTE_LLM_ALLOW_PRIVATE"),
        llm_timeout=_number(env, "VEDETTE_LLM_TIMEOUT", 120.0),
        llm_chunk=int(_number(env, "VEDETTE_LLM_CHUNK", 12_000)),
        llm_max_characters=int(_number(env, "VEDETTE_LLM_MAX_CHARACTERS", 200_000)),
        llm_price_in=_price(env, "VEDETTE_LLM_PRICE_IN"),
        llm_price_out=_price(env, "VEDETTE_LLM_PRICE_OUT"),
        alert_channels=_alert_channels(env),
        alert_allow_private=_yes(env, "VEDETTE_ALERT_ALLOW_PRIVATE"),
        events_memory_mb=_number(env, "VEDETTE_EVENTS_MEMORY_MB", 400.0),
        spark_master=_printable(env, "VEDETTE_SPARK_MASTER") or "local[2]",
        acled_key=Secret(_printable(env, "VEDETTE_ACLED_KEY"), "acled"),
    )


def _alert_channels(env: Mapping[str, str]) -> dict[str, AlertChannel]:
    """Channels by name in small letters: VEDETTE_ALERT_OPS_DESK is ops-desk."""
    prefix, suffix = "VEDETTE_ALERT_NAME".removesuffix("NAME"), "_SECRET"
    named = {v.removeprefix(prefix).removesuffix(suffix) for v in env if v.startswith(prefix) and env[v].strip()}
    return {
        name.lower().replace("_", "-"): alert_channel(name.lower().replace("_", "-"), env)
        for name in sorted(named - {"ALLOW_PRIVATE"})
    }


def alert_channel(name: str, env: Mapping[str, str]) -> AlertChannel:
    """The channel of a name; what the environment does not say may be in the keyring."""
    variable = f"VEDETTE_ALERT_{name.upper().replace('-', '_')}"
    return AlertChannel(
        address=Secret(_printable(env, variable), f"alert-{name}"),
        secret=Secret(_printable(env, f"{variable}_SECRET"), f"alert-{name}-secret"),
    )


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("vedette", appauthor=False)


def _user_name(env: Mapping[str, str]) -> str:
    for variable in ("LOGNAME", "USER", "USERNAME"):
        if env.get(variable, "").strip():
            return env[variable].strip()
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container may run under a number without a name; saying so is better than inventing one.
        return "unknown"


def _number(env: Mapping[str, str], variable: str, default: float) -> float:
    text = env.get(variable, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise BadInput(f"{text!r} is not a positive number", where=variable, fix=f"Unset it to use {default:g}")
    return value


def _price(env: Mapping[str, str], variable: str) -> float | None:
    """A price; 0 is one, no price is None."""
    text = env.get(variable, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise BadInput(f"{text!r} is not a price", where=variable, fix="Give it per million tokens, or unset it")
    return value


def _yes(env: Mapping[str, str], variable: str) -> bool:
    text = env.get(variable, "").strip().casefold()
    if text not in ("", "yes", "no", "1", "0", "true", "false"):
        raise BadInput(f"{text!r} is neither yes nor no", where=variable, fix="Set it to yes or no")
    return text in ("yes", "1", "true")


def _one_of(env: Mapping[str, str], variable: str, names: tuple[str, ...]) -> str:
    """One of the names, the first when it is not set."""
    text = env.get(variable, "").strip().casefold() or names[0]
    if text not in names:
        raise BadInput(f"{text!r} is not known", where=variable, fix=f"Set it to {', '.join(names)}, or unset it")
    return text


def _printable(env: Mapping[str, str], variable: str) -> str:
    """Text that may stand in a header or a record: printable ASCII without spaces. Its value is never repeated."""
    text = env.get(variable, "").strip()
    if not text.isascii() or not text.isprintable() or " " in text or len(text) > 4096:
        raise BadInput("it holds spaces or unprintable characters", where=variable, fix="Set it again, without quotes")
    return text


def _address(env: Mapping[str, str], variable: str) -> str:
    """An http(s) address of host and path only, so that no secret can hide in what is shown and recorded."""
    text = _printable(env, variable)
    if not text:
        return ""
    try:
        parts = urllib.parse.urlsplit(text)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
    if not whole:
        raise BadInput("it is not an http(s) address", where=variable, fix="For example http://localhost:8080/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInput("it holds more than host and path", where=variable, fix="Give the key in VEDETTE_LLM_KEY")
    return text


def _from_keyring(entry: str) -> str:
    """The key in the system's keyring; empty when there is no keyring, or nothing in it."""
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("keyring") is None:
        return ""
    keyring = import_module("keyring")
    try:
        found = keyring.get_password("vedette", entry)
    except keyring.errors.KeyringError as error:
        raise BadInput(
            f"the keyring cannot be opened ({error})", where=f"keyring entry {entry!r}",
            fix="Unlock it, or set its environment variable (VEDETTE_LLM_KEY for 'llm'; the settings page has all)",
        ) from error
    return _printable({"keyring": found or ""}, "keyring")
