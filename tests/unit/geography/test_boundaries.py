"""Boundaries on a made topology of two squares and a hole, and on the shipped drawings."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from vedette.errors import BadInput, Unavailable, UnknownState
from vedette.geography import boundaries
from vedette.geography.boundaries import RESOLUTIONS, Boundaries, Resolution, View, load_boundaries

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Boundaries:
    """Two squares of ten degrees side by side, the eastern one with a hole that is a state of its own.

    Arcs: 0 west outline, 1 the common side, 2 east outline, 3 the hole.
    """
    spec = importlib.util.spec_from_file_location("reference_data", ROOT / "buildtools" / "reference_data.py")
    assert spec is not None
    assert spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    topology = {
        "transform": {"scale": [0.5, 0.5], "translate": [-10.0, 40.0]},
        "arcs": [
            [[20, 0], [-20, 0], [0, 20], [20, 0]],
            [[20, 20], [0, -20]],
            [[20, 20], [20, 0], [0, -20], [-20, 0]],
            [[28, 8], [0, 4], [4, 0], [0, -4], [-4, 0]],
        ],
        "objects": {"countries": {"geometries": [
            {"type": "Polygon", "id": "112", "properties": {"name": "Westland"}, "arcs": [[0, 1]]},
            {"type": "MultiPolygon", "id": "804", "properties": {"name": "Eastland"}, "arcs": [[[2, -2], [-4]]]},
            {"type": "Polygon", "id": "674", "properties": {"name": "Innerland"}, "arcs": [[3]]},
        ]}},
    }  # fmt: skip
    countries = [
        {"isonumeric": n, "iso3": c} for n, c in ((112, "BLR"), (804, "UKR"), (674, "SMR"))
    ]  # codes of real states, so that names resolve; the squares are nobody's territory
    path = tmp_path_factory.mktemp("made") / "boundaries-10m.npz"
    path.write_bytes(recipe.boundary_file(topology, countries))
    return Boundaries(path, "10m")


def test_a_ring_is_put_together_from_its_arcs(squares: Boundaries) -> None:
    (ring,) = squares.rings(squares.outline("BLR"))
    line = np.concatenate([squares.arc(a)[:-1] for a in ring])
    assert {tuple(p) for p in line.tolist()} == {(0.0, 40.0), (-10.0, 40.0), (-10.0, 50.0), (0.0, 50.0)}


def test_two_states_share_the_side_between_them(squares: Boundaries) -> None:
    sides = squares.sides("recognised")
    assert [sorted(s) for s in sides] == [["BLR"], ["BLR", "UKR"], ["UKR"], ["SMR", "UKR"]]


def test_an_inner_border_cancels_out(squares: Boundaries) -> None:
    both = squares.polygons("BLR") + squares.polygons("UKR")
    assert 1 not in {a if a >= 0 else ~a for a in squares.boundary_arcs(both).tolist()}


@pytest.mark.parametrize(
    ("lat", "lon", "state"), [(45, -5, "BLR"), (45, 9, "UKR"), (45, 5, "SMR"), (45, 11, None), (39, 5, None)]
)
def test_a_point_is_in_one_state_or_none(squares: Boundaries, lat: float, lon: float, state: str | None) -> None:
    assert squares.state_at(lat, lon) == state


def test_drawn_names_and_unknown_ones(squares: Boundaries) -> None:
    assert squares.resolve("westland") == "BLR"
    assert squares.resolve("Belarus") == "BLR"
    with pytest.raises(UnknownState) as caught:
        squares.resolve("BLQ")
    assert "BLR" in caught.value.nearest


# ---- the shipped drawings -------------------------------------------------------------------------------

# Where a place belongs in the recognised view, and as the file draws it.
PLACES: list[tuple[str, float, float, str, str]] = [
    ("Simferopol", 44.95, 34.10, "UKR", "RUS"),
    ("Sevastopol", 44.60, 33.53, "UKR", "RUS"),
    ("Laayoune", 27.15, -13.20, "ESH", "MAR"),
    ("Marrakesh", 31.63, -8.00, "MAR", "MAR"),
    ("Hargeisa", 9.56, 44.06, "SOM", "XSL"),
    ("northern Nicosia", 35.30, 33.40, "CYP", "XNC"),
    ("Pristina", 42.67, 21.17, "XKX", "XKX"),
    ("Taipei", 25.03, 121.50, "TWN", "TWN"),
    ("Nablus", 32.22, 35.26, "PSE", "PSE"),
    ("Donetsk", 48.00, 37.80, "UKR", "UKR"),
    ("Tiraspol", 46.84, 29.60, "MDA", "MDA"),
    ("Chukotka west of the date line", 67.0, 179.0, "RUS", "RUS"),
    ("Chukotka east of the date line", 66.5, -173.5, "RUS", "RUS"),
    ("Viti Levu", -17.8, 178.0, "FJI", "FJI"),
    ("South Pole side", -85.0, 0.0, "ATA", "ATA"),
]


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize(("name", "lat", "lon", "recognised", "drawn"), PLACES, ids=[p[0] for p in PLACES])
def test_who_holds_a_place(
    resolution: Resolution, name: str, lat: float, lon: float, recognised: str, drawn: str
) -> None:
    bounds = load_boundaries(resolution)
    for view, code in (("recognised", recognised), ("as_drawn", drawn)):
        assert bounds.contains(code, lat, lon, view), f"{name} in {code} ({view})"  # type: ignore[arg-type]
    if recognised != drawn and drawn in bounds.codes("recognised"):
        assert not bounds.contains(drawn, lat, lon, "recognised")


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("view", ["recognised", "as_drawn"])
def test_every_outline_closes_and_no_border_has_three_sides(resolution: Resolution, view: View) -> None:
    bounds = load_boundaries(resolution)
    for code in bounds.codes(view):
        for ring in bounds.rings(bounds.outline(code, view)):
            first, last = bounds.arc(ring[0])[0], bounds.arc(ring[-1])[-1]
            assert first.tolist() == last.tolist(), code
    assert max(len(s) for s in bounds.sides(view)) == 2


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_views_divide_the_same_land(resolution: Resolution) -> None:
    bounds = load_boundaries(resolution)
    for view in ("recognised", "as_drawn"):
        taken = [p for code in bounds.codes(view) for p in bounds.polygons(code, view)]  # type: ignore[arg-type]
        assert len(taken) == len(set(taken)), "no polygon belongs to two states"
    assert set(bounds.crimea) == set(bounds.polygons("RUS", "as_drawn")) - set(bounds.polygons("RUS"))


@pytest.mark.parametrize(("code", "same"), [("KOS", "XKX"), ("blr", "BLR"), ("Russia", "RUS"), ("CYN", "XNC")])
def test_other_codes_and_names(code: str, same: str) -> None:
    assert load_boundaries("110m").resolve(code) == same


def test_bad_input_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="10m, 50m, 110m"):
        load_boundaries("20m")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="outside -90"):
        load_boundaries("110m").state_at(91, 0)
    with pytest.raises(UnknownState, match="Atlantis"):
        load_boundaries("110m").polygons("Atlantis")
    monkeypatch.setattr(boundaries, "files", lambda _: tmp_path)
    boundaries.load_boundaries.cache_clear()
    try:
        with pytest.raises(Unavailable, match="pip install"):
            load_boundaries("50m")
    finally:
        boundaries.load_boundaries.cache_clear()
