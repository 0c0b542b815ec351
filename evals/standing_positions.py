"""How much of a case's movement is repeated standing positions: ``python evals/standing_positions.py [--bank]``.

The stream of official statements of two presidents (VEDETTE_SHARED) is read by the rules for the bundled case and every
proposal is taken as accepted, which nobody should do: it shows what the layer does with an unreviewed stream. Printed
are, for the last day, what moves the number by kind of claim, speaker and condition; how many items repeat a position
of their speaker; and the probability with each repetition counted, with positions counted once (as the product does),
and by two wider readings of "the same position" that were not adopted.
``--bank``: the same for every dossier of the bank, weekly, beside what happened, and the bank's left-out scores.
Without shared data: a made stream, held to the law.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vedette.assessment.channels import ChannelItem, channel_items, denies_intention, independent_items  # noqa: E402
from vedette.assessment.disputes import disputes  # noqa: E402
from vedette.assessment.positions import Speakers, speakers  # noqa: E402
from vedette.domain.case import Case  # noqa: E402
from vedette.domain.claims import ClaimKind  # noqa: E402
from vedette.domain.evidence import Evidence, Status  # noqa: E402
from vedette.domain.forecast import Assessment  # noqa: E402
from vedette.domain.time import AsOf  # noqa: E402
from vedette.forecasting.assess import Setting, assess  # noqa: E402
from vedette.workflows.assess import setting_for, state_words  # noqa: E402
from vedette.workflows.replay import days_between  # noqa: E402

STREAM = Path("data") / "text" / "press_releases_putin_zelenskyy_2021_2022.parquet"
DAYS = (dt.date(2022, 1, 20), dt.date(2022, 2, 15), dt.date(2022, 2, 23))
"""Days shown of the bundled case: that of its question, the announced withdrawal, the last before the event."""
DENIALS = "denial of intent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of counting: the words for it, the setting, and what is done to the evidence first."""

    words: str
    positions: bool
    joined: Callable[[Case, Speakers], tuple[Evidence, ...]] | None = None

    def run(self, case: Case, day: dt.date) -> Assessment:
        made = setting_for(case)
        p = made.parameters
        made = replace(made, parameters=replace(p, weights=replace(p.weights, positions=self.positions)))
        evidence = self.joined(case, speakers(made.names)) if self.joined is not None else case.evidence
        return assess(replace(case, evidence=evidence), AsOf(date=day), made, with_sensitivity=False)


def _labelled(case: Case, who: Speakers) -> list[tuple[Evidence, Evidence]]:
    """Every item with the first one under the same labels; itself where it cannot be a position."""
    first: dict[object, Evidence] = {}
    out = []
    for item in sorted(case.evidence, key=lambda e: (e.times.available_at, e.id)):
        speaker = who.position_of(item)
        b = item.bearings[0] if item.bearings else None
        if speaker is None or b is None:
            out.append((item, item))
            continue
        labels = (speaker, b.option, b.scenario, b.condition, b.direction, b.actor, item.target, item.kind)
        out.append((item, first.setdefault(labels, item)))
    return out


def one_position(case: Case, who: Speakers) -> tuple[Evidence, ...]:
    """Everything under the same labels joined to the first of it, whatever its words."""
    return tuple(e if e is lead else replace(e, position=lead.id) for e, lead in _labelled(case, who))


def one_voice(case: Case, who: Speakers) -> tuple[Evidence, ...]:
    """Speech under the same labels as reports of one origin, whatever its words."""
    return tuple(
        replace(e, origin=lead.origin) if e.kind is ClaimKind.SPEECH else e for e, lead in _labelled(case, who)
    )


BEFORE = Way(words="each repetition counts", positions=False)
NOW = Way(words="positions count once (the product)", positions=True)
VOICE = Way(words="not adopted: and one speaker's speech under the same labels is one origin", positions=True,
            joined=one_voice)  # fmt: skip
