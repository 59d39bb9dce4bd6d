"""Targets of units, and what somebody saw when she last looked.

Revision ID: 0008_targets
Revises: 0007_terms
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_targets"
down_revision = "0007_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("requirement_code", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_target_percent_is_a_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("unit_code", "requirement_code", name=op.f("uq_target_unit_code_requirement_code")),
    )
    op.create_table(
        "last_look",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_last_look_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_last_look")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("last_look")
    op.drop_table("target")
