"""Sign-in lists on their way to being recorded.

Revision ID: 0018_sign_in_lists
Revises: 0017_evidence_of_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_sign_in_lists"
down_revision = "0017_evidence_of_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the lists."""
    op.create_table(
        "sign_in_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sign_in_list_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_list")),
    )
    op.create_index("ix_sign_in_list_account_id", "sign_in_list", ["account_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sign_in_list")
