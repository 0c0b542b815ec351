"""The first tables, and triggers that refuse to change or delete what was recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vedette.stores.migrations import triggers
from vedette.stores.schema import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DROPS = ("ledger_head", "ledger", "judgments", "reviews", "evidence", "documents", "contents", "cases")
"""What going back removes; the order respects what refers to what."""

APPEND_ONLY = ("cases", "contents", "documents", "evidence", "reviews", "judgments", "ledger")


def _key() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, nullable=False, autoincrement=True)


def _cases_and_documents() -> None:
    op.create_table(
        "cases",
        _key(),
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("deadline", sa.String(10), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_cases"),
        sa.UniqueConstraint("id", "version", name="uq_cases_id"),
    )
    op.create_index("ix_cases_id", "cases", ["id"])
    op.create_table(
        "contents",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("compressed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_contents"),
    )
    op.create_table(
        "documents",
        _key(),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=True),
        sa.Column("available_at", UtcDateTime, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_documents"),
        sa.UniqueConstraint("case_id", "id", name="uq_documents_case_id"),
        sa.UniqueConstraint("case_id", "sha256", name="uq_documents_case_content"),
        sa.ForeignKeyConstraint(["content"], ["contents.sha256"], name="fk_documents_content_contents"),
    )


def _evidence_and_opinions() -> None:
    op.create_table(
        "evidence",
        _key(),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("document_id", sa.String(120), nullable=True),
        sa.Column("available_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("confidence", sa.Float, nullable=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_evidence"),
        sa.UniqueConstraint("case_id", "id", name="uq_evidence_case_id"),
        sa.ForeignKeyConstraint(
            ["case_id", "document_id"], ["documents.case_id", "documents.id"], name="fk_evidence_case_id_documents"
        ),
    )
    op.create_index("ix_evidence_available_at", "evidence", ["available_at"])
    op.create_index("ix_evidence_status", "evidence", ["status"])
    op.create_table(
        "reviews",
        _key(),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("evidence_id", sa.String(120), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_reviews"),
        sa.ForeignKeyConstraint(
            ["case_id", "evidence_id"], ["evidence.case_id", "evidence.id"], name="fk_reviews_case_id_evidence"
        ),
    )
    op.create_table(
        "judgments",
        _key(),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("analyst", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_judgments"),
        sa.UniqueConstraint("case_id", "id", name="uq_judgments_case_id"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("question", sa.String(160), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
        sa.UniqueConstraint("digest", name="uq_ledger_digest"),
    )
    op.create_index("ix_ledger_question", "ledger", ["question"])
    head = op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": "0" * 64}])


def upgrade() -> None:
    """Create everything."""
    _cases_and_documents()
    _evidence_and_opinions()
    _ledger()
    triggers.make_function()
    for table in APPEND_ONLY:
        triggers.refuse(table)


def downgrade() -> None:
    """Back to an empty database. The caller has made sure that nothing recorded is lost unasked."""
    for table in DROPS:
        op.drop_table(table)
    triggers.drop_function()
