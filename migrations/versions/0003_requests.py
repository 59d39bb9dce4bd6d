"""Requests: what people ask for, report and dispute, and the answers.

Revision ID: 0003_requests
Revises: 0002_counts_by_unit
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_requests"
down_revision = "0002_counts_by_unit"
branch_labels = None
depends_on = None

KINDS = "'dispute', 'older', 'equivalence', 'waiver', 'accommodation', 'not-ours', 'missing'"
STATES = "'waiting', 'answered', 'granted', 'declined', 'withdrawn'"
REFERS_TO = {
    "asker_id": "person",
    "person_id": "person",
    "unit_id": "unit",
    "requirement_id": "requirement",
    "module_id": "module",
    "completion_id": "completion",
    "made_waiver_id": "waiver",
    "made_completion_id": "completion",
}


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("requirement_id", sa.Integer(), nullable=True),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("completion_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("course", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("form_key", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("made_waiver_id", sa.Integer(), nullable=True),
        sa.Column("made_completion_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_request_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_request_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_request_ends_after_start")),
        sa.CheckConstraint(
            "(answered_at IS NULL) <> (state IN ('answered', 'granted', 'declined'))", name=op.f("ck_request_answered")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_request_{column}_{table}"))
            for column, table in REFERS_TO.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("form_key", name=op.f("uq_request_form_key")),
    )
    op.create_index("ix_request_asker_id", "request", ["asker_id"])
    op.create_index("ix_request_state_asked_at", "request", ["state", "asked_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("request")
