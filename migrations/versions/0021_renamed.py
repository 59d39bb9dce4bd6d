"""Renaming from a day on as a way in which the curriculum changes, and what a proposal leaves as it is.

Revision ID: 0021_renamed
Revises: 0020_waiting_claims
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_renamed"
down_revision = "0020_waiting_claims"
branch_labels = None
depends_on = None

TABLES = ("curriculum_state", "proposal")


def upgrade() -> None:
    """Make room for both ways, and for the notes of proposals."""
    _set_ways("how IN ('form', 'file', 'restored', 'renamed', 'turned', 'direct')")
    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("notes", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """A renaming is told as a change from elsewhere again."""
    with op.batch_alter_table("proposal") as table:
        table.drop_column("notes")
    for table_name in TABLES:
        op.execute(f"UPDATE {table_name} SET how = 'direct' WHERE how IN ('renamed', 'turned')")
    _set_ways("how IN ('form', 'file', 'restored', 'direct')")


def _set_ways(ways: str) -> None:
    """How a change may have come about."""
    for table_name in TABLES:
        name = f"ck_{table_name}_how"
        with op.batch_alter_table(table_name) as table:
            table.drop_constraint(op.f(name), type_="check")
            table.create_check_constraint(op.f(name), ways)
