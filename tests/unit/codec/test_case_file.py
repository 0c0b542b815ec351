"""Case files: reading, writing, older and newer versions, and refusals that say what, where and how."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from vedette.codec.case_file import decode_case, encode_case
from vedette.codec.default_rates import VETO
from vedette.domain.scenarios import Basis, Branch, Leaf
from vedette.errors import (
    BadInput,
    CaseRefused,
    DateRefused,
    DocumentRefused,
    Incoherent,
    NewerSchema,
    QuoteMismatch,
    UnknownName,
    UnknownState,
)
from vedette.reference.case_files import NAMES, read_case

MADE = '''schema = "case/1"
id = "made"
title = "A made-up crisis"
question = "Will it come to force?"
framework = "five-conditions"
opened = 2019-03-01
as_of = 2019-03-10
deadline = 2019-06-30
threshold_profile = "MID"

[[options]]
id = "main"
intervener = ["TUR"]
target = "SYR"
posture = "hostile"
means = "ground forces"

[[atoms]]
id = "war"
statement = "Force is used."
rule = "Two agencies."

[[atoms]]
id = "peace"
statement = "No force is used."
rule = "Two agencies."

[[scenarios]]
id = "force"
label = "Force"
atoms = ["war"]

[[chances]]
id = "attack"
question = "Is force used?"
option = "main"
history = { outcome = "force", intervener = ["TUR"], target = "SYR" }

[[chances.base_rates]]
p = 0.3
low = 0.2
high = 0.4
n = 10
events = 3
basis = "crisis"
class = "made-up crises"
source = "made up"

[tree]
root = "attack"

[tree.nodes.attack]
yes = "=war"
no = "=peace"

[moves.main.force]
"*" = "+attack"

[[documents]]
id = "note"
kind = "note"
title = "Note"
published = 2019-03-02
citation = { publisher = "Daily Example", url = "https://example.org" }
text = """
Tanks were seen at the border. Tanks were seen at the port.
"""

[[evidence]]
id = "E1"
kind = "fact"
document = "note"
quote = "Tanks were seen at the border."
grade = "B2"
bearings = [{ scenario = "force", condition = "technical_feasibility", direction = "raises", strength = "weak" }]
'''


def changed(old: str, new: str) -> bytes:
    assert MADE.count(old) == 1, old
    return MADE.replace(old, new).encode()


def test_a_short_hand_written_file_is_filled_in() -> None:
    case = decode_case(MADE.encode(), names=NAMES)
    item = case.evidence[0]
    assert item.quote is not None
    assert item.claim == item.quote.text == "Tanks were seen at the border."
    assert item.bearings[0].option == "main"
    assert item.times.available_at == dt.datetime(2019, 3, 2, tzinfo=dt.UTC)
    assert item.citation is not None
    assert item.citation.publisher == "Daily Example"
    assert item.origin == "E1"
    assert case.scenario_set.tree == Branch(chance="attack", yes=Leaf(atom="war"), no=Leaf(atom="peace"))
    assert decode_case(encode_case(case).encode()) == case


def test_the_same_case_gives_the_same_text_and_long_text_stays_readable() -> None:
    case = decode_case(MADE.encode())
    text = encode_case(case)
    assert text == encode_case(decode_case(text.encode()))
    assert 'text = """\nTanks were seen at the border.' in text
    assert text.splitlines()[0] == 'schema = "case/1"'
    # One changed value is one changed line.
    other = encode_case(decode_case(changed("p = 0.3", "p = 0.35")))
    assert sum(a != b for a, b in zip(text.splitlines(), other.splitlines(), strict=True)) == 1


def test_a_quote_that_occurs_twice_needs_its_start() -> None:
    with pytest.raises(QuoteMismatch, match="more than once"):
        decode_case(changed('quote = "Tanks were seen at the border."', 'quote = "Tanks were seen at the "'))
    at = len("Tanks were seen at the border. ")
    case = decode_case(
        changed('quote = "Tanks were seen at the border."', f'quote = "Tanks were seen at the "\nstart = {at}')
    )
    assert case.evidence[0].quote is not None
    assert case.evidence[0].quote.start == at
    assert decode_case(encode_case(case).encode()) == case


