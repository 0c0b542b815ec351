"""Score mentions (actors, places, dates, quantities) beside a naive reader of the same text, with the gain over it.

Used by ``evals/extraction.py``. The counting is that of the annotators' own program ``eval/score.py``, document by
document, so that documents can be drawn with replacement. The naive reader is a word list: names and adjectives of
states and eight organisations are actors, "in" before a state or a capital makes a place, and so do a few regions; a
day and a month make a date, and a number before a word for troops or arms a quantity. Annotators differ in what they
call a mention, so the gain over it says more than the score.

``annotation_corrections.jsonl`` holds what we hold to be slips of the annotation on the tuning part, each with its
reason from the guidelines. Figures with them are printed apart and set no floor.
"""

from __future__ import annotations

import importlib.util
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from vedette.reference.demonyms import demonyms
from vedette.reference.states import all_states

Row = dict[str, Any]
Counts = dict[str, float]
CORRECTIONS = Path(__file__).resolve().parent / "annotation_corrections.jsonl"
DRAWS = 1000
ORGANISATIONS = {"NATO": "NATO", "EU": "EU", "European Union": "EU", "UN": "UN", "United Nations": "UN",
                 "OSCE": "OSCE", "CSTO": "CSTO", "CIS": "CIS"}  # fmt: skip
REGIONS = {"Donbas": (48.2, 38.2, "UKR"), "Donbass": (48.2, 38.2, "UKR"), "Crimea": (45.3, 34.4, "UKR"),
           "Black Sea": (43.4, 34.3, None), "Europe": (50.0, 15.0, None)}  # fmt: skip
MONTHS = ("January February March April May June July August September October November December").split()
DATE = re.compile(rf"\b(?:(\d{{1,2}}) ({'|'.join(MONTHS)})|({'|'.join(MONTHS)}) (\d{{1,2}}))\b(?:,? (\d{{4}}))?")
NUMBER = re.compile(
    r"\b(\d[\d,.]*)(?: (?:thousand|million))? (?:troops|soldiers|servicemen|tanks|aircraft|people|percent)"
)
MEASURES: dict[str, Callable[[Row], float]] = {
    "actors_f1": lambda r: float(r["mentions"]["actors"]["f1"]),
    "places_f1": lambda r: float(r["mentions"]["places"]["f1"]),
    "dates_f1": lambda r: float(r["mentions"]["dates"]["f1"]),
    "quantities_f1": lambda r: float(r["mentions"]["quantities"]["f1"]),
    "date_iso": lambda r: float(r["date_iso_acc"]),
    "quantity_value": lambda r: float(r["quantity_value_acc"]),
    "place_161km": lambda r: float(r["place_acc161"]),
    "place_161km_of_all": lambda r: float(r["place_acc161_of_all"]),
}


def scorer(folder: Path) -> ModuleType:
    """The annotators' program as a module."""
    spec = importlib.util.spec_from_file_location("annotators_score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _names() -> list[tuple[str, str]]:
    found = dict(ORGANISATIONS)
    for state in all_states():
        if state.exists_today and state.iso3:
            for name in (state.name, *state.aliases):
                found.setdefault(name, state.iso3)
    for code, forms in demonyms().items():
        for form in forms:
            found.setdefault(form, code)
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def naive(document: Row) -> Row:
    """Mentions by word list."""
    text, year = document["text"], document["date"][:4]
    names = dict(_names())
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name, _ in _names()) + r")(?!\w)")
    actors: list[Row] = []
    places: list[Row] = []
    for match in pattern.finditer(text):
        code = names[match.group()]
        row: Row = {"start": match.start(), "end": match.end(), "text": match.group()}
        if text[max(0, match.start() - 3) : match.start()] == "in " and len(code) == 3:
            places.append({**row, "lat": None, "lon": None, "country": code})
        else:
            actors.append({**row, "codes": [code]})
    for state in all_states():
        if state.exists_today and state.iso3 and state.capitals:
            capital = state.capitals[-1]
            for match in re.finditer(rf"\bin ({re.escape(capital.name)})\b", text):
                places.append({"start": match.start(1), "end": match.end(1), "lat": capital.lat, "lon": capital.lon,
                               "country": state.iso3})  # fmt: skip
    for name, (lat, lon, country) in REGIONS.items():
        for match in re.finditer(rf"\b{name}\b", text):
            places.append({"start": match.start(), "end": match.end(), "lat": lat, "lon": lon, "country": country})
    dates = []
    for match in DATE.finditer(text):
        day, month = match.group(1) or match.group(4), match.group(2) or match.group(3)
        iso = f"{match.group(5) or year}-{MONTHS.index(month) + 1:02d}-{int(day):02d}"
        dates.append({"start": match.start(), "end": match.end(), "iso": iso})
    quantities = []
    for match in NUMBER.finditer(text):
        value = match.group(1).replace(",", "").rstrip(".")
        if value.count(".") < 2:
            quantities.append({"start": match.start(), "end": match.end(), "value": float(value)})
    return {"evidence": [], "mentions": {"actors": actors, "places": places, "dates": dates, "quantities": quantities}}


