"""Answers to requests with a key of their own, so that sending one twice does it once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vedette.stores.schema import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DROPS = ("answers",)
"""What going back removes."""

MADE_AGAIN = True
"""Nothing recorded is lost: a program that repeats an old request after going back may do it twice."""


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "answers",
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("who", "key", name="pk_answers"),
    )


def downgrade() -> None:
    """Remove it."""
    for table in DROPS:
        op.drop_table(table)