def test_a_tree_may_ask_one_question_on_several_paths() -> None:
    text = MADE.replace(
        '[tree.nodes.attack]\nyes = "=war"\nno = "=peace"',
        '[tree.nodes.attack]\nyes = "stay"\nno = "later"\n[tree.nodes.stay]\nyes = "=war"\nno = "=peace"\n'
        '[tree.nodes.later]\nchance = "stay"\nyes = "=peace"\nno = "=peace"',
    ).replace(
        "[tree]\n",
        '[[chances]]\nid = "stay"\nquestion = "?"\noption = "main"\n[[chances.base_rates]]\np = 0.5\nlow = 0.1\n'
        'high = 0.9\nbasis = "stated"\nclass = "c"\nsource = "[assumption]"\n\n[tree]\n',
    )
    case = decode_case(text.encode())
    assert len(case.scenario_set.paths) == 4
    assert decode_case(encode_case(case).encode()) == case


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ('title = "A made-up crisis"', 'title = "A made-up', CaseRefused, "broken TOML: "),
        ('title = "A made-up crisis"\n', "", CaseRefused, "missing key 'title'"),
        ('title = "A made-up crisis"', 'titel = "A made-up crisis"', CaseRefused, "Is 'titel' meant?"),
        ('title = "A made-up crisis"', 'title = "x"\nmood = "y"', CaseRefused, "unknown key 'mood'. Nearest valid key"),
        ("as_of = 2019-03-10", "as_of = 2019-07-10", CaseRefused, "after the deadline"),
        ("as_of = 2019-03-10", 'as_of = "March"', DateRefused, "Write it as YYYY-MM-DD"),
        ("as_of = 2019-03-10", "as_of = 7", DateRefused, "is not a date"),
        ('target = "SYR"\nposture', 'target = "Syriaa"\nposture', UnknownState, "Syria"),
        ('posture = "hostile"', 'posture = "enemy"', CaseRefused, "not one of invited, rebels, neutral, hostile"),
        ('atoms = ["war"]', 'atoms = ["wart"]', UnknownName, "unknown atom 'wart'. Nearest: war"),
        ('no = "=peace"', 'no = "=pease"', UnknownName, "[tree] [nodes] [attack]: unknown atom"),
        ('no = "=peace"', 'no = "peace"', UnknownName, "unknown node 'peace'"),
        ('no = "=peace"', 'no = "attack"', Incoherent, "in a circle: attack -> attack"),
        ('no = "=peace"', 'no = "=war"', Incoherent, "leaves and atoms differ: ['peace']"),
        ('root = "attack"', 'root = "=war"', CaseRefused, "unknown key 'attack'"),
        ('"*" = "+attack"', '"*" = "attack"', CaseRefused, 'Write it as "+chance" or "-chance"'),
        ('"*" = "+attack"', '"*" = "+atack"', UnknownName, "Nearest: attack"),
        ('"*" = "+attack"', '"low_cost" = "+attack"', UnknownName, "low_costs"),
        ("[moves.main.force]", "[moves.mane.force]", UnknownName, "unknown option 'mane'"),
        ("low = 0.2", "low = 0.35", Incoherent, "0 < low <= p <= high < 1"),
        ("events = 3", "events = 6", Incoherent, "6 of 10 is 0.6, outside its interval 0.2-0.4"),
        ("events = 3", "events = 11", Incoherent, "11 events among 10 cases"),
        ("p = 0.3", 'p = "0.3"', CaseRefused, "p should be a number, found text"),
        ('option = "main"\nhistory', 'option = "mine"\nhistory', UnknownName, "unknown option 'mine'. Nearest: main"),
        ('document = "note"', 'document = "not"', UnknownName, "unknown document 'not'. Nearest: note"),
        ('document = "note"\n', "", CaseRefused, "a quote needs its document"),
        ('"Tanks were seen at the border."\ng', '"Tanks were seen."\ng', QuoteMismatch, "is not in the document"),
        ('scenario = "force"', 'scenario = "farce"', UnknownName, "unknown scenario 'farce'. Nearest: force"),
        ('condition = "technical_feasibility"', 'condition = "weather"', UnknownName, "unknown condition 'weather'"),
        ('grade = "B2"', 'grade = "Z9"', BadInput, "not one of A B C D E F"),
        ('kind = "fact"', 'kind = "rumour"', CaseRefused, "not one of fact, event"),
        ("published = 2019-03-02\n", "available = 2019-03-02\n", DocumentRefused, "no publication date"),
        ("published = 2019-03-02", "published = 2019-03-02T10:00:00", DateRefused, "no time zone"),
        ('framework = "five-conditions"', 'framework = "six-conditions"', UnknownName, "five-conditions"),
    ],
)  # fmt: skip
def test_refusals_say_what_where_and_how(old: str, new: str, error: type[BadInput], words: str, tmp_path: Path) -> None:
    path = tmp_path / "my-case.toml"
    path.write_bytes(changed(old, new))
    with pytest.raises(error) as caught:
        read_case(path)
    text = str(caught.value)
    assert words in text
    assert text.startswith("my-case.toml")
    assert "\n" not in text


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "my-case.toml"
    path.write_bytes(changed("p = 0.3", "p == 0.3"))
    line = MADE.splitlines().index("p = 0.3") + 1
    with pytest.raises(CaseRefused, match=rf"my-case.toml: broken TOML: .*line {line}\b"):
        decode_case(path)


