"""What of a roster deserves a second look.

Revision ID: 0022_second_looks
Revises: 0021_renamed
"""

from alembic import op

revision = "0022_second_looks"
down_revision = "0021_renamed"
branch_labels = None
depends_on = None

TABLE, WHAT = "roster_line", "ck_roster_line_effect"


def upgrade() -> None:
    """Make room for such lines."""
    _set_effects("effect IN ('added', 'changed', 'ended', 'unchanged', 'refused', 'doubtful')")


def downgrade() -> None:
    """Nothing is told of them any more."""
    op.execute(f"DELETE FROM {TABLE} WHERE effect = 'doubtful'")
    _set_effects("effect IN ('added', 'changed', 'ended', 'unchanged', 'refused')")


def _set_effects(effects: str) -> None:
    """What a line may say."""
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(WHAT), type_="check")
        table.create_check_constraint(op.f(WHAT), effects)
