"""The claims that wait for a decision, kept apart from those that are decided.

Revision ID: 0020_waiting_claims
Revises: 0019_held_back
"""

import sqlalchemy as sa
from alembic import op

revision = "0020_waiting_claims"
down_revision = "0019_held_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and keep what waits now."""
    op.create_table(
        "waiting_claim",
        sa.Column("completion_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_waiting_claim_completion_id_completion")
        ),
        sa.PrimaryKeyConstraint("completion_id", name=op.f("pk_waiting_claim")),
    )
    op.execute(
        "INSERT INTO waiting_claim (completion_id) SELECT id FROM completion"
        " WHERE state = 'claimed'"
        " AND course IN (SELECT code FROM module WHERE evidence = 'verification' UNION SELECT equivalent.code"
        " FROM equivalent JOIN module ON module.id = equivalent.module_id WHERE module.evidence = 'verification')"
        " AND NOT EXISTS (SELECT 1 FROM completion AS later WHERE later.corrects_id = completion.id)"
    )


def downgrade() -> None:
    """Drop it: it follows from the facts."""
    op.drop_table("waiting_claim")
