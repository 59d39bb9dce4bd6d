"""Evidence that belongs to a request; decisions on single claims as deeds that can be undone.

Revision ID: 0017_evidence_of_requests
Revises: 0016_unit_rows_put_right
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_evidence_of_requests"
down_revision = "0016_unit_rows_put_right"
branch_labels = None
depends_on = None

OF_ONE = "ck_evidence_of_a_completion_or_a_request"
REQUEST, ONCE = "fk_evidence_request_id_request", "uq_evidence_request_id"
KIND = "ck_bulk_deed_kind"
NOT_AS_BEFORE = "SELECT id FROM bulk_deed WHERE kind = 'reject' OR unit_id IS NULL"


def upgrade() -> None:
    """Make room."""
    with op.batch_alter_table("evidence") as table:
        table.alter_column("completion_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f(ONCE), ["request_id"])
        table.create_foreign_key(op.f(REQUEST), "request", ["request_id"], ["id"])
        table.create_check_constraint(op.f(OF_ONE), "(completion_id IS NULL) <> (request_id IS NULL)")
    _set_deeds("kind IN ('log', 'verify', 'reject')", has_unit=False)


def downgrade() -> None:
    """Only what belongs to completions stays, and deeds on many. The files go with the next clearing away."""
    op.execute("DELETE FROM evidence WHERE request_id IS NOT NULL")
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f(OF_ONE), type_="check")
        table.drop_constraint(op.f(REQUEST), type_="foreignkey")
        table.drop_constraint(op.f(ONCE), type_="unique")
        table.drop_column("request_id")
        table.alter_column("completion_id", existing_type=sa.Integer(), nullable=False)
    for child in ("bulk_deed_part", "bulk_deed_row"):
        op.execute(f"DELETE FROM {child} WHERE deed_id IN ({NOT_AS_BEFORE})")
    op.execute(f"DELETE FROM bulk_deed WHERE id IN ({NOT_AS_BEFORE})")
    _set_deeds("kind IN ('log', 'verify')", has_unit=True)


def _set_deeds(kinds: str, *, has_unit: bool) -> None:
    """Which kinds of deeds there are, and whether each belongs to a unit."""
    with op.batch_alter_table("bulk_deed") as table:
        table.drop_constraint(op.f(KIND), type_="check")
        table.create_check_constraint(op.f(KIND), kinds)
        table.alter_column("unit_id", existing_type=sa.Integer(), nullable=not has_unit)
