"""Guards that have no test elsewhere. `buildtools/remove_guards.py` takes each guard out and shows its test fail."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parents[2]


def client() -> TestClient:
    from vedette.bootstrap import open_workspace, web_application

    return TestClient(web_application(open_workspace()), base_url="http://localhost", follow_redirects=False)


def tool(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "buildtools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def test_a_form_without_the_token_changes_nothing() -> None:
    assert client().post("/look", data={"theme": "dark"}).status_code == 403


def test_more_than_may_come_is_refused() -> None:
    assert client().post("/look", data={"theme": "d" * 1_100_000}).status_code == 413


def test_an_address_is_no_path_to_a_file(tmp_path: Path) -> None:
    from vedette.bootstrap import open_workspace
    from vedette.errors import UnknownName
    from vedette.web.desk import Desk

    (tmp_path / "case.toml").write_text("")
    with pytest.raises(UnknownName, match="unknown case"):
        Desk(open_workspace()).case(str(tmp_path / "case.toml"))


def test_a_name_is_never_part_of_a_statement(vedette: Any) -> None:
    from vedette.bootstrap import open_workspace

    vedette.ok("account", "add", "root", "--role", "admin", stdin=b"a sentence to remember\n")
    accounts = open_workspace().accounts
    assert accounts.password_hash("root")
    for name in ("' OR '1'='1", "x' UNION SELECT password FROM accounts --", 'root"', "root';--"):
        assert accounts.password_hash(name) == ""
        assert open_workspace().sign_in.who(name, "a sentence to remember") is None
    assert [a.name for a in accounts.accounts()] == ["root"]


@pytest.mark.parametrize("name", ["CSRF", "IDOR"])
def test_a_test_fails_without_its_guard(name: str) -> None:
    assert tool("remove_guards").fails_without(name)


def test_a_foreign_case_is_not_told_by_the_watch_page_or_an_import(vedette: Any, tmp_path: Path) -> None:
    import json

    from tests.acceptance.test_signing_in import PASSWORD, post
    from tests.made_records import full_case

    from vedette.codec.dossier import encode_dossier

    for name, role in (("root", "admin"), ("eve", "analyst")):
        vedette.ok("account", "add", name, "--role", role, stdin=f"{PASSWORD} {name}\n".encode())
    path = tmp_path / "foreign.json"
    path.write_text(json.dumps({**encode_dossier(full_case()), "id": "foreign"}))
    vedette.ok("case", "import", path)
    eve = client()
    post(eve, "/sign-in", name="eve", password=f"{PASSWORD} eve")
    there, never = (eve.get(f"/watch?case={n}", headers={"accept": "application/json"}) for n in ("foreign", "foreigm"))
    assert there.status_code == never.status_code == 404
    assert there.text.replace("foreign", "X") == never.text.replace("foreigm", "X")
    from tests.acceptance.test_signing_in import token

    data = {"csrf": token(eve)}
    refused = eve.post("/import-case", data=data, files={"file": ("foreign.json", path.read_bytes())})
    assert refused.status_code == 422 and "cannot be used" in refused.text


def test_a_bundle_that_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import zipfile

    from vedette.bootstrap import open_workspace
    from vedette.errors import BadInput
    from vedette.web.desk import Desk
    from vedette.web.pages import brief
    from vedette.workflows.bundle import MANIFEST

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b"{}")
        archive.writestr("brief.html", b"0" * 2_000_000)
    monkeypatch.setattr(brief, "UNPACKED", 1_000_000)
    with pytest.raises(BadInput, match="too large"):
        brief.checked(Desk(open_workspace()), "belarus-2022", "b.zip", out.getvalue())
