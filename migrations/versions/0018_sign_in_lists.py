"""Sign-in lists on their way to being recorded; when somebody last looked, and what was entered when.

Revision ID: 0018_sign_in_lists
Revises: 0017_evidence_of_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_sign_in_lists"
down_revision = "0017_evidence_of_requests"
branch_labels = None
depends_on = None

ENTERED = "ix_completion_entry_entered_at"


def upgrade() -> None:
    """Make room for the lists and the moment, and find what was entered since one."""
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
    op.add_column("last_look", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(ENTERED, "completion_entry", ["entered_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index(ENTERED, "completion_entry")
    op.drop_column("last_look", "looked_at")
    op.drop_table("sign_in_list")
