"""Colours and style sheet of the locator map, for light and dark pages and for paper."""

from __future__ import annotations

from typing import Literal

Theme = Literal["auto", "light", "dark"]

# Visual direction of the product: one accent, ink on paper; the tint and the greys are the map's own.
# name: (page variable or "", light, dark)
COLOURS: dict[str, tuple[str, str, str]] = {
    "bg": ("--bg", "#ffffff", "#14171a"),
    "ink": ("--ink", "#14181c", "#eceff1"),
    "ink2": ("--ink2", "#414950", "#bdc4cb"),
    "ink3": ("--ink3", "#5a636b", "#9ca5ae"),
    "edge": ("--edge", "#7d858d", "#7e8893"),
    "acc": ("--acc", "#1a4b96", "#93baf4"),
    "up": ("--up", "#9f4409", "#f0a368"),
    "sea": ("", "#dde1e5", "#0a0c0e"),
    "land": ("", "#eff0f2", "#23282d"),
    "host": ("", "#d3e1f5", "#213a5e"),
    "plain": ("", "#ffffff", "#14171a"),
}
_STYLE = """
.vm text{font-family:Inter,system-ui,"Segoe UI",sans-serif;font-size:11px;fill:{ink2};paint-order:stroke;
stroke:{bg};stroke-width:2.5px;stroke-opacity:.72;stroke-linejoin:round}
.vm .sea{fill:{sea}}.vm .land{fill:{land}}.vm .host{fill:{host}}.vm .target{fill:{plain}}
.vm .border{fill:none;stroke:{edge};stroke-width:.9}.vm .coast{fill:none;stroke:{edge};stroke-width:.6}
.vm .dispute{stroke:{ink2};stroke-width:1;stroke-dasharray:4 3}.vm .hatch{stroke:{ink3};stroke-width:1}
.vm .state{fill:{ink3};letter-spacing:1.4px}.vm .main{fill:{ink2};font-size:12px}
.vm text.small{fill:{ink3};font-size:10px}.vm text.small.main{fill:{ink2};font-size:11px}
.vm .note{font-style:italic}.vm .dot{fill:{ink};stroke:{bg};stroke-width:1}
.vm .line{stroke:{acc};stroke-width:2;fill:none}.vm .end{fill:{bg};stroke:{acc};stroke-width:2}
.vm text.km{fill:{acc};font-size:15px;font-weight:600}.vm text.endname{fill:{ink};font-weight:600}
.vm .tri{fill:{up};stroke:{bg};stroke-width:1.2}
.vm text.num{fill:{bg};stroke:none;font-weight:600;font-size:10px}
.vm .scale{stroke:{ink2};stroke-width:1.4;fill:none}.vm .frame{fill:none;stroke:{edge};stroke-width:1}
.vm text.cap{stroke:none;fill:{ink3}}
"""


def style_sheet(theme: Theme) -> str:
    """The style sheet: literal colours for one theme, variables with both for "auto"."""
    if theme != "auto":
        column = 1 if theme == "light" else 2
        return _fill(_STYLE, {name: row[column] for name, row in COLOURS.items()})
    body = _fill(_STYLE, {name: f"var(--vm-{name})" for name in COLOURS})
    light, dark = (
        "".join(
            f"--vm-{name}:{f'var({row[0]},{row[column]})' if row[0] else row[column]};" for name, row in COLOURS.items()
        )
        for column in (1, 2)
    )
    # The page may force a theme with data-theme on its root; paper is always light.
    return (
        f".vm{{{light}}}@media(prefers-color-scheme:dark){{.vm{{{dark}}}}}"
        f"[data-theme=light] .vm{{{light}}}[data-theme=dark] .vm{{{dark}}}"
        f"@media print{{.vm{{{light}}}}}{body}"
    )


def _fill(style: str, colours: dict[str, str]) -> str:
    for name, value in colours.items():
        style = style.replace("{" + name + "}", value)
    return style.replace("\n", "")