MOST = Way(words="not adopted: everything under the same labels is one position", positions=True, joined=one_position)
WAYS = (BEFORE, NOW, VOICE, MOST)


def stream_case(shared: Path) -> Case:
    """The bundled case with every proposal from the official statements before the event as accepted evidence."""
    from vedette.bootstrap import dated_tables, open_workspace
    from vedette.workflows.open_case import open_case
    from vedette.workflows.watch_replay import material

    workspace = open_workspace()
    case = open_case(workspace.cases, "belarus-2022")
    documents, _ = dated_tables().documents([shared / STREAM])
    found = material(case, (), documents, workspace.clock, until=DAYS[-1])
    print(f"\n{found.documents} statements, {len(found.proposals)} proposals, beside {len(case.evidence)} items")
    return replace(case, evidence=(*case.evidence, *(replace(e, status=Status.ACCEPTED) for e in found.proposals)))


def kind_of(item: Evidence, who: Speakers) -> str:
    """What sort of thing an item says, in the words of the tables."""
    if denies_intention(item):
        return DENIALS
    if item.kind is ClaimKind.EVENT:
        return "event"
    condition = item.bearings[0].condition if item.bearings else ""
    if condition == "technical_feasibility" and item.kind is ClaimKind.FACT:
        return "capability (fact)"
    if item.kind is ClaimKind.SPEECH:
        return "plan (speech of what is to come)" if item.hypothetical else "position or speech act"
    return "fact asserted by a state" if who.position_of(item) else "fact"


def items_of(case: Case, day: dt.date, *, positions: bool) -> tuple[ChannelItem, ...]:
    """Channel items of a day."""
    made = setting_for(case)
    weights = replace(made.parameters.weights, positions=positions)
    cut = AsOf(date=day)
    return channel_items(case.known(cut), cut, made.framework, weights=weights, names=made.names)[0]


def movement(case: Case, result: Assessment, scenario: str) -> None:
    """Shares of the log-odds of a scenario by kind, speaker and condition."""
    who = speakers(state_words())
    by_id = {e.id: e for e in case.evidence}
    ways: dict[str, Callable[[Evidence], str]] = {
        "kind": lambda e: kind_of(e, who),
        "speaker": lambda e: who.of(e) or "nobody named",
        "condition": lambda e: f"{e.bearings[0].condition}, {e.bearings[0].direction.value}",
    }
    for name, key in ways.items():
        n: Counter[str] = Counter()
        moved: dict[str, float] = defaultdict(float)
        for row in result.evidence:
            item = by_id[str(row["id"])]
            n[key(item)] += 1
            moved[key(item)] += float(row["log_odds"][scenario])
        print(f"\nby {name}: log-odds of {scenario}, items")
        top = sorted(moved, key=lambda k: -abs(moved[k]))
        for k in top[:10]:
            print(f"  {moved[k]:+.2f}  {n[k]:>4}  {k}")
        if len(top) > 10:
            rest = top[10:]
            print(f"  {sum(moved[k] for k in rest):+.2f}  {sum(n[k] for k in rest):>4}  {len(rest)} others")


def repeats(case: Case, day: dt.date) -> None:
    """How many items say again what their speaker said, the largest positions, and what all are worth."""
    before, now = items_of(case, day, positions=False), items_of(case, day, positions=True)
    by_id = {e.id: e for e in case.evidence}
    groups = Counter(i.position for i in now if i.position)
    again = sum(n - 1 for n in groups.values())
    who = speakers(state_words())
    kinds = Counter(by_id[i.evidence].kind.value for i in now if i.position and i.position != i.evidence)
    able = sum(who.position_of(by_id[i.evidence]) is not None for i in now)
    print(f"\n{len(now)} items count on {day}, {able} of them can be positions; {again} repeat a position of their "
          f"speaker ({', '.join(f'{n} {k}' for k, n in kinds.most_common())}), {len(groups)} positions are repeated.")
    worth = [independent_items(found) for found in (before, now)]
    print(f"worth in independent items: {worth[0]:.1f} with each repetition, {worth[1]:.1f} now")
    for lead, n in groups.most_common(5):
        first = by_id[lead]
        print(f"  said {n} times since {first.times.available_at.date()} by {who.of(first)}: {first.claim[:110]}")


