"""Where somebody is at home, told by the index of persons alone: a walk along names then touches no other page.

Revision ID: 0015_homes_in_an_index
Revises: 0014_deeds_in_parts
"""

from alembic import op

revision = "0015_homes_in_an_index"
down_revision = "0014_deeds_in_parts"
branch_labels = None
depends_on = None

NAME = "ix_appointment_person_id"
HOME = ["unit_id", "is_primary", "starts_on", "ends_on"]


def upgrade() -> None:
    """Make the index anew; SQLite knows no columns beside the key and keeps it as it is."""
    op.drop_index(NAME, "appointment")
    op.create_index(NAME, "appointment", ["person_id"], postgresql_include=HOME)


def downgrade() -> None:
    """The index as it was."""
    op.drop_index(NAME, "appointment")
    op.create_index(NAME, "appointment", ["person_id"])
