"""Tables of the workspace: the same on SQLite and PostgreSQL.

Records are kept as the JSON their codec writes; the other columns are copies of fields that are searched by.
Nothing here is ever updated except ``ledger_head`` and the state of the watch service: a change is a new row.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware UTC instants. SQLite stores no time zone and gives naive values back: it is put on again here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse a naive value: it would silently be read as UTC later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Give back an aware UTC value whatever the backend returned."""
        if value is None:
            return None
        stamp: dt.datetime = value
        return stamp.replace(tzinfo=dt.UTC) if stamp.tzinfo is None else stamp.astimezone(dt.UTC)


# Names for constraints, so that a later migration can refer to them on every backend.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

cases = Table(
    "cases",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(120), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("deadline", String(10), nullable=False),
    Column("record", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("id", "version"),
)

contents = Table(
    "contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("compressed", LargeBinary, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("id", String(120), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", String(64), ForeignKey("contents.sha256"), nullable=True),
    Column("available_at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "id"),
    UniqueConstraint("case_id", "sha256", name="uq_documents_case_content"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("id", String(120), nullable=False),
    Column("document_id", String(120), nullable=True),
    Column("available_at", UtcDateTime, nullable=False, index=True),
    Column("status", String(20), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("confidence", Float, nullable=True),
    Column("record", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "id"),
    ForeignKeyConstraint(["case_id", "document_id"], ["documents.case_id", "documents.id"]),
    Index("ix_evidence_document", "case_id", "document_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("evidence_id", String(120), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
    ForeignKeyConstraint(["case_id", "evidence_id"], ["evidence.case_id", "evidence.id"]),
    Index("ix_reviews_item", "case_id", "evidence_id"),
)

# Where a document stands among the stories of its case, and what recognises copies of it.
story_documents = Table(
    "story_documents",
    metadata,
    Column("document_seq", Integer, ForeignKey("documents.seq"), primary_key=True, autoincrement=False),
    Column("case_id", String(120), nullable=False),
    Column("document_id", String(120), nullable=False),
    Column("story", String(120), nullable=False),
    Column("relation", String(20), nullable=False),
    Column("matched", String(120), nullable=False),
    Column("share", Float, nullable=False),
    Column("words", BigInteger, nullable=False),
    Column("shingles", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "document_id"),
    Index("ix_story_documents_order", "case_id", "document_seq"),
)

# The key is the whole row, in the order it is looked up by.
story_anchors = Table(
    "story_anchors",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("anchor", BigInteger, primary_key=True, autoincrement=False),
    Column("document_seq", Integer, ForeignKey("documents.seq"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

judgments = Table(
    "judgments",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("id", String(120), nullable=False),
    Column("analyst", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("case_id", "id"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("question", String(160), nullable=False, index=True),
    Column("record", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("recorded_at", UtcDateTime, nullable=False),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    # One row. It makes entries cut off the end of the ledger visible, and is the row writers queue on.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)

# What was forgotten: the record that stands in place of the one that held text, and a salted digest by which whoever
# has the file can show that it was this one.
tombstones = Table(
    "tombstones",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(120), nullable=False),
    Column("document_id", String(120), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("record_id", String(120), nullable=False),
    Column("replacement", Text, nullable=False),
    Column("salt", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("case_id", "kind", "record_id"),
)

# The watch service: what is watched, how far it has come, and the outbox of what is to be told. Its own state changes
# in place; the alerts do not.
watches = Table(
    "watches",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("source", String(1000), primary_key=True),
    Column("record", Text, nullable=False),
)

watch_cases = Table(
    "watch_cases",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("rule", Text, nullable=True),
    Column("told", Text, nullable=True),
    Column("stamp", String(200), nullable=False),
    Column("as_of", String(10), nullable=False),
)

watch_sources = Table(
    "watch_sources",
    metadata,
    Column("source", String(1000), primary_key=True),
    Column("record", Text, nullable=False),
)

watch_items = Table(
    "watch_items",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("source", String(1000), primary_key=True),
    Column("id", String(1000), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("document_id", String(120), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("retry_at", UtcDateTime, nullable=True),
    Index("ix_watch_items_state", "case_id", "state"),
)

watch_alerts = Table(
    "watch_alerts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("case_id", String(120), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
)

# Each single thing that was told, so that no second alert can tell it.
watch_covered = Table(
    "watch_covered",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("cover", String(64), primary_key=True),
    Column("alert", String(64), nullable=False),
)

watch_messages = Table(
    "watch_messages",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False),
    Column("channel", String(120), nullable=False),
    Column("case_id", String(120), nullable=False),
    Column("alerts", Text, nullable=False),
    Column("digest", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", UtcDateTime, nullable=True),
    Column("sent_at", UtcDateTime, nullable=True),
    Column("why", Text, nullable=False),
    UniqueConstraint("key", "channel"),
    Index("ix_watch_messages_due", "state", "not_before"),
)

# Who works here. Only hashes of passwords and keys are stored.
accounts = Table(
    "accounts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("disabled", Integer, nullable=False),
    Column("password", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("accounts.name"), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("account", String(64), ForeignKey("accounts.name"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("scopes", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
)

# No key to accounts: a case may be shared with everybody, and a bundled case has no row of its own.
shares = Table(
    "shares",
    metadata,
    Column("case_id", String(120), primary_key=True),
    Column("account", String(64), primary_key=True, index=True),
    Column("access", String(20), nullable=False),
)

comments = Table(
    "comments",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("case_id", String(120), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("author", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_comments_case", "case_id", "subject"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("case_id", String(120), nullable=False, index=True),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("request", String(64), nullable=False),
)

# Answers to requests with a key of their own: sending one twice does it once.
answers = Table(
    "answers",
    metadata,
    Column("who", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

APPEND_ONLY = (
    "cases", "contents", "documents", "evidence", "reviews", "judgments", "ledger", "story_documents", "story_anchors",
    "tombstones", "watch_alerts", "watch_covered", "comments", "audit",
)  # fmt: skip
"""Tables whose rows are refused UPDATE and DELETE by triggers; text named by a tombstone is the one exception."""
