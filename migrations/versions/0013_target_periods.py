"""Targets for a period; those there are hold at all times.

Revision ID: 0013_target_periods
Revises: 0012_reporting
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_target_periods"
down_revision = "0012_reporting"
branch_labels = None
depends_on = None

SHARED = ("id", "unit_code", "requirement_code", "percent")
SINCE_EVER = "0001-01-01"


def upgrade() -> None:
    """Give each target its days."""
    _make_anew(
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_target_ends_after_start")),
        sa.UniqueConstraint(
            *("unit_code", "requirement_code", "starts_on"),
            name=op.f("uq_target_unit_code_requirement_code_starts_on"),
        ),
        columns=(*SHARED, "starts_on"),
        values=(*SHARED, f"CAST('{SINCE_EVER}' AS {_date_type()})"),
    )


def downgrade() -> None:
    """Keep of each unit and requirement the latest alone."""
    later = "SELECT 1 FROM held AS later WHERE later.unit_code = held.unit_code"
    later += " AND later.requirement_code = held.requirement_code AND later.starts_on > held.starts_on"
    _make_anew(
        sa.UniqueConstraint("unit_code", "requirement_code", name=op.f("uq_target_unit_code_requirement_code")),
        columns=SHARED,
        values=SHARED,
        among=f"WHERE NOT EXISTS ({later})",
    )


def _date_type() -> str:
    """What a day is cast to: SQLite keeps its text."""
    return "DATE" if op.get_bind().dialect.name == "postgresql" else "TEXT"


def _make_anew(
    *parts: sa.schema.SchemaItem, columns: tuple[str, ...], values: tuple[str, ...], among: str = ""
) -> None:
    """Make the table anew with its rows, which keep their numbers: the trail names them."""
    op.execute("CREATE TEMPORARY TABLE held AS SELECT * FROM target")
    op.drop_table("target")
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("requirement_code", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        *parts,
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_target_percent_is_a_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.execute(f"INSERT INTO target ({', '.join(columns)}) SELECT {', '.join(values)} FROM held {among}")
    if op.get_bind().dialect.name == "postgresql":
        largest = "COALESCE((SELECT MAX(id) FROM target), 1)"
        op.execute(f"SELECT setval(pg_get_serial_sequence('target', 'id'), {largest})")
    op.execute("DROP TABLE held")
