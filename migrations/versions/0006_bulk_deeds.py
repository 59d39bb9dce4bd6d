"""Deeds on many people at once, which can be undone; saved filters; categories and roles are listed by an index.

Revision ID: 0006_bulk_deeds
Revises: 0005_evidence
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_bulk_deeds"
down_revision = "0005_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_index("ix_appointment_category_role", "appointment", ["category", "role"])
    op.create_table(
        "bulk_deed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('log', 'verify')", name=op.f("ck_bulk_deed_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_bulk_deed_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_deed")),
        sa.UniqueConstraint("form_key", name=op.f("uq_bulk_deed_form_key")),
    )
    op.create_index("ix_bulk_deed_done_by", "bulk_deed", ["done_by"])
    op.create_table(
        "bulk_deed_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deed_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=True),
        sa.Column("passed_over", sa.String(), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(completion_id IS NULL) <> (passed_over IS NULL)", name=op.f("ck_bulk_deed_row_done_or_passed_over")
        ),
        sa.CheckConstraint(
            "passed_over IN ('oneself', 'away', 'recorded', 'decided')", name=op.f("ck_bulk_deed_row_passed_over")
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_bulk_deed_row_completion_id_completion")
        ),
        sa.ForeignKeyConstraint(["deed_id"], ["bulk_deed.id"], name=op.f("fk_bulk_deed_row_deed_id_bulk_deed")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_deed_row_person_id_person")),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["completion.id"], name=op.f("fk_bulk_deed_row_taken_back_by_id_completion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_deed_row")),
        sa.UniqueConstraint("completion_id", name=op.f("uq_bulk_deed_row_completion_id")),
        sa.UniqueConstraint("taken_back_by_id", name=op.f("uq_bulk_deed_row_taken_back_by_id")),
    )
    op.create_index("ix_bulk_deed_row_deed_id", "bulk_deed_row", ["deed_id"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_saved_filter_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_filter_account_id_name")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("saved_filter")
    op.drop_table("bulk_deed_row")
    op.drop_table("bulk_deed")
    op.drop_index("ix_appointment_category_role", "appointment")
