"""People whom a deed on many passes over since they have something else to do first.

Revision ID: 0019_held_back
Revises: 0018_sign_in_lists
"""

from alembic import op

revision = "0019_held_back"
down_revision = "0018_sign_in_lists"
branch_labels = None
depends_on = None

TABLE, WHY = "bulk_deed_row", "ck_bulk_deed_row_passed_over"


def upgrade() -> None:
    """Make room for the reason."""
    _set_reasons("passed_over IN ('oneself', 'away', 'recorded', 'decided', 'held_back')")


def downgrade() -> None:
    """Whoever was passed over for it is not told of any more."""
    op.execute(f"DELETE FROM {TABLE} WHERE passed_over = 'held_back'")
    _set_reasons("passed_over IN ('oneself', 'away', 'recorded', 'decided')")


def _set_reasons(reasons: str) -> None:
    """Why somebody may be passed over."""
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(WHY), type_="check")
        table.create_check_constraint(op.f(WHY), reasons)