def test_a_newer_file_names_the_vedette_that_wrote_it() -> None:
    newer = MADE.replace('schema = "case/1"', 'schema = "case/2"\nwritten_by = "vedette 9.1"').encode()
    with pytest.raises(NewerSchema) as caught:
        decode_case(newer)
    assert 'written by vedette 9.1 as "case/2"' in str(caught.value)
    assert "Update Vedette" in str(caught.value)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("", "missing key 'schema'"),
        ('schema = "case/x"', "is not a case file's"),
        ("schema = 1", "is not a case file's"),
    ],
)
def test_a_file_without_a_usable_schema_is_refused(schema: str, words: str) -> None:
    with pytest.raises(CaseRefused, match=words):
        decode_case(MADE.replace('schema = "case/1"', schema).encode())


OLD = '''schema = "case/0"
id = "made"
title = "A made-up crisis"
question = "Will it come to force?"
framework = "five-conditions"
opened = 2019-03-01
as_of = 2019-03-10
closes = 2019-06-30
threshold_profile = "MID"
options = [{ id = "main", intervener = ["TUR"], target = "SYR", posture = "hostile", means = "ground forces" }]
atoms = [
  { id = "war", statement = "Force is used.", rule = "Two agencies." },
  { id = "peace", statement = "No force is used.", rule = "Two agencies." },
]
scenarios = [{ id = "force", label = "Force", atoms = ["war"] }]

[[chances]]
id = "attack"
question = "Is force used?"
option = "main"
gate = true
base_rate = { p = 0.3, low = 0.2, high = 0.4, class = "made-up crises", source = "made up" }

[tree]
root = "attack"
nodes.attack = { yes = "=war", no = "=peace" }

[moves.main]
force = "+attack"

[[evidence]]
id = "E1"
kind = "fact"
fact = "Tanks were seen at the border."
available = 2019-03-02
scenario = "force"
condition = "military_reaction"
direction = "raises"
strength = "weak"

[[evidence]]
id = "E2"
kind = "event"
fact = "A convoy was shelled."
available = 2019-03-03
scenario = "force"
condition = "trigger"
direction = "raises"
strength = "moderate"
'''


def test_a_file_of_the_first_draft_is_brought_forward(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text(OLD, encoding="utf-8")
    case = read_case(path)
    assert case.deadline == dt.date(2019, 6, 30)
    chance = case.scenario_set.chance("attack")
    assert chance.veto == VETO
    assert [b.basis for b in chance.base_rates] == [Basis.STATED]
    assert [e.bearings[0].condition for e in case.evidence] == ["absence_of_resistance", "perceived_justification"]
    assert [e.claim for e in case.evidence] == ["Tanks were seen at the border.", "A convoy was shelled."]
    assert case.chance_moved("main", "force", "low_costs") == ("attack", 1)
    # Written again it is a file of today, and says the same.
    again = encode_case(case)
    assert tomllib.loads(again)["schema"] == "case/1"
    assert decode_case(again.encode()) == case


def test_a_broken_old_file_is_refused_in_words() -> None:
    with pytest.raises(CaseRefused, match="chances should be a list of tables"):
        decode_case(b'schema = "case/0"\nchances = 3\n')


def test_a_tree_with_too_many_paths_is_refused() -> None:
    nodes = "".join(f'[tree.nodes.n{i}]\nchance = "attack"\nyes = "n{i + 1}"\nno = "n{i + 1}"\n' for i in range(20))
    last = nodes + '[tree.nodes.n20]\nchance = "attack"'
    text = MADE.replace('root = "attack"', 'root = "n0"').replace("[tree.nodes.attack]", last)
    with pytest.raises(Incoherent, match="ways through the tree"):
        decode_case(text.encode())


def test_files_that_are_no_case(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused, match="it is a folder"):
        read_case(tmp_path)
    with pytest.raises(CaseRefused, match="no such file"):
        read_case(tmp_path / "absent.toml")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\x00\xff\xfe")
    with pytest.raises(CaseRefused, match=r"binary.toml: not UTF-8 text \(byte 1\)"):
        read_case(path)
    path.write_bytes(b"")
    with pytest.raises(CaseRefused, match="missing key 'schema'"):
        read_case(path)
    # A mark at the front, as some editors leave, is no obstacle.
    path.write_bytes(b"\xef\xbb\xbf" + MADE.encode())
    assert read_case(path).id == "made"


def test_states_may_be_written_as_names_and_aliases_resolve() -> None:
    codes, names = 'intervener = ["TUR"]\ntarget = "SYR"\nposture', 'intervener = ["Turkey"]\ntarget = "Syria"\nposture'
    text = MADE.replace(codes, names).replace('condition = "technical_feasibility"', 'condition = "Trigger"')
    case = decode_case(text.encode(), names=NAMES)
    assert (case.options[0].interveners, case.options[0].target) == (("TUR",), "SYR")
    assert case.evidence[0].bearings[0].condition == "perceived_justification"
