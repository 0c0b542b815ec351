"""Find the evidence of a document, and the reviews of an item, without reading all of a case."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DROPS: tuple[str, ...] = ()
"""What going back removes."""


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_evidence_document", "evidence", ["case_id", "document_id"])
    op.create_index("ix_reviews_item", "reviews", ["case_id", "evidence_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_reviews_item", table_name="reviews")
    op.drop_index("ix_evidence_document", table_name="evidence")
