"""Settings: from the environment only, each with a default, refused in one line when unusable."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.errors import BadInput
from vedette.settings import SETTINGS, Settings, load_settings


def test_every_setting_is_described_once() -> None:
    fields = list(Settings.__dataclass_fields__)
    assert [s.name for s in SETTINGS] == fields
    assert all(s.variable.startswith("VEDETTE_") and s.doc and s.unit and s.default for s in SETTINGS)
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
