"""Tombstones: the one way by which recorded text may go, and triggers that allow exactly that.

A record can be replaced only by the text its tombstone names, and bytes can go only when no document refers to them.
Everything else stays refused. The tombstones themselves are append-only.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vedette.stores.migrations import triggers
from vedette.stores.schema import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DROPS = ("tombstones",)
"""What going back removes."""

# What a change of a row must satisfy, over OLD and NEW; anything else is refused. "t" is a tombstone.
_OF = "SELECT 1 FROM tombstones t WHERE t.case_id = OLD.case_id AND t.document_id = {document}"
ALLOWED = {
    ("documents", "UPDATE"): (
        "EXISTS (" + _OF.format(document="OLD.id") + " AND t.kind = 'document' AND t.replacement = NEW.record) "
        "AND NEW.seq = OLD.seq AND NEW.case_id = OLD.case_id AND NEW.id = OLD.id AND NEW.content IS NULL"
    ),
    ("evidence", "UPDATE"): (
        "EXISTS (SELECT 1 FROM tombstones t WHERE t.case_id = OLD.case_id AND t.kind = 'evidence' "
        "AND t.record_id = OLD.id AND t.replacement = NEW.record) "
        "AND NEW.seq = OLD.seq AND NEW.case_id = OLD.case_id AND NEW.id = OLD.id AND NEW.status = OLD.status"
    ),
    ("contents", "DELETE"): (
        "EXISTS (SELECT 1 FROM tombstones) AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.content = OLD.sha256)"
    ),
    ("story_documents", "UPDATE"): (
        "EXISTS (" + _OF.format(document="OLD.document_id") + ") AND NEW.document_seq = OLD.document_seq "
        "AND NEW.case_id = OLD.case_id AND NEW.document_id = OLD.document_id AND length(NEW.sketch) = 0"
    ),
    ("story_anchors", "DELETE"): (
        "EXISTS (SELECT 1 FROM tombstones t JOIN documents d ON d.case_id = t.case_id AND d.id = t.document_id "
        "WHERE t.case_id = OLD.case_id AND d.seq = OLD.document_seq)"
    ),
}


def upgrade() -> None:
    """Create the table, make it append-only, and let each of the five triggers make its one exception."""
    op.create_table(
        "tombstones",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("document_id", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("record_id", sa.String(120), nullable=False),
        sa.Column("replacement", sa.Text, nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_tombstones"),
        sa.UniqueConstraint("case_id", "kind", "record_id", name="uq_tombstones_case_id"),
    )
    triggers.refuse("tombstones")
    for (table, verb), condition in ALLOWED.items():
        triggers.allow(table, verb, condition)


def downgrade() -> None:
    """Refuse every change again, and remove the table."""
    for table, _ in ALLOWED:
        triggers.allow_no_more(table)
    for table in DROPS:
        op.drop_table(table)
