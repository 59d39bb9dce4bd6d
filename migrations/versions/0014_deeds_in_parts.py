"""What is still to be done of deeds on many people, which are done a few at a time.

Revision ID: 0014_deeds_in_parts
Revises: 0013_target_periods
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_deeds_in_parts"
down_revision = "0013_target_periods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "bulk_deed_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deed_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_bulk_deed_part_completion_id_completion")
        ),
        sa.ForeignKeyConstraint(["deed_id"], ["bulk_deed.id"], name=op.f("fk_bulk_deed_part_deed_id_bulk_deed")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bulk_deed_part_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_deed_part")),
    )
    op.create_index("ix_bulk_deed_part_deed_id", "bulk_deed_part", ["deed_id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("bulk_deed_part")