def corrected(gold: Row) -> Row:
    """A document's annotation with our corrections; the annotation itself stays as it is."""
    mentions = {kind: list(rows) for kind, rows in (gold.get("mentions") or {}).items()}
    for line in CORRECTIONS.read_text(encoding="utf-8").splitlines():
        change = json.loads(line)
        if change["doc_id"] != gold["doc_id"]:
            continue
        rows = mentions[change["kind"]]
        span = (change["start"], change["end"])
        if change["change"] == "add":
            rows.append({"start": span[0], "end": span[1], "optional": True, **change["values"]})
            continue
        at = [k for k, row in enumerate(rows) if (row["start"], row["end"]) == span]
        if not at:
            raise ValueError(f"{CORRECTIONS.name}: {gold['doc_id']} has no {change['kind']} at {span}")
        rows[at[0]] = {**rows[at[0]], **change["values"]}
    return {**gold, "mentions": mentions} if mentions else gold


def per_document(module: ModuleType, ids: list[str], texts: dict[str, Row], gold: dict[str, Row],
                 reader: Callable[[Row], Row]) -> list[Counts]:  # fmt: skip
    """The annotators' counts of each document."""
    return [module.count(gold[i], reader(texts[i]), texts[i]["text"]) for i in ids]


def finished(module: ModuleType, rows: list[Counts]) -> Row:
    """Figures of some documents; ``place_acc161_of_all`` also charges places that were not found."""
    result: Row = module.finish(rows)
    places = result["mentions"]["places"]
    required = places["tp"] + places["fn"]
    near = sum(row.get("pk_ok", 0) + row.get("pc_ok", 0) for row in rows)
    result["place_acc161_of_all"] = near / required if required else 0.0
    return result


def gains(module: ModuleType, own: list[Counts], base: list[Counts]) -> dict[str, tuple[float, float, float, float]]:
    """Both figures of each measure, and 95 % of the gain, documents drawn with replacement."""
    rng = random.Random(7)
    drawn = [rng.choices(range(len(own)), k=len(own)) for _ in range(DRAWS)]
    spread: dict[str, list[float]] = {name: [] for name in MEASURES}
    for sample in drawn:
        a, b = (finished(module, [rows[k] for k in sample]) for rows in (own, base))
        for name, take in MEASURES.items():
            spread[name].append(take(a) - take(b))
    a, b = finished(module, own), finished(module, base)
    found = {}
    for name, take in MEASURES.items():
        ordered = sorted(spread[name])
        found[name] = (take(a), take(b), ordered[DRAWS // 40], ordered[-DRAWS // 40 - 1])
    return found


def report(folder: Path, ids: list[str], texts: dict[str, Row], gold: dict[str, Row], reader: Callable[[Row], Row],
           *, corrections: bool) -> None:  # fmt: skip
    """Print product, naive reader and gain; on the tuning part also with the annotation corrected."""
    module = scorer(folder)
    ids = [i for i in ids if gold[i].get("mentions")]
    read = {i: reader(texts[i]) for i in ids}
    own = per_document(module, ids, texts, gold, lambda d: read[d["doc_id"]])
    base = per_document(module, ids, texts, gold, naive)
    print(f"  mentions ({len(ids)} documents)  rules   naive   gain, 95 % over documents")
    for name, (ours, theirs, low, high) in gains(module, own, base).items():
        print(f"  {name:22}{ours:8.3f}{theirs:8.3f}   {ours - theirs:+.3f}  {low:+.3f} to {high:+.3f}")
    if corrections:
        mended = {i: corrected(gold[i]) for i in ids}
        a = finished(module, per_document(module, ids, texts, mended, lambda d: read[d["doc_id"]]))
        b = finished(module, per_document(module, ids, texts, mended, naive))
        lines = CORRECTIONS.read_text(encoding="utf-8").splitlines()
        changes = sum(json.loads(line)["doc_id"] in mended for line in lines)
        print(f"  with {changes} corrections of the annotation, rules and naive: actors "
              f"{MEASURES['actors_f1'](a):.3f} {MEASURES['actors_f1'](b):.3f}, places "
              f"{MEASURES['places_f1'](a):.3f} {MEASURES['places_f1'](b):.3f}, within 161 km "
              f"{MEASURES['place_161km'](a):.3f} {MEASURES['place_161km'](b):.3f}")  # fmt: skip


def show_misses(folder: Path, ids: list[str], texts: dict[str, Row], gold: dict[str, Row],
                reader: Callable[[Row], Row]) -> None:  # fmt: skip
    """List mentions of actors and places that are missed, spurious or far off."""
    module = scorer(folder)
    for i in (i for i in ids if gold[i].get("mentions")):
        text, found = texts[i]["text"], reader(texts[i])["mentions"]

        def share_code(a: Row, b: Row) -> bool:
            return bool(set(a["codes"]) & set(b["codes"]))

        for kind in ("actors", "places"):
            pairs, extra, missed = module.match(gold[i]["mentions"][kind], found[kind],
                                                *((share_code,) if kind == "actors" else ()))  # fmt: skip
            for what, rows, at in (("missed", gold[i]["mentions"][kind], missed), ("extra", found[kind], extra)):
                for k in at:
                    a, b = rows[k]["start"], rows[k]["end"]
                    print(f"  {i} {kind} {what} {a}-{b}: {text[max(0, a - 40) : a]}[{text[a:b]}]{text[b : b + 30]}")
            for g, p in pairs if kind == "places" else ():
                wanted, given = gold[i]["mentions"][kind][g], found[kind][p]
                if wanted["level"] in module.AREA or wanted.get("optional"):
                    continue
                far = given["lat"] is None or module.km(wanted["lat"], wanted["lon"], given["lat"], given["lon"]) > 161
                if far:
                    print(f"  {i} far off: {wanted['text']}, {given['lat']} {given['lon']}")
