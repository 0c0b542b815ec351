"""A brief from end to end: facts, view, checks, page. A brief that fails a check is not written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vedette.errors import UnknownName
from vedette.reporting.compose_brief import build_view
from vedette.reporting.figures import Facts, Figure, Parts, Sentence
from vedette.reporting.html import render_html
from vedette.reporting.lint import check_language
from vedette.reporting.markdown import render_markdown
from vedette.reporting.quote_gate import check_citation
from vedette.reporting.view import BriefView

FORMATS: Final = ("html", "md", "pdf", "docx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A finished brief. ``data`` is the file: UTF-8 text, a PDF or a DOCX."""

    data: bytes
    facts: Facts
    view: BriefView

    @property
    def text(self) -> str:
        """The file as text; raises UnicodeDecodeError for a PDF or DOCX."""
        return self.data.decode("utf-8")


def _asserted(parts: Parts) -> str:
    """What a sentence asserts on the strength of its quote: our words, and texts of the case, but no quotes and no
    figures of the assessment (those are the JSON's)."""
    kept = []
    for part in parts:
        if isinstance(part, str):
            kept.append(part)
        elif (
            part.form == "text" and part.path.startswith(("/case/", "/notes/")) and not part.path.endswith("quote")
        ):
            kept.append(part.text)
    return "".join(kept).strip()


def check_citations(view: BriefView, facts: Facts) -> None:
    """Every sentence that cites is held by its quotes. Raises `QuoteMismatch`, or `UnknownName` for an unknown item."""
    quotes = {e["id"]: e["quote"] for e in facts["case"]["evidence"]}
    cited: tuple[Sentence, ...] = (*view.judgements, *view.notes)
    for sentence in cited:
        for name in sentence.cites:
            if name not in quotes:
                raise UnknownName(
                    "evidence item",
                    name,
                    nearest=sorted(quotes)[:5],
                    where=str(sentence),
                    fix="Cite an item known by this date, by its id",
                )
        check_citation(
            _asserted(sentence.parts), [quotes[n] or "" for n in sentence.cites], where=facts["assessment"]["case"]
        )


def linted(parts: Parts | Sentence) -> str:
    """A sentence as the linter reads it: names of scenarios and texts of others are not ours to word."""
    if isinstance(parts, Sentence):
        return linted(parts.parts)
    return "".join(
        "\u2026"
        if isinstance(p, Figure) and p.path.startswith("/case/")
        else "it"
        if isinstance(p, Figure) and p.path.endswith(("/label", "/statement"))
        else p.text
        if isinstance(p, Figure)
        else p
        for p in parts
    )


def check_view(view: BriefView, facts: Facts) -> None:
    """All checks: language of our sentences, citations. Raises `BadInput` or `QuoteMismatch`."""
    where = facts["assessment"]["case"]
    own = [linted(s) for s in view.own_sentences()] + [str(s) for s in view.notes]
    scale = facts.data.get("scale", "icd203")
    check_language(own, [f.text for f in view.passed_texts()], where=where, scale=scale)
    check_citations(view, facts)


def make_brief(facts: Facts, form: str = "html") -> Brief:
    """The brief of these facts. Pure: same facts, same bytes. ``form``: html, md, pdf or docx.

    Raises `UnknownName` for another form, `BadInput` and `QuoteMismatch` when a sentence fails a check, `MissingExtra`
    when what a PDF or DOCX needs is not installed.
    """
    if form not in FORMATS:
        raise UnknownName("format", form, nearest=FORMATS)
    view = build_view(facts)
    check_view(view, facts)
    if form == "pdf":
        from vedette.reporting.pdf import render_pdf

        data = render_pdf(view, facts)
    elif form == "docx":
        from vedette.reporting.docx import render_docx

        data = render_docx(view, facts)
    else:
        data = (render_html(view, facts) if form == "html" else render_markdown(view, facts)).encode("utf-8")
    return Brief(data=data, facts=facts, view=view)
