"""What each route is sent when the table of access is measured, and the made cases it is asked about.

A route whose work takes long is sent what it refuses only after it has let the person in (an empty form, an
``If-Match`` that does not hold), and ``ok`` names that answer: the table is about who is let in.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

CASES: Final = ("own", "shared for writing", "shared for reading", "foreign", "bundled")
FOREIGN: Final = "foreign"
BUNDLED: Final = "niger-2023"
_number = itertools.count(1)
NAMED: Final = ("case_id", "question", "question_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One case and things in it, by which the parts of an address are filled."""

    case: str
    document: str
    item: str
    indicator: str
    dossier: bytes

    def parts(self) -> dict[str, str]:
        """Values for the names of parts of addresses, of queries and of bodies."""
        asked = f"asked-{self.case}"
        return {
            "case_id": self.case, "document_id": self.document, "item_id": self.item, "evidence_id": self.item,
            "indicator_id": self.indicator, "question": asked, "question_id": asked, "revision": "1", "form": "md",
            "name": "edits", "token_id": "0" * 12, "job_id": "0" * 16, "new": f"new-{next(_number)}",
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request. ``ok``: statuses of one that got in; ``taken``: words in the answer about a case that is not there for
    them, where it is no 404 but that of an id that cannot be had.

    ``names_case``: the query, the body or the question names a case though the address does not. ``fresh``: with a
    browser of its own, since it ends or opens a session. ``admin_from_afar``: open on the machine itself, elsewhere to
    admins. ``{...}`` in texts is filled as in addresses.
    """

    ok: tuple[int, ...] = (200,)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Any = None
    file: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    names_case: bool = False
    taken: str = ""
    fresh: bool = False
    admin_from_afar: bool = False

    def sent(self, path: str, held: Held) -> dict[str, Any]:
        """What the client is called with."""
        parts = held.parts()

        def filled(value: Any) -> Any:
            if isinstance(value, str):
                return value.format_map(parts) if value.startswith("{") or "{case_id}" in value else value
            if isinstance(value, Mapping):
                return {k: filled(v) for k, v in value.items()}
            return [filled(v) for v in value] if isinstance(value, list) else value

        made: dict[str, Any] = {"url": path.format_map(parts), "params": filled(self.query)}
        if self.json is not None:
            made["json"] = filled(self.json)
        elif self.form is not None:
            made["data"] = filled(self.form)
        if self.file:
            made["files"] = {"file": (f"{held.case}.json", held.dossier)} if self.file == "dossier" else {
                "file": ("made.csv", self.file.encode())
            }  # fmt: skip
        if self.headers:
            made["headers"] = dict(self.headers)
        return made


PASSWORD: Final = "a sentence for the table"  # of accounts that live as long as the table is made
API: Final = "/api/v1"
CASE: Final = "/cases/{case_id}"
PAGE: Final = Asked()
QUESTION: Final = Asked(names_case=True)
NEW: Final = {"interveners": "RUS", "target": "UKR", "posture": "hostile", "opened": "2022-01-01"}
NOT_READ: Final = Asked(ok=(422,), form={})
"""An empty form is answered by the page with what is missing in it."""

ASKED: Final[Mapping[str, Asked]] = {
    "GET /": PAGE, "GET /alerts.atom": PAGE, "GET /api": PAGE, "GET /board/side": PAGE, "GET /components": PAGE,
    "GET /board/rows/{case_id}": PAGE, "GET /healthz": PAGE, "GET /history": PAGE, "GET /history/backtest": PAGE,
    "GET /history/class": PAGE, "GET /ledger": PAGE, "GET /ledger.csv": PAGE, "GET /ledger.json": PAGE,
    "GET /log": PAGE,
    "GET /map/land.json": Asked(query={"window": "20,40,30,50"}), "GET /metrics": Asked(admin_from_afar=True),
    "GET /new-case": PAGE, "GET /palette.json": PAGE, "GET /readyz": PAGE, "GET /tour": PAGE,
    "GET /watch": Asked(query={"case": "{case_id}"}, names_case=True),
    "GET /ledger/new": Asked(ok=(200, 303), query={"case": "{case_id}"}, names_case=True),
    "GET /ledger/{question}": QUESTION,
    "GET /ledger/{question}/postmortem": Asked(ok=(422,), names_case=True),  # nobody has resolved it yet
    "POST /ledger/{question}/resolve": Asked(ok=(422,), form={"atom": "none"}, names_case=True),
    "POST /ledger/forecast": Asked(ok=(422,), form={"case": "{case_id}", "as_of": "never"}, names_case=True),
    "POST /ledger/import": Asked(form={"format": "csv"}, file="question,forecaster,date,yes\nq,x,2022-01-01,0.5\n"),
    "POST /import-case": Asked(ok=(409, 422), form={}, file="dossier", names_case=True, taken="cannot be used"),
    "POST /new-case": Asked(ok=(303,), form={**NEW, "until": "6m", "id": "{new}"}),
    "POST /look": Asked(ok=(303,), form={"theme": "dark"}), "POST /tour": Asked(ok=(303,), form={"seen": "yes"}),
    "GET /sign-in": Asked(ok=(200, 303)),
    "POST /sign-in": Asked(ok=(303,), form={"name": "somebody", "password": PASSWORD}, fresh=True),
    "POST /sign-out": Asked(ok=(303,), form={}, fresh=True),
    # accounts
    "GET /account": PAGE, "POST /account/keys": Asked(ok=(422,), form={"label": ""}),
    "POST /account/keys/{token_id}/end": Asked(ok=(404,), form={}),  # the key of nobody
    "POST /account/password": Asked(ok=(422,), form={"current": "another one"}), "GET /accounts": PAGE,
    "POST /accounts": Asked(ok=(422,), form={}), "POST /accounts/{name}": Asked(ok=(404, 422), form={}),
    # pages of a case
    f"GET {CASE}": PAGE, f"GET {CASE}/brief": PAGE, f"GET {CASE}/brief.{{form}}": PAGE, f"GET {CASE}/comments": PAGE,
    f"GET {CASE}/brief/issue": Asked(ok=(303,)), f"GET {CASE}/brief/verify": Asked(ok=(303,)),
    f"GET {CASE}/brief/revisions/{{revision}}.html": PAGE, f"GET {CASE}/documents": PAGE,
    f"GET {CASE}/documents/reading/{{job_id}}": Asked(ok=(303,)), f"GET {CASE}/documents/{{document_id}}": PAGE,
    f"GET {CASE}/elicit": PAGE, f"GET {CASE}/evidence": PAGE, f"GET {CASE}/evidence.csv": PAGE,
    f"GET {CASE}/evidence.json": PAGE, f"GET {CASE}/map.json": PAGE, f"GET {CASE}/parts/{{name}}": PAGE,
    f"GET {CASE}/sharing": PAGE, f"GET {CASE}/whatif.json": PAGE,
    f"POST {CASE}/brief/issue": Asked(ok=(422,), form={"weeks": "many"}),
    f"POST {CASE}/brief/verify": Asked(ok=(422,), form={"weeks": "many"}),
    f"POST {CASE}/comments": Asked(ok=(303,), form={"text": "seen"}), f"POST {CASE}/documents": NOT_READ,
    f"POST {CASE}/documents/{{document_id}}/items/{{item_id}}": NOT_READ,
    f"POST {CASE}/documents/{{document_id}}/passages": NOT_READ,
    f"POST {CASE}/documents/{{document_id}}/undo": Asked(ok=(303,), form={"since": "9999"}),
    f"POST {CASE}/elicit": NOT_READ, f"POST {CASE}/evidence/{{item_id}}": NOT_READ,
    f"POST {CASE}/indicators/{{indicator_id}}": NOT_READ,
    f"POST {CASE}/sharing": Asked(ok=(303,), form={"account": "somebody", "access": "owner"}),
    f"POST {CASE}/watches": Asked(ok=(422,), form={"source": "no address"}),
    # the API
    f"GET {API}/alerts": PAGE, f"GET {API}/cases": PAGE, f"GET {API}/events": PAGE, f"GET {API}/ledger/questions": PAGE,
    f"GET {API}/base-rate": Asked(query={"intervener": "RUS", "target": "UKR"}), f"GET {API}/ledger/scores": PAGE,
    f"GET {API}/ledger/questions/{{question_id}}": QUESTION, f"GET {API}{CASE}": PAGE,
    f"GET {API}{CASE}/assessment": PAGE, f"GET {API}{CASE}/documents": PAGE, f"GET {API}{CASE}/evidence": PAGE,
    f"GET {API}{CASE}/documents/{{document_id}}": PAGE, f"GET {API}{CASE}/evidence/{{evidence_id}}": PAGE,
    f"POST {API}/cases": Asked(
        ok=(201,), json={**NEW, "interveners": ["RUS"], "deadline": "2022-06-01", "id": "{new}"}
    ),
    f"POST {API}/ledger/forecasts": Asked(
        ok=(422,), json={"case": "{case_id}", "as_of": "2099-01-01"}, names_case=True
    ),
    f"POST {API}/ledger/questions/{{question_id}}/resolutions": Asked(ok=(422,), json={}, names_case=True),
    f"POST {API}{CASE}/documents": Asked(
        ok=(201,), json={"text": "The border was quiet.", "published": "2022-01-10"}
    ),
    f"POST {API}{CASE}/evidence": Asked(
        ok=(422,),
        json={"document": "{document_id}", "quote": "words that are in no document", "kind": "fact", "scenario": "x",
              "condition": "x", "direction": "raises", "strength": "weak"},
    ),
    f"POST {API}{CASE}/evidence/{{evidence_id}}/reviews": Asked(
        ok=(412,), json={"verdict": "accept"}, headers={"if-match": '"another"'}
    ),
    f"POST {API}{CASE}/judgments": Asked(ok=(422,), json={}),
    f"POST {API}{CASE}/whatif": Asked(json={"changes": ["main.local_support=met"]}),
}  # fmt: skip


WORDS: Final = {FOREIGN: "quagga"}
"""A word that stands in every text of a case, in its id and in those of what lies in it: by it a leak is seen."""


def furnish(
    workspace: Any, accounts: Sequence[str], secret: str, kinds: Sequence[str] = CASES
) -> dict[str, Held]:
    """Make the cases with everything that lies in one, shared with the accounts as `CASES` says; by kind.

    The owner of each is the account ``somebody``. ``secret``: hash of its password.
    """
    from vedette.domain.accounts import Access, Account, Role, Share
    from vedette.reference.bundled import bundled_case

    people = workspace.accounts
    people.add_account(Account(name="somebody", role=Role.ANALYST, created_at=workspace.clock.now()), secret)
    shared = {"own": Access.OWNER, "shared for writing": Access.WRITE, "shared for reading": Access.READ}
    held = {}
    for kind in kinds:
        word = WORDS.get(kind, "plain")
        name = f"a-{word}" if kind in WORDS else kind.replace(" ", "-")
        case = bundled_case(BUNDLED) if kind == "bundled" else _made(name, word)
        if kind != "bundled":
            workspace.cases.create(case, author="somebody", reason=f"made, {word}")
            people.share(Share(case=case.id, account="somebody", access=Access.OWNER))
            for name in accounts if kind in shared else ():
                people.share(Share(case=case.id, account=name, access=shared[kind]))
        held[kind] = _record(workspace, case, word)
    return held


def _made(name: str, word: str) -> Any:
    """A case with a document, two items, an indicator and a judgment, the word in all of them."""
    from tests.made_records import RAW, document, evidence, full_case, judgment

    from vedette.domain.claims import Citation
    from vedette.domain.indicators import WatchedIndicator
    from vedette.domain.time import instant

    look = WatchedIndicator(
        id=f"look-{word}", observable=f"{word} on the road", option="main", scenario="attack", threshold="two a week",
        condition="technical_feasibility", collection="pictures", added=instant("2022-01-01"), ratio=(2.0, 0.8),
    )  # fmt: skip
    text = document(
        RAW + word.encode(), id=f"doc-{word}", title=f"Report of the {word}", author=word,
        citation=Citation(publisher=f"Press of the {word}", url=f"https://{word}.example/1"),
    )  # fmt: skip
    said = {"claim": f"The {word} was moved.", "attribution": word}
    return replace(
        full_case(), id=name, title=f"Case of the {word}", documents=(text,), indicators=(look,),
        evidence=(evidence(f"first-{word}", text, **said), evidence(f"second-{word}", **said)),
        judgments=(replace(judgment(f"judged-{word}"), analyst=word, reason=f"because of the {word}"),),
    )  # fmt: skip


def _record(workspace: Any, case: Any, word: str) -> Held:
    """Ask the case's question, issue a brief, comment, watch and alert; what requests can name of it."""
    from vedette.codec.dossier import encode_dossier
    from vedette.domain.accounts import Comment
    from vedette.domain.alerts import Alert, AlertKind
    from vedette.ports.briefs import Issued
    from vedette.ports.watching import Watch, WatchKind
    from vedette.workflows.commit import question_of

    now, watching = workspace.clock.now(), workspace.watching
    workspace.ledger.add_question(question_of(case, id=f"asked-{case.id}"))
    workspace.briefs.issue(
        Issued(case=case.id, revision=0, at=now, author=word, sha256="", inputs_digest="", request={}, scenarios={},
               evidence=(), note=word),
        f"<p>brief of the {word}</p>".encode(),
    )  # fmt: skip
    workspace.accounts.add_comment(
        Comment(id=f"said-{case.id}", case=case.id, subject="", author="somebody", at=now, text=f"see the {word}")
    )
    watching.add_watch(Watch(case=case.id, kind=WatchKind.FEED, address=f"https://{word}.example/{case.id}"))
    watching.add_alerts(
        [Alert(key=f"alert-{case.id}", case=case.id, kind=AlertKind.EVIDENCE, subject="e", at=now, as_of=now.date(),
               headline=f"news of the {word}", covers=(f"covers-{case.id}",))],
        [],
    )  # fmt: skip
    quoted = next(e for e in case.evidence if e.quote is not None)
    return Held(
        case=case.id, document=quoted.quote.document.id, item=quoted.id, indicator=case.indicators[0].id,
        dossier=json.dumps(encode_dossier(case)).encode(),
    )  # fmt: skip
