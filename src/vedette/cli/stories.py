"""How the stories of a case are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.cli.screen import counted, cut, print_table, say

if TYPE_CHECKING:
    from vedette.workflows.stories import Stories


def print_stories(found: Stories) -> None:
    """Stories of several documents, denials and contradictions, repeated positions, and what is still counted twice."""
    several = [s for s in found.stories if len(s.members) > 1]
    print(
        f"{found.case}: {counted(found.documents, 'document')} in {counted(len(found.stories), 'story', 'stories')}; "
        f"{counted(found.items, 'item')} of evidence from {counted(found.independent, 'independent origin')}."
    )
    if several:
        print()
        print_table(
            ["Story", "Document", "Published", "Is", "Shared", "Title"],
            [
                [s.id, d.id, d.published, f"{p.relation} of {p.of}" if p.of != d.id else p.relation,
                 f"{p.share:.0%}" if p.of != d.id else "-", cut(d.title or "-", 70)]
                for s in several for d, p in s.members
            ],
            right=("Shared",),
        )  # fmt: skip
    items = {e.id: e for e in found.evidence}
    for kind, heading in (("denial", "Denials and the claims they answer"), ("contradiction", "Counts that differ")):
        pairs = [d for d in found.disputes if d.kind == kind]
        if not pairs:
            continue
        print()
        print(f"{heading}:")
        print_table(
            ["Item", "Says", "Against", "Says", "Because"],
            [
                [d.first, f"{items[d.first].attribution}: {cut(items[d.first].claim, 80)}", d.second,
                 f"{items[d.second].attribution}: {cut(items[d.second].claim, 80)}", d.why]
                for d in pairs
            ],
            wrap=("Says", "Because"),
        )  # fmt: skip
    if found.positions:
        print()
        print("Standing positions, each counted as one source:")
        print_table(
            ["First", "Times", "Since", "By", "Says"],
            [[p.first, p.times, p.since, p.by, cut(items[p.first].claim, 80)] for p in found.positions],
            right=("Times",), wrap=("Says",),
        )  # fmt: skip
        say(f"One that is none: vedette review {found.case} --correct ID --set position=own --reason why")
    for item, origin in found.split:
        say(
            f"{item.id} is read from a copy but counts as a voice of its own. If it is none: "
            f"vedette review {found.case} --correct {item.id} --set origin={origin} --reason copy"
        )
