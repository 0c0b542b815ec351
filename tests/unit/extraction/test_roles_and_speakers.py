"""Who would intervene against whom, and who says what: read from the text."""

from __future__ import annotations

import datetime as dt

import pytest

from made_documents import ARTICLE, INVENTED, STATEMENT
from vedette.domain.reading import Extraction
from vedette.extraction import extract
from vedette.extraction.names import scan_names
from vedette.extraction.roles import Roles, guess_roles


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (
            "Russian troops are massed along the border of Ukraine. Fears of a Russian invasion of Ukraine grow.",
            ("RUS", "UKR", ""),
        ),
        ("Turkish forces shelled Syria. Turkey has massed tanks along its border with Syria.", ("TUR", "SYR", "")),
        ("Venezuela claims the region. Guyana fears a Venezuelan invasion of Guyana.", ("VEN", "GUY", "")),
        (
            "Russian troops arrived in Belarus. Russian forces in Belarus could attack Ukraine. An invasion of Ukraine "
            "from Belarusian territory is feared. Ukraine is worried.",
            ("RUS", "UKR", "BLR"),
        ),
        ("The mayor opened the festival.", ("", "", "")),
    ],
)
def test_roles(text: str, roles: tuple[str, str, str]) -> None:
    day = dt.date(2022, 1, 20)
    found = guess_roles(text, scan_names(text, day), day)
    assert (found.intervener, found.target, found.host) == roles


def attributions(text: str, day: str) -> dict[str, str]:
    reading: Extraction = extract(text, published=day)
    return {c.quote[:24]: c.attribution for c in reading.claims}


def test_speakers_of_a_statement() -> None:
    found = attributions(STATEMENT, "2022-02-01")
    assert found["Russia must withdraw its"] == "Volodymyr Zelenskyy"
    assert found["Our army is ready to def"] == "Volodymyr Zelenskyy"
    assert found["any new aggression would"] == "Boris Johnson"
    assert found["the United Kingdom would"] == "Boris Johnson"
    assert found["The parties agreed to co"] == "author"


def test_speakers_of_an_article() -> None:
    found = attributions(ARTICLE, "2019-10-08")
    assert found["We will defend our land"] == "Bashar al-Assad"
    assert found["More than 12,000 soldier"] == "the Turkish defense ministry"
    assert found["The border is less than "] == "author"
    assert attributions(INVENTED, "2025-02-12")["Eritrea has moved three "] == "two diplomats"


def test_a_transcript_keeps_its_speaker_until_the_next() -> None:
    text = (
        "Vladimir Putin: Please report.\n\nSergei Shoigu: We airlifted the troops on schedule. The army took control "
        "of the airport.\n\nVladimir Putin: The operation went smoothly and the troops came home.\n"
    )
    said = attributions(text, "2022-01-13")
    assert said["We airlifted the troops "] == "Sergei Shoigu"
    assert said["The army took control of"] == "Sergei Shoigu"
    assert said["The operation went smoot"] == "Vladimir Putin"


def test_the_holder_of_an_office_is_found_by_date() -> None:
    text = "The President of Russia stressed that the troops would leave the border of Ukraine."
    assert list(attributions(text, "2022-01-20").values()) == ["Vladimir Putin"]
    assert list(attributions(text, "2010-01-20").values()) == ["Dmitry Medvedev"]


def test_a_number_inside_somebodys_concern_is_that_persons_number() -> None:
    text = (
        "There is a feeling of siege in Yerevan, with Nikol Pashinyan, in a speech on May 3, expressing concern over "
        "the more than 20,000 troops that are massed in Azerbaijan and Turkey."
    )
    claims = extract(text, published="2021-05-10").claims
    (said,) = [c for c in claims if c.quantities]
    assert (said.attribution, said.quantities[0].attribution) == ("Nikol Pashinyan", "Nikol Pashinyan")
    assert said.quantities[0].of == "troops that are massed in Azerbaijan and Turkey"
    assert [d.iso for d in said.dates] == ["2021-05-03"]


def test_the_subject_goes_on_speaking_in_a_participle() -> None:
    text = (
        "Vladimir Putin telephoned Emmanuel Macron on Monday, warning that NATO troops near the border were a threat."
    )
    said = attributions(text, "2022-01-20")
    assert "Vladimir Putin" in said.values()


def test_the_head_of_state_is_that_of_the_statement() -> None:
    text = (
        "President of Ukraine Volodymyr Zelenskyy met with Secretary of State Antony Blinken. Joseph Biden "
        "sent his greetings. The Head of State noted that the ceasefire in Donbas is observed."
    )
    assert attributions(text, "2022-01-19")["the ceasefire in Donbas "] == "Volodymyr Zelenskyy"


CLAIMED = (
    "Venezuelan voters approved a referendum that claims the Essequibo region of neighbouring Guyana. Guyana's "
    "President Irfaan Ali said that his country was on full alert. He thanked the teachers of the country."
)


def test_a_document_read_for_a_case_has_the_roles_of_the_case() -> None:
    alone = extract(CLAIMED, published="2023-12-05").claims
    told = extract(CLAIMED, published="2023-12-05", parties=Roles(intervener="VEN", target="GUY")).claims
    found = {c.quote: {(b.condition, b.direction.value) for b in c.conditions} for c in told}
    alert = next(b for quote, b in found.items() if "full alert" in quote)
    assert alert == {("absence_of_resistance", "lowers")}
    assert any(("perceived_justification", "raises") in b for b in found.values())
    assert not any("teachers" in quote for quote in found)
    assert all("roles of the case" in " ".join(c.reasons) for c in told)
    assert len(told) > len(alone)


def test_the_roles_of_a_case_do_not_count_in_a_text_about_others() -> None:
    text = "Venezuelan voters approved a referendum on pensions. The army is on full alert for the flood."
    alone = extract(text, published="2023-12-05").claims
    for parties in (Roles(intervener="VEN", target="GUY"), Roles(intervener="RUS", target="UKR")):
        assert extract(text, published="2023-12-05", parties=parties).claims == alone


def test_members_of_a_coalition_count_as_the_intervener() -> None:
    roles = Roles(intervener="NGA", target="NER", allies=frozenset({"BEN", "CIV"}))
    assert [roles.of(c) for c in ("NGA", "BEN", "NER", "MLI", "")] == ["i", "i", "t", "o", "o"]
