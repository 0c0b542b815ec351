"""The watch service: what is watched, how far it has come, alerts, and the outbox of what is to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vedette.stores.migrations import triggers
from vedette.stores.schema import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DROPS = (
    "watch_messages", "watch_covered", "watch_alerts", "watch_items", "watch_sources", "watch_cases", "watches",
)  # fmt: skip
"""What going back removes."""

APPEND_ONLY = ("watch_alerts", "watch_covered")

# The words of a forgotten document go from the alerts that told it, exactly as a tombstone names it.
FORGOTTEN = (
    "EXISTS (SELECT 1 FROM tombstones t WHERE t.case_id = OLD.case_id AND t.kind = 'alert' "
    "AND t.record_id LIKE OLD.key || '/%' AND t.replacement = NEW.record) "
    "AND NEW.seq = OLD.seq AND NEW.key = OLD.key AND NEW.case_id = OLD.case_id AND NEW.kind = OLD.kind"
)


def upgrade() -> None:
    """Create the tables; alerts and what they covered are append-only."""
    _state()
    op.create_table(
        "watch_alerts",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_watch_alerts"),
        sa.UniqueConstraint("key", name="uq_watch_alerts_key"),
    )
    op.create_index("ix_watch_alerts_case_id", "watch_alerts", ["case_id"])
    op.create_table(
        "watch_covered",
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("cover", sa.String(64), nullable=False),
        sa.Column("alert", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "cover", name="pk_watch_covered"),
    )
    op.create_table(
        "watch_messages",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(120), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("alerts", sa.Text, nullable=False),
        sa.Column("digest", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try", UtcDateTime, nullable=True),
        sa.Column("sent_at", UtcDateTime, nullable=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_watch_messages"),
        sa.UniqueConstraint("key", "channel", name="uq_watch_messages_key"),
    )
    op.create_index("ix_watch_messages_due", "watch_messages", ["state", "not_before"])
    for table in APPEND_ONLY:
        triggers.refuse(table)
    triggers.allow("watch_alerts", "UPDATE", FORGOTTEN)


def _state() -> None:
    op.create_table(
        "watches",
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "source", name="pk_watches"),
    )
    op.create_table(
        "watch_cases",
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("rule", sa.Text, nullable=True),
        sa.Column("told", sa.Text, nullable=True),
        sa.Column("stamp", sa.String(200), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_watch_cases"),
    )
    op.create_table(
        "watch_sources",
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_watch_sources"),
    )
    op.create_table(
        "watch_items",
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("id", sa.String(1000), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("document_id", sa.String(120), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("first_seen", UtcDateTime, nullable=False),
        sa.Column("retry_at", UtcDateTime, nullable=True),
        sa.PrimaryKeyConstraint("case_id", "source", "id", name="pk_watch_items"),
    )
    op.create_index("ix_watch_items_state", "watch_items", ["case_id", "state"])


def downgrade() -> None:
    """Remove all of it: what is watched and what was told would have to be said again."""
    triggers.allow_no_more("watch_alerts")
    for table in DROPS:
        op.drop_table(table)
