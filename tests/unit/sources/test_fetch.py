"""Fetching: terms shown, one failure stops nobody, and the last good copy stays in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.loopback import Served, publisher
from tests.made_history import NMC_HEADER, as_csv, nmc_rows, nmc_zip

from vedette.errors import SourceFailed, StoreUnavailable, UnknownName
from vedette.frames.fetched import Fetched, FetchStep
from vedette.frames.frame import open_frames
from vedette.sources.declaration import Address
from vedette.sources.fetch import HistoryFetcher, listing
from vedette.sources.registry import all_datasets


def fetcher(folder: Path, url: str, name: str = "nmc.zip", dataset: str = "cow-nmc") -> HistoryFetcher:
    known = all_datasets()[dataset].addresses[0]
    address = replace(known, url=f"{url}/{name}")
    return HistoryFetcher(
        folder=folder, allow_private=True, addresses={dataset: (address,)}, sleep=lambda _: None, attempts=2, timeout=5
    )


def one(got: HistoryFetcher, dataset: str = "cow-nmc") -> Fetched:
    (result,) = got.fetch((dataset,))
    return result


def test_real_format_from_the_web_to_a_checked_table(tmp_path: Path) -> None:
    steps: list[FetchStep] = []
    with publisher({"nmc.zip": Served(nmc_zip())}) as site:
        (result,) = fetcher(tmp_path, site.address).fetch(("cow-nmc",), report=steps.append)
    assert (result.status, result.rows, result.set_aside) == ("fetched", 40, 0)
    assert result.licence and "Singer" in result.citation and len(result.sha256) == 64
    assert {step.what.split()[0] for step in steps} >= {"start", "downloading", "bytes"}
    frames = open_frames(tmp_path / "frames")
    assert frames["cow-nmc"].provenance.url.endswith("/nmc.zip")
    assert frames["cow-nmc"].provenance.sha256 == result.sha256
    assert (tmp_path / "raw" / "cow-nmc" / "nmc.zip").exists()


def test_second_time_nothing_is_sent_or_read(tmp_path: Path) -> None:
    with publisher({"nmc.zip": Served(nmc_zip())}) as site:
        assert one(fetcher(tmp_path, site.address)).status == "fetched"
        again = one(fetcher(tmp_path, site.address))
        assert site.requests[-1][1]["If-None-Match"] == '"v1"'
    assert (again.status, again.rows) == ("unchanged", 40)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Served(nmc_zip(), etag='"2"', cut_at=200, always_cut=True, ranges=False), "broke off"),
        (Served(nmc_zip()[:-200], etag='"2"'), "damaged or cut short"),
        (Served(b"<html>moved</html>", etag='"2"'), "damaged or cut short"),
        (Served(nmc_zip(header=[*NMC_HEADER[:9], "cinc_v7", "version"]), etag='"2"'), "'cinc' is gone"),
        (Served(nmc_zip(rows=nmc_rows(8)), etag='"2"'), "8 rows where the previous one has 40"),
        (Served(b"", etag='"2"', fail_first=[500] * 5), "answers 500"),
        (Served(b"", etag='"2"', fail_first=[404]), "answers 404"),
        (Served(b"", etag='"2"', fail_first=[429] * 5), "answers 429"),
    ],
)
def test_the_last_good_copy_stays_when_the_new_one_is_bad(tmp_path: Path, bad: Served, reason: str) -> None:
    files = {"nmc.zip": Served(nmc_zip())}
    with publisher(files) as site:
        one(fetcher(tmp_path, site.address))
        good = (tmp_path / "frames" / "cow-nmc.parquet").read_bytes()
        files["nmc.zip"] = bad
        result = one(fetcher(tmp_path, site.address))
        assert result.status == "kept previous copy"
        assert reason in result.message
        assert (tmp_path / "frames" / "cow-nmc.parquet").read_bytes() == good
        assert result.usable and result.rows == 40
        # The publisher repairs the file: the next run takes it.
        files["nmc.zip"] = Served(nmc_zip(rows=nmc_rows(45)), etag='"3"')
        repaired = one(fetcher(tmp_path, site.address))
    assert (repaired.status, repaired.rows) == ("fetched", 45)


def test_changed_column_is_named_with_its_likely_new_name(tmp_path: Path) -> None:
    header = [*NMC_HEADER[:4], "milper_total", *NMC_HEADER[5:]]
    with publisher({"nmc.zip": Served(nmc_zip(header=header))}) as site:
        result = one(fetcher(tmp_path, site.address))
    assert result.status == "failed" and not result.usable
    assert "'milper' is gone" in result.message and "milper_total" in result.message


def test_malformed_rows_are_named_counted_and_kept(tmp_path: Path) -> None:
    rows = nmc_rows()
    rows[7][3] = "much"
    rows[9][9] = 7
    rows[11] = rows[10]
    with publisher({"nmc.zip": Served(nmc_zip(rows=rows))}) as site:
        result = one(fetcher(tmp_path, site.address))
    assert (result.status, result.rows, result.set_aside) == ("fetched", 37, 3)
    assert "line 9: milex 'much' is not float" in result.message
    assert result.aside is not None
    told = result.aside.read_text(encoding="utf-8").splitlines()
    assert told[0] == "line,column,cell,reason"
    assert "11,cinc,7,is above 1" in told
    assert any(line.startswith("13,key,") and "repeats" in line for line in told)


def test_one_failure_does_not_stop_the_others(tmp_path: Path) -> None:
    with publisher({"nmc.zip": Served(nmc_zip())}) as site:
        got = fetcher(tmp_path, site.address)
        dead = Address(url=f"{site.address}/gone.csv", packing="csv")
        got = replace(got, addresses={**(got.addresses or {}), "gml-mid": (dead,)})
        results = list(got.fetch(("gml-mid", "cow-nmc")))
    assert [(r.dataset, r.status) for r in results] == [("gml-mid", "failed"), ("cow-nmc", "fetched")]


def test_second_address_is_tried_when_the_first_is_gone(tmp_path: Path) -> None:
    with publisher({"nmc.zip": Served(nmc_zip())}) as site:
        got = fetcher(tmp_path, site.address)
        good = (got.addresses or {})["cow-nmc"][0]
        got = replace(got, addresses={"cow-nmc": (replace(good, url=f"{site.address}/old.zip"), good)})
        assert one(got).status == "fetched"


def test_private_addresses_are_refused_unless_allowed(tmp_path: Path) -> None:
    with publisher({"nmc.zip": Served(nmc_zip())}) as site:
        result = one(replace(fetcher(tmp_path, site.address), allow_private=False))
        assert site.requests == []
    assert result.status == "failed" and "private" in result.message


def test_mirror_reads_local_copies_in_any_form(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "deeper").mkdir(parents=True)
    (mirror / "NMC-60-abridged.csv").write_bytes(as_csv(NMC_HEADER, nmc_rows(30)))
    groups = "gwid,statename,from,to,group,groupid,gwgroupid,umbrella,size,status,reg_aut".split(",")
    group = (2, "Made", 1946, 1965, "Made people", 1, 201000, "", 0.7, "DOMINANT", "")
    (mirror / "deeper" / "EPR-2021.csv").write_bytes(as_csv(groups, [group]))
    got = HistoryFetcher(folder=tmp_path / "data")
    results = {r.dataset: r for r in got.fetch(("cow-nmc", "epr", "ties"), mirror=mirror)}
    assert (results["cow-nmc"].rows, results["epr"].rows) == (30, 1)
    assert results["ties"].status == "failed" and "TIESv4-1" in results["ties"].message
    again = {r.dataset: r.status for r in got.fetch(("cow-nmc", "epr"), mirror=mirror)}
    assert set(again.values()) == {"unchanged"}


def test_unknown_data_set_offers_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as caught:
        list(HistoryFetcher(folder=tmp_path).fetch(("cow-nmcs",)))
    assert "cow-nmc" in caught.value.nearest


def test_folder_problems_are_told_before_anything_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable):
        list(HistoryFetcher(folder=tmp_path / "file").fetch(("cow-nmc",)))
    with pytest.raises(SourceFailed, match="not a folder"):
        list(HistoryFetcher(folder=tmp_path / "x").fetch(("cow-nmc",), mirror=tmp_path / "nowhere"))


def test_listing_tells_every_term_and_whether_an_address_was_checked() -> None:
    rows = {row["id"]: row for row in listing()}
    assert len(rows) >= 24
    for row in rows.values():
        for name in ("licence", "redistribution", "citation", "edition", "coverage", "lag", "addresses", "layouts"):
            assert row[name], (row["id"], name)
    # Nobody could load an address for this version: none may claim to be verified.
    assert all("[unverified" in row["addresses"] and "[verified" not in row["addresses"] for row in rows.values())
    assert "file read in the public repository" in rows["tss-rivalries"]["addresses"]


def test_an_address_says_whether_it_was_loaded() -> None:
    address = Address(url="https://example.org/x.csv", packing="csv")
    assert address.status == "unverified"
    assert replace(address, seen="in a book").status == "unverified (in a book)"
    assert replace(address, seen="in a book", verified="2030-01-01").status == "verified (2030-01-01)"
