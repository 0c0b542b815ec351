"""From sentences to claim spans: reporting frames come off, clauses that can stand alone are told apart.

A span is what a reader would underline: without "He stressed that", "However," or the closing ``," he said.``; with
its own clause only, so that the counter-clause of "While X, Y" gets its own direction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vedette.extraction.sentences import Span
from vedette.reference.reporting_verbs import ACT, FINITE, PASSIVE_SAY, SAY

_SAY = "|".join(sorted(SAY, key=len, reverse=True))
_PASSIVE = "|".join(sorted(PASSIVE_SAY, key=len, reverse=True))
_ACT = "|".join(sorted(ACT, key=len, reverse=True))
_FIN = "|".join(sorted((re.escape(w) for w in FINITE), key=len, reverse=True))

_NOMINAL = (
    r"(?:the|a|an|this|that|these|those|its|his|her|their|our|such|both|all|some|no|any|many|most|"
    r"[A-Z][\w.'’-]*|it|he|she|they|we|I|you|there|who|which|everything|nobody|everyone|what)"
)
# "X said that", "It was noted once again that", "Hope was expressed that", "X also drew attention to the fact that"
_FRAME = re.compile(
    rf"^(?P<subject>[^\"“”]{{0,150}}?)\b(?P<verb>(?:{_SAY})(?:\s(?:the fact|the (?:view|hope|opinion|"
    rf"belief|conviction|confidence)))?|(?:told|informed|assured|warned)(?:\s[\w'’-]+){{1,4}}?"
    rf"|(?:was|were|is|has been|been)(?:\s\w+){{0,2}}\s(?:{_PASSIVE})(?:\s(?:to))?|expressed (?:the |"
    rf"his |her |their )?(?:view|hope|opinion|belief|"
    r"conviction|confidence|concern|certainty)|took the view|made it clear|drew attention to the fact|"
    r"called for efforts to ensure|"
    r"is (?:confident|convinced|certain|sure)|am (?:confident|convinced|certain|sure)|are "
    r"(?:confident|convinced|certain|sure)|share the (?:common )?view|"
    r"(?:want|wish|would like) to (?:repeat|stress|emphasi[sz]e|note|add|say|point out|remind you)|"
    r"say for sure|informed that|made sure|borne out by the fact|the fact is)"
    r"(?:,?\s(?:once again|again|in particular|in turn|also|to \w+ \w+|clearly|on [^,]{1,40}|in "
    r"[^,]{1,40}|yesterday|today))?,?\s"
    r"that,?\s(?P<rest>\S)"
)
# "X said he had ordered": news leaves "that" out. What follows must be a clause of its own, with subject and verb.
_BARE_SAY = ("said ", "says ", "say ", "claimed ", "claims ", "confirmed ", "announced ")
_BARE = re.compile(
    rf"^(?P<subject>[^\"“”:;]{{2,150}}?)\b(?P<verb>said|says|say|claimed|claims|confirmed|announced)\s"
    rf"(?=(?:he|she|they|we)\s\w|(?:the|a|an|its|his|her|their|it|there|both|all|at least|[A-Z][\w.'’-]*)\s"
    rf"(?:[\w.'’-]+,?\s){{0,6}}?(?:{_FIN})\s)(?P<rest>\S)"
)
# "X said [clause]" without "that" before a quotation or colon.
_COLON = re.compile(
    rf"^(?P<subject>[^\"“”:]{{0,160}}?)\b(?:{_SAY}|{_ACT})(?:[^\"“”:]{{0,60}})?[:,]\s*[\"“]?(?P<rest>\S)"
)
_LABEL = re.compile(r"^(?P<subject>[A-Z][\w.'’-]*(?:\s(?:of\s|and\s)?[A-Z][\w.'’-]*){0,9}):\s(?P<rest>\S)")
# "," he said. / ", according to X. at the end
_TAIL = re.compile(
    rf"[,!?.…][\"”]\s*,?\s*(?:-\s)?(?P<subject>[^\"“”]{{0,120}}?)\b(?:{_SAY}|{_ACT})\b[^\"“”]*$"
    rf"|,\s(?P<subject2>(?:he|she|they|(?-i:[A-Z])[\w.'’ -]{{2,60}}|(?:the|a|an|two|three|several|"
    rf"some)\s[\w.'’ -]{{3,50}}|"
    rf"officials|diplomats|analysts|experts|sources|witnesses|residents(?: of (?-i:[A-Z])[\w-]+)?|locals|police|"
    rf"authorities|monitors|aid workers|rebels|lawmakers)\s)"
    rf"(?:{_SAY})(?:\s(?:on|in|at|during|to)\b[^,]{{0,80}})?[.]?$"
    r"|,\s(?:according to|as reported by)\s(?P<subject3>[^,]{2,80})[.]?$",
    re.IGNORECASE,
)
_TAIL_WORDS = frozenset(
    word.encode() for word in {verb.split()[0] for verb in (*SAY, *ACT)} | {"according", "reported"}
)
_TAIL_MORE = re.compile(r"\b(?:adding|noting|stressing|emphasi[sz]ing|saying)\sthat\s(?P<rest>\S)", re.IGNORECASE)
_ACCORDING = re.compile(
    r"^(?:(?:and|but|at the same time),?\s)?(?:according to (?P<subject>[^,]{2,80}?)|in "
    r"(?P<subject2>his|her|their|[A-Z][\w'’]+'s) (?:opinion|view|words)|"
    r"as (?P<subject3>[A-Z][^,]{2,60}?) (?:noted|said|stressed|put it))(?:,\s(?P<more>today|now|in "
    r"particular|despite [^,]+))?,\s",
    re.IGNORECASE,
)
# A sentence that only says who said the rest, and where.
_PURE_FRAME = re.compile(
    rf"^(?:This|That|These words|It)\s(?:was|were|is)\s(?:\w+\s)?(?:{_PASSIVE}|stated|announced|"
    rf"said)\sby\b|^(?:The|This)?\s?[^,.]{{0,60}}\bsaid this\b",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"^(?:and|but|yet|so(?! far)|or|nor|also|thus|however|moreover|therefore|nevertheless|nonetheless|"
    r"furthermore|besides|indeed|meanwhile|"
    r"first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|additionally|consequently|similarly|"
    r"likewise|still|then|hence|instead|"
    r"actually|unfortunately|of course|in fact|in general|overall|in addition|in particular|in turn|"
    r"in response(?! to)|in this (?:regard|context|connection)|"
    r"in that (?:regard|context)|as a result|at the same time|after all|all the same|for (?:his|her|"
    r"its|their) part|that is why(?: I (?:openly )?say:?)?|"
    r"for example|for instance|on the other hand|on the one hand|to be sure|that said|even so|as such|"
    r"as i said|with this in mind|because|"
    r"against this background|among other things|it is for this reason that|considering "
    r"[^,]{3,60}(?=,)|given (?:this|these)[^,]{0,40}(?=,)|"
    r"i think(?: that)?|we believe that|i believe that|i (?:can )?say(?: for sure)? that|i "
    r"would like to (?:add|repeat|emphasi[sz]e) that|"
    r"i want to (?:repeat|stress|emphasi[sz]e|answer frankly:?)(?: that)?|what i hear is that|as is "
    r"known|and indeed|and,? indeed|"
    r"it is important that|it is very important that|like other [^,]{3,40}|for (?:Belarus|Russia)),?\s+",
    re.IGNORECASE,
)
# "BEIRUT (AP) - ", "TBILISI, Georgia -- ": where a report was sent from.
_DATELINE = re.compile(r"^[A-Z][A-Z .'’-]{2,30}(?:, [\w .]{2,24}?)?(?: \([\w ./]{2,20}\))? ?\s(?:-{1,2}|[—–])\s+(?=\S)")
# A long adverbial before the main clause sets the scene; the claim is the main clause.
_FRONTED = re.compile(
    rf"^(?:in (?:the|a) (?:follow-up|course|context|framework|light)|during|at the (?:request|meeting|"
    rf"beginning|end)|having|exchanging|"
    rf"on the (?:occasion|eve|sidelines)|regarding)\b[^,]*(?:,[^,]*)?,\s(?={_NOMINAL}\s)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"^(?:(?:while|although|though|whereas|even though|even if|given that|now that|as(?! (?:of|a|an|"
    r"well|for|part)\b))\s|(?P<with>with\s))",
    re.IGNORECASE,
)
# Places to cut: the clause after the cut starts at the end of the match.
# It begins with the few characters that can stand before a clause, so that the search leaps from one to the next.
_CUT = re.compile(
    rf"[;,:\s](?:(?<=;)\s+"
    rf"|(?:(?<=,)\s|(?<=\s))(?:(?:and|but|yet|nor|so)\s(?:,\s)?(?:indeed,\s)?(?:also\s|that\s|then\s)*(?={_NOMINAL}\s)"
    rf"|(?:and|but|or)\s(?:also\s|once again\s|then\s|now\s|has also\s)*(?=(?:{_FIN}|{_ACT}|called "
    rf"on|continues to)\b))"
    rf"|(?<=,)\s(?:while|whereas|although|though|because|since|as(?!\swell))\s"
    rf"|(?<=\s)(?:(?:because|while|whereas|although)\s(?={_NOMINAL}\s)|while\s(?=\w+ing\b))|(?<=:)\s(?=\(?1\))"
    rf"|(?<=,)\s(?:(?=with\s(?:[\w.,'’-]+\s){{1,9}}?\w+ing\s)"
    rf"|(?=(?:the|all|this|they|it|we|he|there)\s(?:\w+\s){{0,4}}?(?:is|are|was|were|has|have|will|"
    rf"hit|remains?|continues?)\b)"
    rf"|(?=(?:does|do|is|are|has|have|did)\snot\b)"
    rf"|(?:thus|thereby|adding that|noting that|stating that|stressing that|emphasi[sz]ing that)\s"
    rf"|(?=(?:which|who|something that|raising|leading|expressing|prompting|making|calling|warning|"
    rf"positioning|creating|causing|entailing|threatening|saying|demanding|urging|forcing|allowing|"
    rf"suggesting|signal+ing)\b)"
    rf"|(?:such as|including)\s(?=\w+\s(?:activities|actions|attacks)\b))"
    rf"|(?<=\s)(?:(?:-|–|—)\s(?={_NOMINAL}\s[^-–—]*\b(?:{_FIN})\b)"
    rf"|(?=due to\s))|(?<=,)\sas well as\s(?=(?:invite|trigger|cause|provoke|force|"
    rf"create|make|lead|raise|risk|bring|give|allow|help)\b))",
)
_HAS_FINITE = re.compile(rf"(?<![\w-])(?!may\s\d)(?:{_FIN}|{_ACT}|\w{{3,}}ed)(?![\w-])", re.IGNORECASE)
# Its words, for `_has_finite`.
_FINITE_WORDS = frozenset(word.encode() for word in (*FINITE, *ACT))
# Every byte that is no small letter becomes a space; every byte that is no part of a word or hyphen likewise.
_ONLY_LETTERS = bytes(c if 97 <= c <= 122 else 32 for c in range(256))
_ONLY_WORDS = bytes(c if c < 128 and (chr(c).isalnum() or chr(c) in "_-") else 32 for c in range(256))
# Finite for sure: not a noun ("support", "plan") nor a participle ("occupied").
_STRONG = re.compile(
    r"(?<![\w-])(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|do|"
    r"did|cannot|remains|remained|"
    r"continues|continued|needs|wants|seems|seemed|appears|became|becomes|began|begins|took|takes|"
    r"made|makes|gave|gives|came|comes|"
    r"went|goes|said|says|saw|knows|knew|shows|showed|means|led|leads|requires|supports|believes|"
    r"refuses|sent|sends|held|holds|"
    r"expects|hopes|intends|seeks|sought|faces|serves|uses|helps|allows|creates|poses|represents|"
    r"understands|depends|threatens|"
    r"calls|urges|agreed|stressed|noted|warned|rejects|survived|rose|rises|grew|fell|falls|kept|keeps|"
    r"brought|brings|proved|violates|"
    r"withdrew|fought|accuses|n't|cannot)(?![\w-])|n't\b|['’](?:s|re|ve|ll)\s\w+(?:ing|ed)\b"
)
# "Putin called Macron, expressing concern over ...": the subject of the sentence goes on speaking.
_SPEAKING = re.compile(r"(?:expressing|calling|warning|saying|demanding|urging|promising|threatening|noting|adding)\b")
_LEAD_NAME = re.compile(r"(?:[Tt]he\s)?[A-Z][\w.'’-]*(?:\s(?:of\s)?[A-Z][\w.'’-]*){0,5}")
_CONDITIONAL = re.compile(
    r"^(?:if|when|unless|until|after|before|once|should|had|every time|as long as)\b", re.IGNORECASE
)
# "The President of Ukraine also thanked ...": who performs a speech act, in the active voice.
_ACT_SUBJECT = re.compile(
    rf"^(?P<subject>(?:he|she|they|the|both|(?-i:[A-Z]))[^\"“”;:]{{0,110}}?)\s(?:also\s|once\s|again\s|"
    rf"then\s|in\sturn,?\s|further\s|has\s|have\s)*"
    rf"(?P<verb>{_ACT}|expressed|expressing|calling|warning|urging|demanding|{_SAY})\b",
    re.IGNORECASE,
)
# First words of its verbs, and how far into a clause one can end: a subject of 110 letters, adverbs, and the verb.
_ACT_WORDS = frozenset(
    verb.split()[0].encode()
    for verb in (*ACT, *SAY, "expressed", "expressing", "calling", "warning", "urging", "demanding")
)
_ACT_REACH = 220
_LEAD_VERB = re.compile(rf"^(?:{_FIN}|{_ACT})\b", re.IGNORECASE)
_ENDS_IN_TO = re.compile(r"\bto\s$")
_WISHES_TO = re.compile(r"\b(?:want|wish|like|important) to\s$")
_HOLDS_CLAUSE = re.compile(r"[;:]|\b(?:which|because|if|while)\b|, (?:and|but) ")
_RELATIVE = re.compile(r"(?:which|who|something that)\b")
_JOINS = re.compile(r"\b(?:because|while|whereas|although|though|since|as|thus|thereby)\b|that$")
_NEXT_CLAUSE = re.compile(r"\b(?:which|who|that|and)\b|,")
_FINITE_INSIDE = re.compile(r"\b(?:was|were|is|are|be|been|being|will|would|to|that|which|who|must|should)\b")
_WE = re.compile(r"(?:and |but )?(?:i|we)", re.IGNORECASE)
_OPEN = "\"“‘'«([ "
_CLOSE = "\"”’'») "
# Shorter spans cannot stand alone. [assumption]
_SHORTEST = 14


@dataclass(frozen=True, slots=True)
class Clause:
    """``text[start:end]`` can stand as a claim. ``speaker`` is the frame's subject, empty for the document's voice.

    ``part`` tells how it was cut: whole, frame, label (of a transcript), coordinate, subordinate, relative.
    """

    start: int
    end: int
    speaker: str = ""
    part: str = "whole"


QUIET = "quiet"
"""Part of a sentence that was not cut: the scan found nothing in it that could bear on anything."""


def read_clauses(
    text: str, paragraphs: list[list[Span]], *, quiet: Callable[[Span], bool] | None = None
) -> list[Clause]:
    """Claim spans of all paragraphs, in order, not overlapping.

    ``quiet`` tells sentences that hold no name, cue or word of force. Without a quotation or a verb of saying, such a
    sentence is not cut: it stands as one clause.
    In a transcript ("Ann Example: ...", at least twice) what follows a name is said by that person until the next.
    """
    labels = sum(bool(_LABEL.match(text[s.start : s.end])) for sentences in paragraphs for s in sentences)
    found: list[Clause] = []
    voice = ""
    for sentences in paragraphs:
        for clause in clauses_of(text, sentences, quiet=quiet):
            if clause.part == "label":
                voice = clause.speaker
            told = not clause.speaker and voice and labels >= 2
            found.append(replace(clause, speaker=voice) if told else clause)
    return found


def clauses_of(
    text: str, sentences: list[Span], *, quiet: Callable[[Span], bool] | None = None
) -> list[Clause]:
    """Claim spans of the sentences of one paragraph, each with the speaker its sentence or quotation names."""
    found: list[Clause] = []
    inside_quote = False
    pending: list[int] = []  # clauses of an open quotation that wait for the name of their speaker
    before: list[int] = []  # clauses of the last sentence, which "This was stated by ..." may be about
    for sentence in sentences:
        raw = text[sentence.start : sentence.end]
        opens = raw.count("“") + raw.count("”") + raw.count('"')
        if quiet is not None and not opens and not inside_quote and _says_nothing(raw) and quiet(sentence):
            pending, before = [], [len(found)]
            found.append(Clause(*_trim(text, sentence.start, sentence.end), part=QUIET))
            continue
        was_inside = inside_quote
        if opens % 2:
            inside_quote = not inside_quote
        pieces, tail_speaker = _sentence(text, sentence)
        quoted = was_inside or raw[:1] in '"“'
        first = len(found)
        found.extend(pieces)
        if quoted or tail_speaker:
            pending.extend(range(first, len(found)))
        if tail_speaker:
            for index in pending if pieces else (*pending, *before):
                if not found[index].speaker:
                    found[index] = replace(found[index], speaker=tail_speaker)
            pending = []
        elif not inside_quote and not was_inside:
            pending = [i for i in pending if i >= first]
        before = list(range(first, len(found))) if pieces else before
    return found


def _says_nothing(raw: str) -> bool:
    """Whether a sentence has no verb of saying, and no colon after which somebody could speak."""
    return ":" not in raw and _TAIL_WORDS.isdisjoint(_letters(raw))


def _letters(words: str) -> list[bytes]:
    """Runs of the letters a to z, in small letters: a third of the time of a regular expression."""
    return words.lower().encode("ascii", "replace").translate(_ONLY_LETTERS).split()


def _has_finite(part: str) -> bool:
    """Whether `_HAS_FINITE` matches somewhere; by the words alone where they tell."""
    low = part.lower()
    if not low.isascii():
        low = low.replace("“", " ").replace("”", " ").replace("’", " ' ")
        if not low.isascii():
            return _HAS_FINITE.search(part) is not None
    spaced = low.encode().translate(_ONLY_WORDS)
    words = spaced.split()
    if not _FINITE_WORDS.isdisjoint(words):
        # "May 5" is none: where "may" is the only one, what follows it decides.
        return _FINITE_WORDS.intersection(words) != {b"may"} or _HAS_FINITE.search(part) is not None
    if b"ed " in spaced or spaced.endswith(b"ed"):
        for word in words:
            if len(word) > 4 and word.endswith(b"ed") and b"-" not in word:
                return True
    return "'" in low and _HAS_FINITE.search(part) is not None


def _sentence(text: str, sentence: Span) -> tuple[list[Clause], str]:
    """Clauses of one sentence, and the speaker its closing frame names."""
    start, end = _trim(text, sentence.start, sentence.end)
    body = text[start:end]
    if len(body) < 320 and _is_pure_frame(body) and not re.search(r"[\"“]\w[^\"”]{40,}", body):
        return [], _subject(body)
    speaker = tail_speaker = ""
    extra: list[Clause] = []
    tail = None
    if (", " in body or "”" in body or '"' in body) and not _TAIL_WORDS.isdisjoint(_letters(body)):
        tail = _TAIL.search(body)
    if tail and tail.start() > _SHORTEST:
        tail_speaker = speaker = (
            tail.group("subject") or tail.group("subject2") or tail.group("subject3") or ""
        ).strip(" ,-")
        more = _TAIL_MORE.search(body, tail.start())
        if more:
            extra = [Clause(*_trim(text, start + more.start("rest"), end), speaker=speaker, part="frame")]
        start, end = _trim(text, start, start + tail.start())
    found = _split(text, start, end, speaker, "whole")
    return [c for c in [*found, *extra] if c.end - c.start >= _SHORTEST], tail_speaker


def _is_pure_frame(body: str) -> bool:
    low = body.lower()
    return ("by" in low or "said this" in low) and _PURE_FRAME.match(body) is not None


def _subject(frame: str) -> str:
    found = re.search(r"\bby\s([^,]{3,90}?)(?:\s(?:during|in|at|on|to|following|after)\b|[,.]|$)", frame)
    if found:
        return found.group(1)
    found = re.match(r"(?:The\s)?([^,.]{3,60}?)\ssaid this", frame)
    return found.group(1) if found else ""


def _strip_lead(text: str, start: int, end: int) -> tuple[int, int, str, str]:
    """Take markers, frames and openings off the front; returns the span, the speaker and the part."""
    speaker, part = "", ""
    for _ in range(5):
        start, end = _trim(text, start, end)
        body = text[start:end]
        marker = _MARKER.match(body) or _DATELINE.match(body)
        if marker and len(body) - marker.end() >= _SHORTEST:
            start += marker.end()
            continue
        according = _ACCORDING.match(body) if ", " in body else None
        if according:
            speaker = next(
                (
                    g
                    for g in (according.group("subject"), according.group("subject2"), according.group("subject3"))
                    if g
                ),
                "",
            )
            more = according.start("more") if (according.group("more") or "").startswith("despite") else -1
            start += more if more > 0 else according.end()
            part = "frame"
            continue
        fronted = _FRONTED.match(body) if ", " in body else None
        if fronted and fronted.end() > 0.35 * len(body):
            start += fronted.end()
            continue
        # Each pattern is tried only where its telling character or word occurs: most clauses hold neither.
        frame = _FRAME.match(body) if " that" in body else None
        if frame is None and any(word in body for word in _BARE_SAY):
            frame = _BARE.match(body)
        if frame is None and ": " in body:
            frame = _LABEL.match(body)
        if frame and len(body) - frame.start("rest") >= _SHORTEST and _is_frame(frame):
            subject = frame.group("subject").strip(" ,")
            # "We believe that" inside a quotation: the quotation's own speaker.
            speaker = "" if _WE.fullmatch(subject) else subject
            part = "label" if frame.re is _LABEL else "frame"
            start += frame.start("rest")
            continue
        colon = _COLON.match(body) if ":" in body or "“" in body or '"' in body else None
        if colon and body[colon.start("rest") - 1] in '"“' and len(body) - colon.start("rest") >= _SHORTEST:
            speaker, part = colon.group("subject").strip(" ,"), "frame"
            start += colon.start("rest")
            continue
        break
    return start, end, speaker, part


def _is_frame(frame: re.Match[str]) -> bool:
    """A frame's subject is short and holds no clause of its own; "agreed that" of two sides is an event."""
    subject = frame.group("subject")
    if len(subject) > 110 and subject.count(",") > 2:
        return False
    if subject.rstrip(" ,").endswith((" and", " but")):
        return False  # "denied any plan and said": two predicates, cut apart later
    if _ENDS_IN_TO.search(subject) and not _WISHES_TO.search(subject):
        return False  # "too early to say that" is part of the claim
    return not _HOLDS_CLAUSE.search(subject)


