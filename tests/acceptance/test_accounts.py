"""``vedette account`` and ``vedette audit`` through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PASSWORD = b"a sentence to remember\n"


def test_accounts_from_none_to_some(vedette: Any) -> None:
    assert "no accounts" in vedette.ok("account", "list")
    assert "--role admin" in vedette.refused("account", "add", "ana", stdin=PASSWORD)
    assert "12" in vedette.refused("account", "add", "root", "--role", "admin", stdin=b"short\n")
    assert "standard input" in vedette.refused("account", "add", "root", "--role", "admin")
    vedette.ok("account", "add", "root", "--role", "admin", stdin=PASSWORD)
    vedette.ok("account", "add", "ana", stdin=PASSWORD)
    assert "already" in vedette.refused("account", "add", "ana", stdin=PASSWORD)
    assert "analyst" in vedette.refused("account", "role", "ana", "analist")
    assert "ana" in vedette.refused("account", "role", "anna", "reader")
    assert "administer" in vedette.refused("account", "disable", "root")
    vedette.ok("account", "role", "ana", "reader", "--reason", "left the desk")
    vedette.ok("account", "passwd", "ana", stdin=b"another sentence here\n")
    vedette.ok("account", "disable", "ana")
    found = {a["name"]: a for a in json.loads(vedette.ok("account", "list", "--json"))}
    assert found["ana"]["disabled"] and found["ana"]["role"] == "reader"
    log = json.loads(vedette.ok("audit", "--json"))
    assert [e["action"] for e in log] == [
        "account.disable", "account.password", "account.role", "account.add", "account.add",
    ]  # fmt: skip
    assert log[2]["reason"] == "left the desk" and log[2]["who"].startswith("Test Analyst")
    assert "a sentence" not in json.dumps(log)


def test_tokens_are_shown_once_and_end(vedette: Any) -> None:
    vedette.ok("account", "add", "root", "--role", "admin", stdin=PASSWORD)
    made = json.loads(vedette.ok("account", "token", "root", "--scope", "read", "--label", "wire", "--json"))
    listed = json.loads(vedette.ok("account", "token", "root", "--json"))
    assert listed[0]["id"] == made["id"] and listed[0]["holds"] and made["key"] not in json.dumps(listed)
    vedette.ok("account", "token", "root", "--revoke", made["id"])
    assert not json.loads(vedette.ok("account", "token", "root", "--json"))[0]["holds"]
    assert "scope" in vedette.refused("account", "token", "root", "--scope", "everything")
    assert "token" in vedette.refused("account", "token", "root", "--revoke", "nope")


def test_a_case_is_shared_by_its_owner_first(vedette: Any, tmp_path: Path) -> None:
    from tests.made_records import full_case

    from vedette.codec.case_writer import encode_case

    (tmp_path / "made.toml").write_text(encode_case(full_case()), encoding="utf-8")
    vedette.ok("case", "import", tmp_path / "made.toml")
    for name, role in (("root", "admin"), ("ana", "analyst"), ("ben", "reader")):
        vedette.ok("account", "add", name, "--role", role, stdin=PASSWORD)
    assert "owner" in vedette.refused("account", "share", "made", "ben", "read")
    vedette.ok("account", "share", "made", "ana", "owner")
    vedette.ok("account", "share", "made", "ben", "read")
    vedette.ok("account", "share", "made", "*", "read")
    vedette.ok("account", "share", "made", "*", "none")
    found = json.loads(vedette.ok("account", "share", "made", "ben", "write", "--json"))
    assert found == [{"account": "ana", "access": "owner"}, {"account": "ben", "access": "write"}]
    assert "owner" in vedette.refused("account", "share", "made", "ana", "none")
    assert "case" in vedette.refused("account", "share", "mad", "ana", "read")
    assert len(json.loads(vedette.ok("audit", "--case", "made", "--json"))) == 5
