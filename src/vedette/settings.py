"""Every setting: its environment variable, default, unit and meaning.

Settings come from the environment only. No secret is ever read from, or written to, a file of ours.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
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
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force. Fields in the order of `SETTINGS`, with their units."""

    home: Path
    data: Path
    author: str
    busy_seconds: float
    max_document_mb: float


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
