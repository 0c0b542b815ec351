"""Stories: where each document stands, and the anchors by which copies are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vedette.stores.migrations import triggers
from vedette.stores.schema import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DROPS = ("story_anchors", "story_documents")
"""What going back removes."""

MADE_AGAIN = True
"""Nothing is lost by removing them."""

APPEND_ONLY = ("story_documents", "story_anchors")


def upgrade() -> None:
    """Create the two tables and the triggers that refuse changes."""
    op.create_table(
        "story_documents",
        sa.Column("document_seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("document_id", sa.String(120), nullable=False),
        sa.Column("story", sa.String(120), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("matched", sa.String(120), nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("words", sa.BigInteger, nullable=False),
        sa.Column("shingles", sa.Integer, nullable=False),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("document_seq", name="pk_story_documents"),
        sa.UniqueConstraint("case_id", "document_id", name="uq_story_documents_case_id"),
        sa.ForeignKeyConstraint(
            ["document_seq"], ["documents.seq"], name="fk_story_documents_document_seq_documents"
        ),
    )
    op.create_index("ix_story_documents_order", "story_documents", ["case_id", "document_seq"])
    op.create_table(
        "story_anchors",
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("anchor", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("document_seq", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("case_id", "anchor", "document_seq", name="pk_story_anchors"),
        sa.ForeignKeyConstraint(["document_seq"], ["documents.seq"], name="fk_story_anchors_document_seq_documents"),
        sqlite_with_rowid=False,
    )
    for table in APPEND_ONLY:
        triggers.refuse(table)


def downgrade() -> None:
    """Remove both; they are made again from the documents when they are next needed."""
    for table in DROPS:
        op.drop_table(table)
