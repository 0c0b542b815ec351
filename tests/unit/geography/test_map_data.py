"""Geography as GeoJSON: what a window shows, disputed areas whatever the file says, holes, and windows of frames."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from vedette.errors import BadInput
from vedette.geography.boundaries import load_boundaries
from vedette.geography.disputed import disputed_area
from vedette.geography.map_data import check_window, land, resolution_for, window_of
from vedette.geography.map_layout import Plane, azimuthal, fit

np = pytest.importorskip("numpy")
shapely = pytest.importorskip("shapely")

BLACK_SEA = (28.0, 43.0, 41.0, 53.0)
DAY = dt.date(2022, 1, 20)


def of(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [f for f in found["features"] if f["properties"]["kind"] == kind]


def area(feature: dict[str, Any]) -> Any:
    from shapely.geometry import shape

    return shape(feature["geometry"])


def test_crimea_is_ukraine_hatched_whatever_the_file_says() -> None:
    found = land(BLACK_SEA, DAY)
    states = {f["properties"]["code"]: area(f) for f in of(found, "state")}
    crimea = shapely.Point(34.1, 44.95)
    assert states["UKR"].contains(crimea)
    assert not states["RUS"].contains(crimea)
    told = {f["properties"]["id"]: f for f in of(found, "disputed")}
    assert area(told["crimea"]).contains(crimea)
    assert told["crimea"]["properties"]["label"] == disputed_area("crimea").label
    assert area(told["crimea"]).contains(shapely.Point(told["crimea"]["properties"]["at"]))


def test_an_area_is_disputed_from_its_day_and_tells_nothing_later() -> None:
    def ids(on: dt.date) -> set[str]:
        return {f["properties"]["id"] for f in of(land(BLACK_SEA, on), "disputed")}

    assert "crimea" not in ids(dt.date(2013, 1, 1))
    assert {"crimea", "donbas-2014"} <= ids(DAY)
    assert "ukraine-2022" not in ids(DAY)
    assert "ukraine-2022" in ids(dt.date(2023, 1, 1))
    told = next(f for f in of(land(BLACK_SEA, DAY), "disputed") if f["properties"]["id"] == "crimea")
    assert told["properties"]["statement"] == disputed_area("crimea").statement(DAY)


def test_the_outline_of_a_disputed_area_is_no_border() -> None:
    """The file draws a border between Crimea and the rest of Ukraine; it is left to the dashes."""
    from shapely.geometry import shape

    border = shape(of(land(BLACK_SEA, DAY), "border")[0]["geometry"])
    at_the_isthmus = shapely.Point(33.7, 46.15).buffer(0.15)
    assert not border.intersects(at_the_isthmus)
    before = shape(of(land(BLACK_SEA, dt.date(2013, 1, 1)), "border")[0]["geometry"])
    assert before.length >= border.length


def test_a_state_inside_another_is_a_hole() -> None:
    found = land((16.0, -35.0, 33.0, -22.0))
    states = {f["properties"]["code"]: area(f) for f in of(found, "state")}
    maseru = shapely.Point(27.48, -29.6)
    assert states["LSO"].contains(maseru)
    assert not states["ZAF"].contains(maseru)


@pytest.mark.parametrize("window", [BLACK_SEA, (-20.0, -5.0, 30.0, 30.0), (-130.0, 10.0, 60.0, 60.0)])
def test_nothing_lies_outside_the_window_and_areas_do_not_overlap(window: tuple[float, float, float, float]) -> None:
    found = land(window, DAY)
    frame = shapely.box(*window).buffer(1e-3)
    states = [area(f) for f in of(found, "state")]
    assert len(states) > 5
    for f in found["features"]:
        assert frame.covers(area(f)), f["properties"]
    total = sum(shapely.make_valid(s).area for s in states)
    together = shapely.union_all([shapely.make_valid(s) for s in states]).area
    assert total == pytest.approx(together, rel=2e-3), "rounding moves a border by 11 m at most"


def test_a_window_inside_one_state_is_all_that_state() -> None:
    found = land((90.0, 60.0, 95.0, 63.0))
    assert [f["properties"]["code"] for f in of(found, "state")] == ["RUS"]
    assert area(of(found, "state")[0]).area == pytest.approx(15.0, rel=1e-6)


@pytest.mark.parametrize("resolution", ["10m", "50m", "110m"])
def test_a_state_across_the_180th_meridian_is_no_band_round_the_globe(resolution: Any) -> None:
    """Chukotka crosses it: without care Russia would cover Greenland and Alaska between two parallels."""
    for window, inside, outside in (
        ((-60.0, 55.0, 60.0, 80.0), (45.0, 60.0), (-40.0, 67.0)),
        ((-180.0, 50.0, -130.0, 75.0), (-175.0, 67.0), (-150.0, 67.0)),
        ((120.0, 50.0, 180.0, 75.0), (175.0, 67.0), (150.0, 77.0)),
    ):
        found = land(window, DAY, resolution)
        (drawn,) = [area(f) for f in of(found, "state") if f["properties"]["code"] == "RUS"]
        russia = shapely.make_valid(drawn)
        assert russia.contains(shapely.Point(inside)), (resolution, window)
        assert not russia.contains(shapely.Point(outside)), (resolution, window)
        frame = shapely.box(*window).buffer(1e-3)
        assert all(frame.covers(area(f)) for f in found["features"])


def test_antarctica_reaches_the_pole() -> None:
    found = land((-60.0, -84.0, 60.0, -60.0), DAY, "110m")
    antarctica = next(area(f) for f in of(found, "state") if f["properties"]["code"] == "ATA")
    assert shapely.make_valid(antarctica).contains(shapely.Point(0.0, -80.0))


def test_a_name_has_room_inside_its_state() -> None:
    for f in of(land(BLACK_SEA, DAY), "state"):
        at = shapely.Point(f["properties"]["at"])
        assert shapely.make_valid(area(f)).buffer(0.06).contains(at), f["properties"]["name"]


def test_areas_are_those_of_the_boundaries() -> None:
    bounds = load_boundaries("10m")
    found = land((20.0, 50.0, 35.0, 58.0), DAY)
    belarus = next(area(f) for f in of(found, "state") if f["properties"]["code"] == "BLR")
    rings = bounds.rings(bounds.outline("BLR"))
    line = np.concatenate([bounds.arc(a) for a in max(rings, key=len)])
    assert belarus.area == pytest.approx(shapely.Polygon(line).area, rel=1e-3)


@pytest.mark.parametrize(
    ("wide", "resolution"), [(10.0, "10m"), (45.0, "10m"), (46.0, "50m"), (120.0, "50m"), (121.0, "110m")]
)
def test_the_drawing_gets_coarser_as_the_window_gets_wider(wide: float, resolution: str) -> None:
    assert resolution_for((0.0, 0.0, wide, 10.0)) == resolution


@pytest.mark.parametrize(
    "window",
    [(), (1.0, 2.0, 3.0), (10.0, 0.0, 5.0, 1.0), (0.0, 5.0, 1.0, 5.0), (-190.0, 0.0, 1.0, 1.0),
     (0.0, 0.0, math.nan, 1.0), (0.0, -95.0, 1.0, 1.0)],
)  # fmt: skip
def test_what_is_no_window_is_refused(window: tuple[float, ...]) -> None:
    with pytest.raises(BadInput, match="window"):
        check_window(window)


@pytest.mark.parametrize(("lat", "lon"), [(50.0, 30.0), (-33.0, 151.0), (65.0, -150.0), (13.5, 2.1)])
def test_the_window_of_a_frame_holds_every_corner_of_it(lat: float, lon: float) -> None:
    plane: Plane = fit(np.array([[lon - 4, lat - 3], [lon + 4, lat + 3]]), 560.0, 430.0)
    west, south, east, north = window_of(plane)
    grid = np.array([[a, b] for a in np.linspace(-179, 179, 180) for b in np.linspace(-80, 80, 81)])
    near = np.hypot(*azimuthal(grid, plane.lat, plane.lon).T) < 2500
    pixels = plane(grid[near])
    seen = grid[near][[plane.holds(float(x), float(y)) for x, y in pixels]]
    assert len(seen)
    assert np.all((seen[:, 0] >= west) & (seen[:, 0] <= east) & (seen[:, 1] >= south) & (seen[:, 1] <= north))
    wider = window_of(plane, 0.2)
    assert wider[0] < west and wider[1] < south and wider[2] > east and wider[3] > north
