"""The list of disputed areas: shapes, dates, and that nothing later is told."""

from __future__ import annotations

import datetime as dt

import pytest
from shapely import Point

from vedette.errors import UnknownName
from vedette.geography.boundaries import load_boundaries
from vedette.geography.disputed import all_areas, area_shape, disputed_area, disputed_areas

# A point that must lie in the shape, and one near it that must not: lat, lon.
POINTS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "crimea": ((44.95, 34.10), (46.64, 32.61)),  # Simferopol, Kherson
    "donbas-2014": ((48.00, 37.80), (48.74, 37.58)),  # Donetsk, Kramatorsk
    "ukraine-2022": ((46.85, 35.37), (48.46, 35.05)),  # Melitopol, Dnipro
    "abkhazia": ((43.00, 41.02), (42.51, 41.87)),  # Sukhumi, Zugdidi
    "south-ossetia": ((42.225, 43.97), (41.98, 44.11)),  # Tskhinvali, Gori
    "transnistria": ((46.85, 29.60), (47.01, 28.86)),  # Tiraspol, Chisinau
    "nagorno-karabakh": ((39.82, 46.75), (40.61, 47.15)),  # Stepanakert, Barda
    "kosovo": ((42.67, 21.17), (43.32, 21.90)),  # Pristina, Nis
    "northern-cyprus": ((35.28, 33.55), (34.68, 33.04)),  # near Famagusta road, Limassol
    "western-sahara": ((27.13, -13.16), (28.44, -11.10)),  # Laayoune, Tan-Tan
    "somaliland": ((9.56, 44.06), (2.05, 45.32)),  # Hargeisa, Mogadishu
    "taiwan": ((24.15, 120.67), (24.48, 118.09)),  # Taichung, Xiamen
    "palestine": ((32.22, 35.26), (32.08, 34.79)),  # Nablus, Tel Aviv
    "golan": ((33.05, 35.78), (32.97, 35.50)),  # east of Merom, Safed
    "kashmir": ((34.08, 74.80), (31.63, 74.87)),  # Srinagar, Amritsar
    "southern-kurils": ((45.0, 147.8), (46.0, 150.0)),  # Iturup, Urup
    "essequibo": ((5.5, -59.5), (6.25, -57.5)),  # Cuyuni country, Berbice
    "abyei": ((9.60, 28.43), (11.01, 29.72)),  # Abyei town, Kadugli
    "halaib": ((22.40, 36.30), (24.09, 32.90)),  # Halaib hinterland, Aswan
    "falklands": ((-51.70, -58.90), (-53.80, -67.70)),  # East Falkland, Tierra del Fuego
    "gibraltar": ((36.13, -5.347), (36.18, -5.40)),
    "spratly": ((10.38, 114.37), (9.83, 118.74)),  # Itu Aba, Puerto Princesa
}
# Islets that the drawing keeps as triangles of some hundred metres are looked for within this many degrees.
NEAR = {"gibraltar": 0.02, "spratly": 0.1}


def test_every_listed_area_has_its_points_here() -> None:
    assert set(POINTS) == {area.id for area in all_areas()}


@pytest.mark.parametrize("id", sorted(POINTS))
def test_shapes_hold_what_they_must_and_not_their_neighbours(id: str) -> None:
    bounds = load_boundaries("10m")
    shape = area_shape(disputed_area(id), bounds, lambda p: p, bounds.arc)
    (lat, lon), (other_lat, other_lon) = POINTS[id]
    assert shape.distance(Point(lon, lat)) <= NEAR.get(id, 0.0)
    assert not shape.contains(Point(other_lon, other_lat))


def test_crimea_is_drawn_as_russia_by_the_file_and_disputed_here() -> None:
    for resolution in ("10m", "50m", "110m"):
        bounds = load_boundaries(resolution)  # type: ignore[arg-type]
        assert bounds.contains("RUS", 44.95, 34.10, "as_drawn")
        assert area_shape(disputed_area("crimea"), bounds, lambda p: p, bounds.arc).contains(Point(34.10, 44.95))


def test_a_day_decides_what_is_disputed() -> None:
    def listed(day: dt.date) -> set[str]:
        return {area.id for area in disputed_areas(day)}

    assert "crimea" not in listed(dt.date(2014, 1, 1))
    assert {"crimea", "donbas-2014"} <= listed(dt.date(2022, 1, 20))
    assert "ukraine-2022" not in listed(dt.date(2022, 1, 20))
    assert "ukraine-2022" in listed(dt.date(2023, 1, 1))
    assert "nagorno-karabakh" not in listed(dt.date(2024, 1, 1))


def test_nothing_later_than_the_day_is_told() -> None:
    day = dt.date(2022, 1, 20)
    for area in disputed_areas(day):
        told = area.statement(day)
        assert told
        for fact_day, text in area.facts:
            assert (text in told) == (fact_day <= day)
        for year in range(2023, 2031):
            assert str(year) not in told + area.label


@pytest.mark.parametrize("area", all_areas(), ids=lambda a: a.id)
def test_entries_are_complete(area: object) -> None:
    from vedette.geography.disputed import DisputedArea

    assert isinstance(area, DisputedArea)
    assert area.source
    assert area.label
    assert sum(map(bool, (area.features, area.at, area.outline))) == 1, "one kind of shape"
    assert bool(area.outline) == (area.accuracy_km > 0), "a drawing of ours says how coarse it is"
    assert min(day for day, _ in area.facts) <= area.since


def test_unknown_area() -> None:
    with pytest.raises(UnknownName, match="crimea"):
        disputed_area("krim")
