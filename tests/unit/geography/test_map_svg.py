"""The locator map: well-formed, self-contained, small, and saying what it shows."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest

from vedette.domain.claims import Place
from vedette.errors import BadInput, UnknownState
from vedette.geography.distance import border_distance
from vedette.geography.estimate import ReferencePoint, estimate_border_distance
from vedette.geography.map_style import COLOURS
from vedette.geography.map_svg import LocatorMap, MapPlace, MapState, draw_map

KYIV = Place(name="Kyiv", lat=50.4501, lon=30.5234, country="UKR")
STATES = (
    MapState(code="BLR", role="host"),
    MapState(code="UKR", role="target"),
    MapState(code="RUS", role="intervener"),
)
NS = {"s": "http://www.w3.org/2000/svg"}


def _belarus(**changes: object) -> LocatorMap:
    given: dict[str, object] = {
        "title": "Belarus border to Kyiv: 87 km",
        "states": STATES,
        "places": (
            MapPlace(place=Place(name="Minsk", lat=53.90, lon=27.57), kind="capital"),
            MapPlace(place=Place(name="Homel <&>", lat=52.43, lon=30.99)),
            MapPlace(place=Place(name="Yelsk", lat=51.81, lon=29.15), kind="sighting", number=2),
            MapPlace(place=Place(name="Madrid", lat=40.4, lon=-3.7)),
        ),
        "distance": estimate_border_distance("BLR", [ReferencePoint(place=KYIV)]),
        "on": dt.date(2022, 1, 20),
    }
    return LocatorMap(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def svg() -> str:
    return draw_map(_belarus())


def test_it_is_well_formed_small_and_needs_nothing_from_outside(svg: str) -> None:
    root = ET.fromstring(svg)
    assert len(svg.encode()) < 150_000
    assert "href" not in svg
    assert "<script" not in svg
    assert not re.findall(r"url\((?!#)", svg)
    assert root.get("role") == "img"


def test_the_text_alternative_says_what_is_seen(svg: str) -> None:
    root = ET.fromstring(svg)
    title, desc = root.find("s:title", NS), root.find("s:desc", NS)
    assert title is not None
    assert desc is not None
    assert title.text == "Belarus border to Kyiv: 87 km"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    for part in (
        "Belarus (host)",
        "Ukraine (target)",
        "Russia (intervener)",
        "87.3 km",
        "Crimea, hatched",
        "Yelsk (2)",
    ):
        assert part in (desc.text or "")


def test_labels_scale_and_endpoints_are_printed(svg: str) -> None:
    words = [" ".join(t.itertext()) for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    printed = " ".join(words)
    for part in (
        "BELARUS (host)", "UKRAINE (target)", "RUSSIA (intervener)", "87\u202fkm", "Kyiv", "Minsk", "Homel <&>",
        "51.235\u00b0N 30.541\u00b0E", "50.450\u00b0N 30.523\u00b0E", "90.6 km (1:50 million)",
        "96.6 km (1:110 million)", "Natural Earth", "Crimea: disputed",
    ):  # fmt: skip
        assert part in printed
    assert any(re.fullmatch(r"200 km at 5\d\u00b0 N", w) for w in words)
    assert "Madrid" not in printed, "a place outside the frame is not drawn"


def test_host_and_target_have_their_own_fill_and_disputed_land_is_hatched_and_dashed(svg: str) -> None:
    root = ET.fromstring(svg)
    paths = list(root.iter("{http://www.w3.org/2000/svg}path"))
    classes = [p.get("class") for p in paths]
    for name in ("land", "host", "target", "border", "coast", "line", "dispute", "scale"):
        assert classes.count(name) == 1, name
    hatched = [p for p in paths if (p.get("fill") or "").startswith("url(#")]
    dashed = next(p for p in paths if p.get("class") == "dispute")
    assert hatched[0].get("d") == dashed.get("d")


def test_borders_and_coasts_are_drawn_and_disputed_outlines_only_dashed(svg: str) -> None:
    def starts(drawn: str, name: str) -> set[str]:
        path = next(p for p in ET.fromstring(drawn).iter() if p.get("class") == name)
        return set(re.findall(r"M[^l]+", path.get("d") or ""))

    assert len(starts(svg, "border")) > 10
    assert len(starts(svg, "coast")) > 10
    kosovo = (MapState(code="SRB", role="intervener"), MapState(code="XKX", role="target"))
    drawn = draw_map(LocatorMap(title="t", states=kosovo, focus=("XKX",)))
    # Only the neighbours' borders among themselves are left as full lines round Kosovo.
    assert len(starts(drawn, "border")) <= 6
    assert starts(drawn, "dispute")


def _contrast(one: str, two: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        lin = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("column", [1, 2], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["sea", "land", "host", "plain"])
def test_words_and_lines_can_be_read_on_every_ground(ground: str, column: int) -> None:
    colours = {name: row[column] for name, row in COLOURS.items()}
    for text in ("ink", "ink2", "ink3", "acc"):
        assert _contrast(colours[text], colours[ground]) >= 4.5, f"{text} on {ground}"
    assert _contrast(colours["up"], colours[ground]) >= 3
    assert _contrast(colours["edge"], colours["plain"]) >= 3


def test_later_knowledge_is_not_drawn() -> None:
    before, after = draw_map(_belarus()), draw_map(_belarus(on=dt.date(2023, 1, 1)))
    assert "2022" not in before
    assert "claimed by Russia" not in before
    assert "annexed and holds parts" in after


def test_the_same_input_gives_the_same_bytes_and_two_maps_share_no_id(svg: str) -> None:
    assert draw_map(_belarus()) == svg
    other = draw_map(_belarus(title="another"))
    ids = [set(re.findall(r'id="([^"]+)"', s)) for s in (svg, other)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", "#14171a")])
def test_one_theme_has_literal_colours(theme: str, paper: str) -> None:
    drawn = draw_map(_belarus(theme=theme))
    assert "var(" not in drawn
    assert paper in drawn


def test_both_themes_follow_the_page(svg: str) -> None:
    for part in (
        "var(--ink,#14181c)",
        "var(--ink,#eceff1)",
        "prefers-color-scheme:dark",
        "[data-theme=dark]",
        "@media print",
    ):
        assert part in svg


@pytest.mark.parametrize(
    ("states", "focus"),
    [
        ((MapState(code="FJI", role="target"),), ()),  # across the date line
        ((MapState(code="RUS", role="host"), MapState(code="KAZ", role="target")), ()),  # too wide for one frame
        ((MapState(code="RUS", role="host"), MapState(code="USA", role="target")), ()),  # both too wide
        ((MapState(code="CHN", role="intervener"), MapState(code="TWN", role="target")), ("TWN",)),
        ((MapState(code="VAT", role="target"),), ()),  # smaller than a pixel on most maps
        ((MapState(code="ATA", role="target"),), ()),
    ],
)
def test_awkward_frames_are_drawn_and_every_role_in_sight_is_named(
    states: tuple[MapState, ...], focus: tuple[str, ...]
) -> None:
    drawn = draw_map(LocatorMap(title="t", states=states, focus=focus, width=420, height=320))
    root = ET.fromstring(drawn)
    printed = " ".join(" ".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
    assert f"({states[-1].role})" in printed
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        assert "nan" not in (path.get("d") or "")


def test_a_measure_across_the_date_line_stays_short_on_the_map() -> None:
    nome = Place(name="Nome", lat=64.5, lon=-165.4)
    drawn = draw_map(LocatorMap(title="t", states=STATES[2:], distance=border_distance("RUS", nome), focus=("RUS",)))
    line = next(p for p in ET.fromstring(drawn).iter() if p.get("class") == "line").get("d") or ""
    steps = [abs(float(v)) for v in re.findall(r"-?\d*\.?\d+", line.split("l")[1])]
    assert sum(steps) < 300


def test_bad_input() -> None:
    with pytest.raises(BadInput, match="at least one state"):
        LocatorMap(title="t", states=())
    with pytest.raises(BadInput, match="pixels"):
        _belarus(width=10)
    with pytest.raises(UnknownState, match="Ruritania"):
        draw_map(LocatorMap(title="t", states=(MapState(code="Ruritania"),)))
    with pytest.raises(BadInput, match="no position"):
        draw_map(_belarus(places=(MapPlace(place=Place(name="a camp")),)))