def pairs(case: Case) -> None:
    """Denials with the claims they answer, and counts that differ: for a reader to judge."""
    by_id = {e.id: e for e in case.evidence}
    found = disputes(case.evidence, speakers(state_words()).of)
    denials = [d for d in found if d.kind == "denial"]
    named = len({d.first for d in denials})
    print(f"\n{len(denials)} pairs of {named} denials, {len(found) - len(denials)} contradictions")
    for d in found:
        one, other = by_id[d.first], by_id[d.second]
        print(f"  {d.kind}: {d.why}")
        for e in (one, other):
            print(f"    {e.attribution}: {e.claim[:160]}")


def shown(case: Case, scenario: str, days: Sequence[dt.date], ways: Sequence[Way]) -> dict[str, list[float]]:
    """Probabilities of the scenario on these days, one row a way of counting."""
    found = {w.words: [w.run(case, d).scenario(scenario).probability for d in days] for w in ways}
    print(f"\nprobability of {scenario} on {', '.join(str(d) for d in days)}")
    for words, values in found.items():
        print(f"  {', '.join(f'{100 * v:.1f}' for v in values):>22}  {words}")
    return found


def bank(folder: Path) -> None:
    """Every dossier, weekly, with each repetition counted and with positions counted once, beside what happened."""
    from evals.replays import CAME_TRUE, scores

    from vedette.reference.case_files import read_case
    from vedette.workflows.calibrate import focal_scenario

    outcomes = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
    print(f"\n{'dossier':18}{'happened':>9}{'repeat':>8}{'worth':>14}{'last day':>14}{'log score':>16}")
    gains = []
    for name in sorted(outcomes):
        case, outcome = read_case(folder / f"{name}.json"), outcomes[name]
        scenario = focal_scenario(case)
        happened = outcome["atom"] in case.scenario_set.scenario(scenario).atoms
        on = dt.date.fromisoformat(CAME_TRUE.get((case.id, scenario), outcome["date"]))
        last = min(on - dt.timedelta(days=1), case.deadline) if happened else case.deadline
        first = max(case.opened, min(e.times.available_at.date() for e in case.evidence))
        days = days_between(min(first, last), last, 7)
        now = items_of(case, last, positions=True)
        again = sum(1 for i in now if i.position and i.position != i.evidence)
        worth = [independent_items(items_of(case, last, positions=x)) for x in (False, True)]
        values = [[w.run(case, d).scenario(scenario).probability for d in days] for w in (BEFORE, NOW)]
        logs = [scores(v, happened)[1] for v in values]
        gains.append(logs[0] - logs[1])
        print(f"{name:18}{'yes' if happened else 'no':>9}{again:>8}{worth[0]:>7.1f} {worth[1]:>6.1f}"
              f"{100 * values[0][-1]:>7.1f} {100 * values[1][-1]:>6.1f}{logs[0]:>8.3f} {logs[1]:>7.3f}")  # fmt: skip
    changed = [g for g in gains if abs(g) > 1e-9]
    print(f"gain in log score, mean over n = {len(gains)} episodes: {math.fsum(gains) / len(gains):+.4f}; "
          f"{sum(g > 0 for g in changed)} better, {sum(g < 0 for g in changed)} worse, "
          f"{len(gains) - len(changed)} as before")  # fmt: skip