def _split(text: str, start: int, end: int, speaker: str, part: str) -> list[Clause]:
    start, end, found_speaker, found_part = _strip_lead(text, start, end)
    speaker, part = found_speaker or speaker, found_part or part
    body = text[start:end]
    subordinate = _SUBORDINATE.match(body)
    if subordinate:
        comma = _with_comma(body) if subordinate.group("with") else _main_comma(body, subordinate.end())
        if comma > 0:
            keep = start if subordinate.group("with") else start + subordinate.end()
            first = Clause(*_trim(text, keep, start + comma), speaker=speaker, part="subordinate")
            return [first, *_split(text, start + comma + 1, end, speaker, "whole")]
    for cut in _CUT.finditer(body):
        left, right = body[: cut.start()], body[cut.end() :]
        if not _stands(left, right, cut.group()):
            continue
        a, b = _trim(text, start, start + cut.start())
        head = [Clause(a, b, speaker=speaker, part=part)]
        kind = "relative" if _RELATIVE.match(right) else "coordinate"
        after = start + cut.end()
        if right.startswith("with ") and not cut.group().strip(" ,"):
            after += len("with ")  # "with the minister calling for ...": the minister is the subject
        voice = speaker
        if not speaker and _SPEAKING.match(right) and (subject := _LEAD_NAME.match(left)):
            voice = subject.group()
        return [*head, *_split(text, after, end, voice, kind)]
    return [Clause(start, end, speaker=speaker, part=part)]


