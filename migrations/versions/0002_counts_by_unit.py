"""Counts lie together by unit, so that a write moves few pages; claims are found by state and course; an index alone
tells who has a status.

Revision ID: 0002_counts_by_unit
Revises: 0001_start
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_counts_by_unit"
down_revision = "0001_start"
branch_labels = None
depends_on = None

NUMBERS = ("waived", "on_leave", "satisfied", "pending", "expired", "overdue", "due_soon", "not_started")


def upgrade() -> None:
    """Turn the key of the counts around, and add the index."""
    _key_counts_by("unit_id", "day", "item_id", fillfactor=60)
    op.create_index("ix_completion_state_course", "completion", ["state", "course"])
    _index_spans(postgresql_include=["person_id"])


def downgrade() -> None:
    """Put both back."""
    _index_spans()
    op.drop_index("ix_completion_state_course", "completion")
    _key_counts_by("day", "unit_id", "item_id")


def _index_spans(**options: list[str]) -> None:
    """Make the index of spans anew; SQLite's holds the person in any case."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_span_unit_item", "span")
        columns = ["unit_id", "item_id", "ends_on", "starts_on", "status", "due_on"]
        op.create_index("ix_span_unit_item", "span", columns, **options)


def _key_counts_by(*key: str, **storage: int) -> None:
    """Make the table of counts anew with its key in this order, and its rows in that of the key."""
    columns = ", ".join([*key, *NUMBERS])
    op.execute(f"CREATE TEMPORARY TABLE held AS SELECT {columns} FROM unit_count")
    op.drop_table("unit_count")
    op.create_table(
        "unit_count",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*key, *NUMBERS)),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_unit_count")),
        sqlite_with_rowid=False,
        postgresql_with=storage,
    )
    op.execute(f"INSERT INTO unit_count ({columns}) SELECT {columns} FROM held ORDER BY {', '.join(key)}")
    op.execute("DROP TABLE held")
