"""Evidence and reflections that belong to completions.

Revision ID: 0005_evidence
Revises: 0004_messages
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_evidence"
down_revision = "0004_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("stored_as", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.CheckConstraint("link IS NOT NULL OR stored_as IS NOT NULL", name=op.f("ck_evidence_link_or_file")),
        sa.CheckConstraint("(stored_as IS NULL) = (media_type IS NULL)", name=op.f("ck_evidence_file_has_a_type")),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_evidence_completion_id_completion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("completion_id", name=op.f("uq_evidence_completion_id")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_evidence_stored_as")),
    )
    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_reflection_completion_id_completion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
        sa.UniqueConstraint("completion_id", name=op.f("uq_reflection_completion_id")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("reflection")
    op.drop_table("evidence")
