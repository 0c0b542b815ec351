"""Who in a document would intervene, against whom, from whose land, and who stands by.

A document that is read for a case has the roles of the case (`known_roles`) once it names its states. Without a case
they are read from the text itself: guessed by counting phrases ("X's invasion of Y", "aggression against
Y", "X troops along the border of Y"), with two weak priors: great powers intervene more often than others, and the
state a text names most is party to its crisis. The guess is reported among the reasons of each claim.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from vedette.extraction.fold import fold
from vedette.extraction.names import Found
from vedette.reference.organisations import find_organisation
from vedette.reference.states import all_states, find_state

# Names of a document that are looked at: a book says who does what to whom in its first hundred pages. [assumption]
_NAMES_READ = 5_000
# What being a great power is worth against one phrase of intervention. [assumption]
GREAT = 1.0
_FORCE_AFTER = re.compile(
    r"^(?:'s|'|-led|-backed)?\s(?:\w+\s){0,2}?(?:invasion|aggression|offensive|attack|assault|"
    r"incursion|intervention|troops|forces|"
    r"military|army|soldiers|escalation|occupation|build-?up|deployment|tanks|operation|armed group|"
    r"annexation|threat|drills|exercises|warplanes|jets|airstrikes?|air-strikes?|air[- ]raids?|air force|coalition|"
    r"bombardment)\b"
)
_ACTS_AFTER = re.compile(
    r"^(?:'s)?(?:\s[\w-]+){0,3}?\s(?:massed|amassed|massing|moved|moving|pre-positioned|ordered the "
    r"deployment|deployed|invaded|"
    r"invades|invading|launched|attacked|"
    r"threatened to|vowed to|sent (?:additional |more )?troops|annexed|seized|shelled|bombed|claims "
    r"(?:that )?|could invade|might invade|"
    r"would invade|may invade|to invade|may attack|could attack|bombs|strikes|shells|deploys|launches|"
    r"begins (?:air-?strikes|operations|combat)|masses|sends (?:troops|tanks|jets))\b"
)
_AGGRESSOR_BEFORE = re.compile(
    r"\b(?:aggression|invasion|attack|escalation|threats?|occupation|concentration|pressure|"
    r"annexation|intervention|offensive|"
    r"buildup|build-up|deployment)\s(?:\w+\s){0,2}?(?:by|from|of)\s(?:the\s)?$|\bwithdraw\w*\s(?:by|of)\s(?:the\s)?$|"
    r"\b(?:urged|call\w* on|deter|stop|condemn\w*|sanctions on|sanctions against)\s(?:the\s)?$"
)
_TARGET_BEFORE = re.compile(
    r"\b(?:invasion|invade|invading|aggression|attack|attacks|offensive|assault|war|force|operations?|"
    r"threat|escalation|campaign|"
    r"intervention|strikes?)\s(?:of|against|on|in|around|into|to)\s(?:the\s)?$|\b(?:troops|forces|"
    r"buildup|build-up)\s(?:\w+\s){0,3}"
    r"(?:around|near|along|against|on)\s(?:the\s)?(?:borders?\s(?:of|with)\s)?(?:the\s)?$|\b(?:invade|"
    r"attack|occupy|threaten|shelled|bombed|attacked|invaded|struck|border with)\s(?:the\s)?$|"
    r"\b(?:conflict|crisis|war|situation|developments|tensions|settlement)\s(?:in|around|"
    r"over)\s(?:the\s)?(?:eastern\s|northern\s|southern\s)?$|"
    r"\b(?:support|weapons|arms|aid|assistance)\s(?:for|to)\s$|\b(?:defend|protect)\s$"
)
_TARGET_AFTER = re.compile(
    r"^(?:'s|')?\s(?:\w+\s)?(?:borders?|frontier|sovereignty|territorial integrity|crisis|conflict|"
    r"independence|territory|"
    r"accession|membership|defen[cs]e capab|militants|issue)\b"
)
_HOST_BEFORE = re.compile(
    r"\b(?:troops|forces|presence|drills|exercises|base|bases|soldiers|deployment|from|staging ground|"
    r"launching point|equipment)\s"
    r"(?:\w+\s){0,2}?(?:in|into|with|from|through|to)\s(?:the\s)?$"
)
_HOST_AFTER = re.compile(r"^(?:'s)?\s(?:territory|soil|could serve as|serving as|as a staging|airspace|bases)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """ISO3 (or organisation) codes; empty when the text does not say.

    ``allies`` would intervene with the intervener. ``known``: given by a case, and its states are named in the text.
    """

    intervener: str = ""
    target: str = ""
    host: str = ""
    allies: frozenset[str] = frozenset()
    known: bool = False

    def of(self, code: str) -> str:
        """One letter for a code: i(ntervener), t(arget), h(ost), w (organisations and blocs), o(ther state)."""
        if not code:
            return "o"
        if code == self.intervener or code in self.allies:
            return "i"
        if code == self.target:
            return "t"
        if code == self.host:
            return "h"
        return "w" if code in _ONLOOKERS else "o"


_ONLOOKERS = frozenset("NATO EU UN OSCE WEST G7 USA GBR FRA DEU CAN AU ECOWAS LAS GCC OAS CARICOM".split())


# The last word of everything that `_AGGRESSOR_BEFORE`, `_TARGET_BEFORE` and `_HOST_BEFORE` match.
_LAST = frozenset(
    "of against on in around into to with near along over for by from through the invade attack occupy threaten "
    "shelled bombed attacked invaded struck eastern northern southern defend protect urged deter stop condemn "
    "condemns condemned condemning".split()
)


def _is_led_to(low: str, start: int) -> bool:
    """Whether the word before a name can be the end of a phrase that gives it a role; most are not."""
    if not low[start - 1 : start].isspace():
        return False
    words = low[max(0, start - 14) : start].split()
    return bool(words) and words[-1] in _LAST


def known_roles(parties: Roles, found: list[Found]) -> Roles | None:
    """The roles of a case, when the text names who would intervene and where; None for a text about something else."""
    named = {code for f in found[:_NAMES_READ] if f.use != "none" for code in f.what.codes}
    here = bool({parties.intervener, *parties.allies} & named) and bool({parties.target, parties.host} & named)
    return replace(parties, known=True) if here else None


def guess_roles(text: str, found: list[Found], published: dt.date) -> Roles:
    """Roles by phrase counts over all names of the document."""
    low = fold(text)
    as_intervener: Counter[str] = Counter()
    as_target: defaultdict[str, float] = defaultdict(float)
    as_host: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for f in found[:_NAMES_READ]:
        if len(f.what.codes) != 1 or f.use == "none" or f.what.kind in ("bloc",):
            continue
        code = f.what.codes[0]
        region = f.what.kind == "region"
        led = _is_led_to(low, f.start)
        before, after = low[max(0, f.start - 60) : f.start], low[f.end : f.end + 50]
        if not region:
            named[code] += 1
            as_intervener[code] += (
                bool(_FORCE_AFTER.match(after))
                + bool(_ACTS_AFTER.match(after))
                + (led and bool(_AGGRESSOR_BEFORE.search(before)))
            )
        as_target[code] += 2 * (led and bool(_TARGET_BEFORE.search(before)))
        as_target[code] += bool(_TARGET_AFTER.match(after)) + 0.5 * region
        as_host[code] += (led and bool(_HOST_BEFORE.search(before))) + 2 * bool(_HOST_AFTER.match(after))
    if not named:
        return Roles()
    total = sum(named.values())

    @cache
    def great(code: str) -> bool:
        if code not in _state_codes() or code in _ONLOOKERS:
            return False
        # The list of great powers closed in 2016; it is read as unchanged since.
        return find_state(code, scheme="iso3").major_on(min(published, dt.date(2016, 12, 31)))

    def might(code: str) -> float:
        if code in ("UN", "OSCE", "EU"):
            return 0.0
        phrases = as_intervener[code] - as_target[code]
        prior = GREAT if great(code) else -1.0 if find_organisation(code) is not None or code in _ONLOOKERS else 0.0
        return phrases + prior + (3.0 * named[code] / total if as_intervener[code] or great(code) else 0.0)

    # A state that only speaks up about others' crises is an onlooker; both roles need some mention.
    intervener = max(named, key=lambda c: (might(c), named[c], c))
    if might(intervener) <= 0.5:
        intervener = ""
    states = [c for c in named if c != intervener and c not in _NO_TARGET]
    states += [c for c in as_target if c not in named and c != intervener and c not in _NO_TARGET]
    target = max(states, key=lambda c: (as_target[c] + 2.0 * named[c] / total, c), default="")
    if target and as_target[target] == 0 and (intervener or named[target] < 0.5 * total):
        target = ""
    hosts = [c for c in states if c != target and as_host[c] >= 2]
    host = max(hosts, key=lambda c: (as_host[c], c), default="")
    return Roles(intervener=intervener, target=target, host=host)


@lru_cache(maxsize=1)
def _state_codes() -> frozenset[str]:
    return frozenset(s.iso3 for s in all_states() if s.iso3)


# Organisations and blocs are not invaded.
_NO_TARGET = frozenset(
    "NATO EU UN OSCE WEST NF G7 CSTO UST CIS SCO AU ECOWAS LAS GCC OAS IMF WB ICC COE TCG SUN".split()
)
