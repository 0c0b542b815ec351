"""Workbooks: a made one in the publisher's form, and files that are damaged or hostile."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from vedette.errors import SourceFailed
from vedette.sources.parse import parse
from vedette.sources.registry import all_datasets
from vedette.sources.xlsx import read_xlsx

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
NAMES = ["conflict_id", "dyad_id", "year", "actor_id", "ext_id", "ext_name", "ext_x", "ext_p", "ext_y", "ext_w"]


def letters(number: int) -> str:
    return ("" if number < 26 else chr(64 + number // 26)) + chr(65 + number % 26)


def workbook(rows: list[list[object]], **changed: str) -> bytes:
    texts: list[str] = []

    def cell(row: int, column: int, value: object) -> str:
        place = f"{letters(column)}{row}"
        if value is None:
            return ""
        if isinstance(value, str):
            texts.append(f"<si><t>{value}</t><rPh><t>reading</t></rPh></si>")
            return f'<c r="{place}" t="s"><v>{len(texts) - 1}</v></c>'
        return f'<c r="{place}"><v>{value}</v></c>'

    cells = ("".join(cell(r, c, value) for c, value in enumerate(row)) for r, row in enumerate(rows, 1))
    body = "".join(f'<row r="{r}">{row}</row>' for r, row in enumerate(cells, 1))
    parts = {
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><sheets><sheet name="data" sheetId="2" r:id="rId7"/><sheet name="notes" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData/></worksheet>",
        "xl/worksheets/sheet2.xml": f"<worksheet {MAIN}><sheetData>{body}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(texts)}</sst>",
        **changed,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if content:
                archive.writestr(name, content)
    return out.getvalue()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "made.xlsx"
    path.write_bytes(content)
    return path


def test_cells_of_the_first_sheet_in_the_order_of_the_workbook(tmp_path: Path) -> None:
    path = written(tmp_path, workbook([["a", "b", "c"], [1, None, "Größe"], [None, 2.5, "x"]]))
    assert list(read_xlsx(path)) == [["a", "b", "c"], ["1", "", "Größe"], ["", "2.5", "x"]]


def test_support_in_the_form_of_its_publisher(tmp_path: Path) -> None:
    rows: list[list[object]] = [[*NAMES, "more"], [1, 2, 1999, 3, 4, "Somebody", 1, 0, 0, None, "x"]]
    got = parse(written(tmp_path, workbook(rows)), "xlsx", all_datasets()["ucdp-esd"], tmp_path / "esd.parquet")
    assert (got.frame.rows, got.frame.set_aside) == (1, 0)


@pytest.mark.parametrize("keep", [0, 10, 200, 900])
def test_cut_files_are_refused_plainly(tmp_path: Path, keep: int) -> None:
    with pytest.raises(SourceFailed, match="workbook"):
        list(read_xlsx(written(tmp_path, workbook([["a"], [1]])[:keep])))


@pytest.mark.parametrize(
    ("part", "content", "reason"),
    [
        ("xl/workbook.xml", "", "damaged"),
        ("xl/workbook.xml", f"<workbook {MAIN}><sheets/></workbook>", "no sheet"),
        ("xl/_rels/workbook.xml.rels", "<Relationships/>", "not there"),
        ("xl/worksheets/sheet2.xml", "<worksheet><row>", "not XML"),
        ("xl/sharedStrings.xml", f"<sst {MAIN}/>", "points at a text"),
        (
            "xl/sharedStrings.xml",
            '<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst>&b;</sst>',
            "document type",
        ),
    ],
)
def test_damaged_and_hostile_parts_are_refused(tmp_path: Path, part: str, content: str, reason: str) -> None:
    with pytest.raises(SourceFailed, match=reason):
        list(read_xlsx(written(tmp_path, workbook([["a"], ["b"]], **{part: content}))))
