"""The brief as one self-contained HTML page: no request leaves it, nothing in it runs.

Text of others is data: Jinja2 escapes everything, links are printed only for http and https, and the embedded JSON
cannot close its element. A content security policy forbids scripts, fonts, frames and requests.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup, escape

from vedette.reference.estimative import ICD203, PHIA
from vedette.reporting import glyphs
from vedette.reporting.figures import Facts, Figure, Part, Parts, plain
from vedette.reporting.labels import safe_text
from vedette.reporting.view import Bar, BriefView, Line, ScenarioRow, Waterfall

ASSESSMENT_ID: Final = "vedette-assessment"
BRIEF_ID: Final = "vedette-brief"


def rich(parts: Parts | Part) -> Markup:
    """Words and figures as markup; every figure carries its pointer and form."""
    if isinstance(parts, Figure):
        span = Markup('<span data-path="{}" data-form="{}">{}</span>')
        return span.format(parts.path, parts.form, parts.text)
    if isinstance(parts, str):
        return escape(parts)
    return Markup("").join(rich(p) for p in parts)


def case_text(text: str) -> Markup:
    """A short text of the case that repeats what a figure beside it points to (ids, addresses)."""
    return Markup("<span data-case>{}</span>").format(safe_text(text))


def slug(text: str) -> str:
    """An anchor from an evidence id."""
    return "ev-" + re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m.group()):x}_", text)


def tone(sign: str) -> str:
    """CSS class of a direction mark."""
    return {"▲": "up", "▼": "dn"}.get(sign, "")


def script_json(value: Any) -> Markup:
    """JSON that cannot end its script element or start a comment in it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for raw, safe in (
        ("&", "\\u0026"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(raw, safe)
    return Markup(text)  # noqa: S704  every character that could end the element is escaped above


def _interval_svg(row: ScenarioRow, selected: bool) -> Markup:
    return glyphs.interval(row.line, selected=selected)


def _condition_svg(line: Line) -> Markup:
    return glyphs.condition(line)


def _bar_svg(row: Bar, fall: Waterfall) -> Markup:
    return glyphs.bar(row, fall)


def _drawing(svg: str) -> Markup:
    """The map: made by geography.map_svg from boundary data; the names in it are escaped there."""
    return Markup(svg)  # noqa: S704


@functools.cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vedette.reporting", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters.update(
        rich=rich,
        case_text=case_text,
        slug=slug,
        tone=tone,
        text=plain,
        interval_svg=_interval_svg,
        condition_svg=_condition_svg,
        bar_svg=_bar_svg,
        total_svg=glyphs.total,
        axis_svg=glyphs.axis,
        time_svg=glyphs.timeline,
        drawing=_drawing,
    )
    return environment


@functools.cache
def _css() -> Markup:
    from importlib.resources import files

    style = files("vedette.reporting").joinpath("templates/brief.css").read_text(encoding="utf-8")
    return Markup(style)  # noqa: S704  our own file


def _words(scale: str) -> list[Mapping[str, Any]]:
    return [
        {"word": t.word, "range": f"{100 * t.low:.0f}–{100 * t.high:.0f}", "bar": glyphs.word_bar(t.low, t.high)}
        for t in (PHIA if scale == "phia" else ICD203)
    ]


def _css_string(text: str) -> str:
    """A CSS string: everything but letters, digits, spaces and plain stops as a code-point escape."""
    safe = re.sub(r"[^A-Za-z0-9 .,:]", lambda m: f"\\{ord(m.group()):x} ", text)
    return f'"{safe}"'


def _page_marks(view: BriefView) -> Markup:
    """Head and foot of every printed page: cut-off above; case, inputs, check and page below."""
    head = f"{view.mark.text}  Information to {view.as_of.text}"
    foot = f"{view.case.text}, {plain(view.foot).partition(',')[0].lower()}, check with vedette verify"
    style = (
        f"@page{{@top-left{{content:{_css_string(head)}}}@bottom-left{{content:{_css_string(foot)}}}"
        '@bottom-right{content:counter(page) " of " counter(pages)}}'
    )
    return Markup(style)  # noqa: S704  strings of the case are escaped as CSS above


def render_html(view: BriefView, facts: Facts) -> str:
    """The page. Same view and facts, same bytes."""
    rest = {k: v for k, v in facts.data.items() if k != "assessment"}
    page: str = (
        _environment()
        .get_template("brief.html.j2")
        .render(
            v=view,
            css=_css() + _page_marks(view),
            words=_words(facts.data.get("scale", "icd203")),
            axis=glyphs.probability_axis(),
            wide_conditions=any(len(t.views) > 1 for t in view.conditions),
            assessment_json=script_json(facts["assessment"]),
            brief_json=script_json(rest),
        )
    )
    return page
