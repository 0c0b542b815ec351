"""The brief as a Word document (extra ``[docx]``): the same words and tables as the page, for those who must edit.

Charts are given as their figures; the facts travel in a custom XML part, so that ``vedette verify brief.docx`` can
compute every number again. Timestamps are fixed: same facts, same bytes.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any, Final
from xml.sax.saxutils import escape

from vedette.errors import BadInput, MissingExtra
from vedette.reporting.figures import Facts
from vedette.reporting.pdf import print_data
from vedette.reporting.view import BriefView

PART: Final = "customXml/vedette-brief.xml"
NAMESPACE: Final = "urn:vedette:brief"
_FIXED: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: no clock enters the file
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _clean(text: object) -> str:
    """Text that XML can hold."""
    return _NOT_XML.sub("", str(text))


class _Writer:
    def __init__(self) -> None:
        try:
            docx: Any = import_module("docx")
        except ImportError as error:
            raise MissingExtra(
                "DOCX needs python-docx, which is not installed", fix="pip install 'vedette[docx]'"
            ) from error
        self.shared: Any = import_module("docx.shared")
        self.document: Any = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = self.shared.Mm(210), self.shared.Mm(297)
        section.left_margin = section.right_margin = self.shared.Mm(17)
        section.top_margin = section.bottom_margin = self.shared.Mm(17)
        self.document.styles["Normal"].font.size = self.shared.Pt(10)

    def heading(self, text: str, level: int = 2) -> None:
        self.document.add_heading(_clean(text), level=level)

    def paragraph(self, text: str, *, bold: str = "", style: str | None = None, size: float | None = None) -> None:
        if not text and not bold:
            return
        p = self.document.add_paragraph(style=style)
        if bold:
            p.add_run(_clean(bold) + (" " if text else "")).bold = True
        run = p.add_run(_clean(text))
        if size is not None:
            run.font.size = self.shared.Pt(size)

    def bullets(self, lines: Iterable[str], style: str = "List Bullet") -> None:
        for line in lines:
            self.paragraph(line, style=style)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        table = self.document.add_table(rows=1, cols=len(heads))
        table.style = "Table Grid"
        for cell, text in zip(table.rows[0].cells, heads, strict=True):
            cell.paragraphs[0].add_run(_clean(text)).bold = True
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = _clean(text)
        for row_ in table.rows:
            for cell in row_.cells:
                for p in cell.paragraphs:
                    for run in p.runs:
                        run.font.size = self.shared.Pt(8.5)


def _answer(w: _Writer, d: dict[str, Any]) -> None:
    w.paragraph(f"{d['mark']}. {d['head']}", size=8.5)
    w.heading(d["title"], 0)
    w.paragraph(d["question"])
    for line in d["lede"]:
        w.paragraph("", bold=line)
    for title, lines in (("Key judgements", d["judgements"]), ("Analyst\u2019s judgements", d["notes"])):
        if lines:
            w.heading(title)
            w.bullets(lines, "List Number" if title.startswith("Key") else "List Bullet")
    w.paragraph(" ".join(d["reasons"]), bold=d["confidence"])
    for title, lines in d["side"]:
        w.paragraph(" ".join(lines), bold=f"{title}.", size=8.5)


def _scenarios(w: _Writer, d: dict[str, Any]) -> None:
    w.heading(d["scenario_finding"])
    w.table(
        ["", "Scenario", "Word", "%", "90 % interval", "Base rate", "Points"],
        [
            [s["letter"], s["label"], s["word"], s["probability"], s["interval"], s["base"],
             f"{s['sign']} {s['change']}".strip()]
            for s in d["scenarios"]
        ],
    )  # fmt: skip
    w.paragraph(f"{d['scenario_note']} {d['previous']}".strip(), size=8.5)


def _figures(w: _Writer, d: dict[str, Any]) -> None:
    if d["scenarios"]:
        _scenarios(w, d)
    for t in d["conditions"]:
        w.heading(t["finding"])
        rows = []
        for r in t["rows"]:
            cells = ["" if c is None else f"{c['level']} {c['state']}".strip() for c in r["cells"]]
            gain = [f"{r['gain']}{' (binding)' if r['binding'] else ''}"] if t["gains"] else []
            rows.append([f"{r['number']} {r['label']}", *cells, *gain])
        w.table(["Condition", *t["views"], *(["Gain if met alone"] if t["gains"] else [])], rows)
    for f in d["waterfalls"]:
        w.heading(f["finding"])
        rows = [[b["sign"], b["label"], b["value"]] for b in f["bars"]]
        rows.append(["=", f"{f['letter']} as stated, {f['probability']}", f["value"]])
        w.table(["", "Contribution", "Log-odds"], rows)
    if d["map"] is not None:
        w.heading(d["map"]["finding"])
        for line in (*d["map"]["sentences"], *d["map"]["claims"], *d["map"]["sightings"]):
            w.paragraph(line)


def _rest(w: _Writer, d: dict[str, Any]) -> None:
    for t in d["tables"]:
        w.heading(t["finding"])
        w.table(t["heads"], [[*r["cells"][:-1], f"{r['sign']} {r['cells'][-1]}".strip()] for r in t["rows"]])
        w.paragraph(t["note"] if t["rows"] else t["empty"], size=8.5)
    w.heading("What this cannot tell you")
    w.bullets(d["limits"])
    w.bullets(f"Warning: {x}" for x in d["warnings"])
    w.bullets(f"Left out of the figure: {x}" for x in d["excluded"])
    if "sources" in d["sections"]:
        w.heading("Sources, with every item and its quote")
    for s in d["sources"]:
        w.paragraph(" ".join(x for x in (s["note"], s["url"]) if x), bold=s["title"], size=8.5)
        for e in s["items"]:
            w.paragraph(f"{e['text']} {e['meta']}", bold=f"{e['sign']} {e['id']}", style="List Bullet", size=8.5)
    w.paragraph(d["foot"], size=8.5)


def render_docx(view: BriefView, facts: Facts) -> bytes:
    """The document. Raises `MissingExtra` when python-docx is not installed."""
    w = _Writer()
    d = print_data(view, facts)
    _answer(w, d)
    _figures(w, d)
    _rest(w, d)
    opc: Any = import_module("docx.opc.part")
    uri: Any = import_module("docx.opc.packuri")
    names: Any = import_module("docx.opc.constants")
    packed = json.dumps(facts.data, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    blob = f'<?xml version="1.0" encoding="UTF-8"?><brief xmlns="{NAMESPACE}">{escape(packed)}</brief>'.encode()
    package = w.document.part.package
    part = opc.Part(uri.PackURI(f"/{PART}"), "application/xml", blob, package)
    w.document.part.relate_to(part, names.RELATIONSHIP_TYPE.CUSTOM_XML)
    w.document.core_properties.title = _clean(d["title"])[:255]
    w.document.core_properties.author = "vedette"
    made = io.BytesIO()
    w.document.save(made)
    return _fixed_times(made.getvalue())


def _fixed_times(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


def read_docx_facts(data: bytes) -> dict[str, Any]:
    """The facts inside a Word brief. Raises `BadInput` when there are none, or the file is damaged."""
    from html import unescape

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as found:
            if found.getinfo(PART).file_size > 100_000_000:  # no brief is near this: a file made to fill the memory
                raise BadInput("the facts of the brief are too large to be ours")
            text = found.read(PART).decode("utf-8")
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, OSError, EOFError, ValueError) as error:
        raise BadInput(
            "no Vedette brief: the document holds no facts", fix="Give a file of vedette brief"
        ) from error
    start, end = text.find(">", text.find("<brief")) + 1, text.rfind("</brief>")
    try:
        facts = json.loads(unescape(text[start:end])) if "<brief" in text and end > start else None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the facts of the brief cannot be read ({error})") from error
    if not isinstance(facts, dict):
        raise BadInput("no Vedette brief: the document holds no facts", fix="Give a file of vedette brief")
    return facts
