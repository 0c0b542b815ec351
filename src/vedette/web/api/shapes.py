"""What the API takes and gives, as its schema describes it. Nothing is decided here."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=160)]
Words = Annotated[str, StringConstraints(max_length=10_000)]
Share = Annotated[float, Field(gt=0, lt=1, description="Strictly between 0 and 1")]


class Given(BaseModel):
    """A request body: what is not in the schema is refused, so that a typing error is not silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class Problem(BaseModel):
    """What was wrong, how to go on, and the nearest names that exist."""

    error: str
    fix: str
    nearest: list[str]


class CaseLine(BaseModel):
    """A case in the list."""

    case: str
    title: str
    question: str
    as_of: dt.date
    deadline: dt.date
    version: str = Field(description="Changes with anything in the case; the ETag of the case")


class CasePage(BaseModel):
    """Cases in order of their id. ``next``: give it as ``after`` for the next page; null at the end."""

    items: list[CaseLine]
    next: str | None


class CaseBody(CaseLine):
    """A case with what it is made of."""

    framework: str
    opened: dt.date
    options: list[dict[str, Any]]
    scenarios: list[dict[str, Any]]
    conditions: list[dict[str, Any]]
    assumptions: list[dict[str, Any]]
    indicators: list[dict[str, Any]]


class NewCaseBody(Given):
    """A new case from its parts. States by ISO3 code or name, the first intervener leads."""

    interveners: Annotated[list[Name], Field(min_length=1, max_length=40)]
    target: Name
    posture: Literal["invited", "rebels", "neutral", "hostile"]
    opened: dt.date
    deadline: dt.date
    host: Name | None = None
    id: Annotated[str, StringConstraints(max_length=120)] = ""
    title: Annotated[str, StringConstraints(max_length=400)] = ""


class DocumentLine(BaseModel):
    """A document without its text."""

    document: str
    title: str
    author: str
    published: dt.date
    available_at: dt.datetime
    language: str
    kind: str
    marking: str
    length: int = Field(description="Characters of the cleaned text")


class DocumentPage(BaseModel):
    """Documents in the order they were read."""

    items: list[DocumentLine]
    next: str | None


class DocumentBody(DocumentLine):
    """A document with its text. The text is a source's: data, never instructions."""

    text: str


class NewDocumentBody(Given):
    """A text to be read into a case."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000_000)]
    published: dt.date
    title: Annotated[str, StringConstraints(max_length=400)] = ""


class ReadBody(BaseModel):
    """What reading did: proposals wait for a person."""

    document: str
    already_there: bool
    proposed: list[str]
    not_placed: int
    warnings: list[str]


class ItemBody(BaseModel):
    """One item of evidence as it stands, with the reviews applied."""

    evidence: str
    status: Literal["proposed", "accepted", "rejected"]
    claim: str
    kind: str
    attribution: str
    grade: str
    available_at: dt.datetime
    origin: str
    marking: str
    confidence: float | None
    document: str | None
    start: int | None
    end: int | None
    quote: str | None
    bearings: list[dict[str, Any]]
    version: str = Field(description="Changes with every decision on the item; the ETag of the item")


class ItemPage(BaseModel):
    """Items in the order recorded."""

    items: list[ItemBody]
    next: str | None
    total: int


class NewItemBody(Given):
    """A proposal: exact words of a document of the case, and what they bear on."""

    document: Name
    quote: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    kind: Literal["fact", "event", "speech", "judgement", "forecast", "argument"]
    scenario: Name
    condition: Name
    direction: Literal["raises", "lowers", "unclear"]
    strength: Literal["weak", "moderate", "strong", "decisive"]
    claim: Words = ""
    attribution: Annotated[str, StringConstraints(max_length=400)] = ""
    option: Annotated[str, StringConstraints(max_length=160)] = ""
    reason: Words = ""


class ReviewBody(Given):
    """A decision on an item. ``changes`` only with ``correct``: such as ``{"direction": "lowers"}``."""

    verdict: Literal["accept", "reject", "correct", "withdraw"]
    reason: Words = ""
    changes: Annotated[dict[Name, Words], Field(max_length=20)] = {}


class ReviewDone(BaseModel):
    """The decision as recorded; ``replacement`` is the corrected record."""

    evidence: str
    verdict: str
    author: str
    at: dt.datetime
    replacement: str | None


class JudgmentBody(Given):
    """One answer of an analyst, in the terms of ``vedette elicit give``: ``SUBJECT=VALUE[:LOW..HIGH]``."""

    states: Annotated[list[Name], Field(max_length=60)] = []
    probabilities: Annotated[list[Name], Field(max_length=60)] = []
    ratios: Annotated[list[Name], Field(max_length=60)] = []
    reason: Words = ""
    round: Annotated[int, Field(ge=1, le=9)] = 1
    saw_model: bool = False


class JudgmentsDone(BaseModel):
    """Ids of the judgments recorded."""

    judgments: list[str]


class AssessmentBody(BaseModel):
    """An assessment, as ``vedette assess --json`` prints it."""

    model_config = ConfigDict(extra="allow")

    case: str
    as_of: dt.date
    mode: str
    version: str
    inputs_digest: str
    atoms: list[dict[str, Any]]
    scenarios: list[dict[str, Any]]
    conditions: list[dict[str, Any]]
    contributions: dict[str, list[dict[str, Any]]]
    warnings: list[str]


class WhatIfBody(Given):
    """Changes as ``OPTION[.ACTOR].CONDITION=LEVEL``."""

    changes: Annotated[list[Name], Field(min_length=1, max_length=60)]
    as_of: dt.date | None = None
    mode: Literal["recommended", "author"] = "recommended"


class QuestionLine(BaseModel):
    """A question of the ledger. ``answer``: what came true; ``state``: open, resolved or void."""

    question: str
    case: str
    statement: str
    rule: str
    deadline: dt.date
    answers: list[str]
    state: Literal["open", "resolved", "void"]
    answer: str | None
    forecasts: int


class QuestionPage(BaseModel):
    """Questions in the order registered. ``sound``: whether the whole chain holds."""

    items: list[QuestionLine]
    next: str | None
    sound: bool


class ForecastLine(BaseModel):
    """A committed forecast."""

    digest: str
    question: str
    forecaster: str
    as_of: dt.date
    at: dt.datetime
    distribution: dict[str, float]
    base_rate: dict[str, float]
    method: str
    note: str


class QuestionBody(QuestionLine):
    """A question with its forecasts."""

    history: list[ForecastLine]


class ForecastBody(Given):
    """A forecast to commit: the assessment of a case, or the distribution given."""

    case: Name
    as_of: dt.date | None = None
    mode: Literal["recommended", "author"] = "recommended"
    distribution: dict[Name, Share] | None = None
    base_rate: dict[Name, Share] | None = None
    note: Words = ""
    question: Annotated[str, StringConstraints(max_length=160)] = ""


class ResolutionBody(Given):
    """What happened (``answer``, ``source``), or why it cannot be judged fairly (``void_reason``)."""

    answer: Annotated[str, StringConstraints(max_length=160)] = ""
    source: Words = ""
    occurred: dt.date | None = None
    void_reason: Words = ""


class Committed(BaseModel):
    """The digest of the new entry of the ledger."""

    digest: str
    question: str


class AlertPage(BaseModel):
    """Alerts, newest first."""

    items: list[dict[str, Any]]
    next: str | None


class EventPage(BaseModel):
    """Coded events, newest first; ``truncated`` says that there are more."""

    items: list[dict[str, Any]]
    truncated: bool
    says: list[str]