def act_subject(quote: str) -> str:
    """Subject of the speech act that a claim reports in its own words, empty when it reports none."""
    if _ACT_WORDS.isdisjoint(_letters(quote[:_ACT_REACH])):
        return ""
    found = _ACT_SUBJECT.match(quote)
    if not found:
        return ""
    subject = found.group("subject")
    if _FINITE_INSIDE.search(subject):
        return ""
    return subject


def _main_comma(body: str, after: int) -> int:
    """Where the main clause of "While X, Y" starts: the first comma followed by a clause."""
    for comma in re.finditer(r",\s", body[after:]):
        at = after + comma.start()
        rest = body[at + 2 :]
        if _has_finite(body[after:at]) and _has_finite(rest) and len(rest) > 25:
            return at
    return -1


_MAIN = re.compile(
    rf", (?!as well as|such as|including|where|which|who)(?={_NOMINAL}\s(?:[\w'’-]+\s){{0,9}}?(?:{_FIN})\b)"
)


def _with_comma(body: str) -> int:
    """Where the main clause after a fronted "With X and Y, ..." starts."""
    found = _MAIN.search(body, 40)
    return found.start() if found and len(body) - found.end() > 25 else -1


def _stands(left: str, right: str, cut: str) -> bool:
    """Whether both sides of a cut can stand as claims."""
    if len(left.strip(_OPEN)) < 22 or len(right.strip(_CLOSE)) < 22:
        return False
    if left.count("(") != left.count(")"):
        return False
    if cut.startswith(";"):
        return True
    word = cut.strip(" ,")
    if not word and right.startswith("due to"):
        return len(right) > 55 and len(left) > 55 and _has_finite(left)
    if not word and _CONDITIONAL.match(left):
        return False  # "If X, Y" is one claim
    if not word:
        return _has_finite(left) and len(right) > 30 and not left.rstrip().endswith((",", " and"))
    if not _has_finite(left):
        return False
    if _JOINS.search(word):
        return _has_finite(right[:120]) or word in ("thus", "thereby")
    if _LEAD_VERB.match(right):
        return len(left) > 35 and len(right) > 35
    # ", and the minister will ...": a verb must come soon, and not inside a relative clause or after a comma.
    head = _NEXT_CLAUSE.split(right.removeprefix("that "), maxsplit=1)[0][:80]
    if not _STRONG.search(head):
        return False
    reported = left.rpartition(" that ")[2]
    if reported != left and not cut.startswith(",") and not _STRONG.search(reported):
        return False  # "that our country and its security will not be discussed": one subject
    if cut.startswith(",") or word.startswith("but") or word.endswith("that"):
        return True
    return len(left) > 60 and bool(_STRONG.search(left))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without quotes, brackets and white space at the ends; a full stop inside stays with its sentence."""
    while start < end and text[start] in _OPEN + "\n\t,*–—-":
        start += 1
    while end > start and (text[end - 1] in '"“” \n\t,;:*–—-' or (text[end - 1] == ")" and "(" not in text[start:end])):
        end -= 1
    return start, end