def left_out(folder: Path) -> None:
    """The bank's scores, each episode by the scale learnt on the others, with and without positions; both codings."""
    from vedette.forecasting.evidence_scale import fit, grid, surface
    from vedette.forecasting.parameters import Parameters
    from vedette.reference.frameworks import framework
    from vedette.scoring.discrimination import roc_auc
    from vedette.scoring.proper import brier, log_score
    from vedette.workflows.calibrate import load_bank

    second = folder.parent / "second_codes.jsonl"
    episodes, _ = load_bank(folder, second if second.is_file() else None)
    plain = Setting(framework=framework("five-conditions"), parameters=Parameters(), names=state_words())
    worth = sorted(independent_items(channel_items(
        c.known(e.as_of), e.as_of, plain.framework, weights=plain.parameters.weights, names=plain.names
    )[0]) for e in episodes for c in e.cases)  # fmt: skip
    print(f"\nindependent items behind a coded episode: {worth[0]:.1f} to {worth[-1]:.1f}, "
          f"median {worth[len(worth) // 2]:.1f}")  # fmt: skip
    print(f"leaving one episode out, n = {len(episodes)}, {max(len(e.cases) for e in episodes)} codings")
    for way in WAYS:
        p = plain.parameters
        made = replace(plain, parameters=replace(p, weights=replace(p.weights, positions=way.positions)))
        recast = [
            replace(e, cases=tuple(replace(c, evidence=way.joined(c, speakers(state_words()))) for c in e.cases))
            if way.joined is not None else e
            for e in episodes
        ]  # fmt: skip
        learnt = fit(surface(recast, made, grid()))
        y, q = learnt.happened, learnt.left_out
        print(f"  log {log_score(y, q):.4f}  Brier {brier(y, q):.4f}  AUC {roc_auc(y, q):.3f}  {way.words}")


def made() -> int:
    """A made stream: one denial and one threat, repeated daily. The law is checked, the way counts are shown."""
    from tests.made_cases import AS_OF, five, host_case
    from tests.property.test_position_laws import BOUND, NAMES, SETTING, said

    stream = [said(i, day=i % 40, words=i % 2) for i in range(43)]
    plain = SETTING.parameters

    def run(evidence: Sequence[Evidence], positions: bool) -> float:
        weights = replace(plain.weights, positions=positions)
        setting = Setting(framework=five(), parameters=replace(plain, weights=weights), names=NAMES)
        result = assess(host_case(evidence), AsOf(date=AS_OF), setting, with_sensitivity=False)
        p = result.scenario("attack").probability
        return math.log(p / (1 - p))

    base, one = run([], True), run(stream[:1], True)
    counted, now = run(stream, False), run(stream, True)
    print(f"made stream, one position said 43 times: one statement moves the log-odds {one - base:+.2f}, all of them "
          f"{counted - base:+.2f} with each counted and {now - base:+.2f} as one (evidence at most {BOUND:.3f} times)")
    fine = abs(now - base) <= 1.1 * abs(one - base) < abs(counted - base)
    print("the law holds" if fine else "the law is BROKEN")
    return 0 if fine else 1


def main() -> int:
    """Print the tables; 1 when the made stream breaks the law."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bank", action="store_true", help="also every dossier, weekly (two minutes)")
    parser.add_argument("--pairs", action="store_true", help="also denials with what they answer; no probability")
    parser.add_argument("--measure", action="store_true", help="only what repeats: no probability with the remedy")
    given = parser.parse_args()
    status = made()
    shared = Path(os.environ.get("VEDETTE_SHARED", ROOT.parent / "shared"))
    if not (shared / STREAM).is_file():
        print(f"no real stream: VEDETTE_SHARED names no folder with {STREAM}")
        return status
    case = stream_case(shared)
    movement(case, BEFORE.run(case, DAYS[-1]), "attack")
    repeats(case, DAYS[-1])
    if given.pairs:
        pairs(case)
        return status
    if given.measure:
        return status
    shown(case, "attack", DAYS, WAYS)
    if given.bank and (folder := shared / "cases" / "dossiers").is_dir():
        bank(folder)
        left_out(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
