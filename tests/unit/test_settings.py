"""Settings: from the environment only, each with a default, refused in one line when unusable."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadInput
from vedette.settings import SETTINGS, Secret, Settings, load_settings


def test_every_setting_is_described_once() -> None:
    fields = list(Settings.__dataclass_fields__)
    assert [s.name for s in SETTINGS] == fields
    assert all(s.variable.startswith(("VEDETTE_", "DATABASE_URL")) and s.doc and s.unit and s.default for s in SETTINGS)
    assert len({s.variable for s in SETTINGS}) == len(SETTINGS)


def test_defaults() -> None:
    found = load_settings({"LOGNAME": "ana"})
    assert (found.author, found.busy_seconds, found.max_document_mb) == ("ana", 10.0, 20.0)
    assert found.home.is_absolute() and found.home.name == "vedette"
    assert found.data == found.home / "data"


def test_the_environment_wins() -> None:
    found = load_settings(
        {
            "VEDETTE_HOME": "~/here", "VEDETTE_DATA": "/there", "VEDETTE_AUTHOR": " Bo ", "VEDETTE_BUSY_SECONDS": "0.5",
            "VEDETTE_MAX_DOCUMENT_MB": "7",
        }
    )  # fmt: skip
    assert found == Settings(
        home=Path.home() / "here", data=Path("/there"), author="Bo", busy_seconds=0.5, max_document_mb=7.0
    )


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", "1e400"])
def test_numbers_that_cannot_be_used_name_their_variable(text: str) -> None:
    with pytest.raises(BadInput, match="VEDETTE_BUSY_SECONDS"):
        load_settings({"VEDETTE_BUSY_SECONDS": text})


def test_settings_of_the_second_reader() -> None:
    none = load_settings({})
    assert (none.llm_url, none.llm_model, none.llm_price_in, none.llm_allow_private) == ("", "", None, False)
    found = load_settings(
        {
            "VEDETTE_LLM_URL": "https://example.org/v1", "VEDETTE_LLM_MODEL": "big/model:1",
            "VEDETTE_LLM_KEY": " sk-1 ",
            "VEDETTE_LLM_ALLOW_PRIVATE": "yes", "VEDETTE_LLM_PRICE_IN": "0", "VEDETTE_LLM_PRICE_OUT": "2.5",
        }
    )  # fmt: skip
    assert (found.llm_url, found.llm_model, found.llm_allow_private) == ("https://example.org/v1", "big/model:1", True)
    assert (found.llm_price_in, found.llm_price_out) == (0.0, 2.5), "free is a price, none is not"


def test_a_secret_shows_in_nothing_that_prints_it() -> None:
    from vedette.domain.plain import to_plain

    key = load_settings({"VEDETTE_LLM_KEY": "sk-abcdef"}).llm_key
    assert key.reveal() == "sk-abcdef"
    for shown in (
        repr(key),
        str(key),
        f"{key}",
        repr(load_settings({"VEDETTE_LLM_KEY": "sk-abcdef"})),
        str(to_plain(key)),
    ):
        assert "sk-abcdef" not in shown and "set, not shown" in shown
    assert str(Secret()) == "not set"


def test_a_key_may_lie_in_the_keyring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    (tmp_path / "keyring").mkdir()
    (tmp_path / "keyring" / "__init__.py").write_text(
        "from keyring import errors\n"
        "def get_password(service, name):\n"
        "    if (service, name) == ('vedette', 'llm'):\n"
        "        return 'from-the-ring'\n"
        "    raise errors.KeyringError('locked')\n"
    )
    (tmp_path / "keyring" / "errors.py").write_text("class KeyringError(Exception): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert Secret(entry="llm").reveal() == "from-the-ring" and Secret("given", "llm").reveal() == "given"
    assert Secret().reveal() == "", "a secret without an entry is not looked for in the keyring"
    import keyring

    def locked(service: str, name: str) -> str:
        raise keyring.errors.KeyringError("locked")

    monkeypatch.setattr(keyring, "get_password", locked)
    with pytest.raises(BadInput, match="VEDETTE_LLM_KEY"):
        Secret(entry="llm").reveal()
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name)  # not through monkeypatch: that would put the made module back for the tests after this


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("VEDETTE_LLM_URL", "example.org"), ("VEDETTE_LLM_URL", "ftp://example.org"), ("VEDETTE_LLM_URL", "http://"),
        ("VEDETTE_LLM_URL", "https://u:p@example.org"), ("VEDETTE_LLM_URL", "https://example.org/v1?key=abc"),
        ("VEDETTE_LLM_URL", "http://example.org:99999"), ("VEDETTE_LLM_URL", "http://[::1"),
        ("VEDETTE_LLM_KEY", "two words"), ("VEDETTE_LLM_KEY", "a\r\nX-Evil: 1"), ("VEDETTE_LLM_KEY", "schlüssel"),
        ("VEDETTE_LLM_MODEL", "a\x1b[31m"), ("VEDETTE_LLM_ALLOW_PRIVATE", "maybe"), ("VEDETTE_LLM_PRICE_IN", "-1"),
        ("VEDETTE_LLM_PRICE_OUT", "cheap"), ("VEDETTE_LLM_PRICE_OUT", "nan"), ("VEDETTE_LLM_TIMEOUT", "0"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_names_its_variable_and_no_secret(variable: str, text: str) -> None:
    with pytest.raises(BadInput, match=variable) as caught:
        load_settings({variable: text})
    assert variable != "VEDETTE_LLM_KEY" or text not in str(caught.value)
    assert "u:p" not in str(caught.value) and "abc" not in str(caught.value)
