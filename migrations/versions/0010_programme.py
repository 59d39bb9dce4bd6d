"""Former states of the curriculum, previews of changes to it, and titles by day.

Revision ID: 0010_programme
Revises: 0009_display_terms
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_programme"
down_revision = "0009_display_terms"
branch_labels = None
depends_on = None

HOW = "how IN ('form', 'file', 'restored', 'direct')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "curriculum_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.CheckConstraint(HOW, name=op.f("ck_curriculum_state_how")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_state")),
    )
    op.create_table(
        "curriculum_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('module', 'requirement', 'gate')", name=op.f("ck_curriculum_change_kind")),
        sa.CheckConstraint(
            "before IS NOT NULL OR after IS NOT NULL", name=op.f("ck_curriculum_change_before_or_after")
        ),
        sa.ForeignKeyConstraint(
            ["state_id"], ["curriculum_state.id"], name=op.f("fk_curriculum_change_state_id_curriculum_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_change")),
    )
    op.create_index("ix_curriculum_change_kind_code", "curriculum_change", ["kind", "code"])
    op.create_index("ix_curriculum_change_state_id", "curriculum_change", ["state_id"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(HOW, name=op.f("ck_proposal_how")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )

    op.create_table(
        "dated_title",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('module', 'requirement')", name=op.f("ck_dated_title_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dated_title")),
        sa.UniqueConstraint("kind", "code", "starts_on", name=op.f("uq_dated_title_kind_code_starts_on")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("dated_title")
    op.drop_table("proposal")
    op.drop_table("curriculum_change")
    op.drop_table("curriculum_state")
