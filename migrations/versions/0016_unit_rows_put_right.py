"""Rows of units that were wrong: another row replaces them, or says that they never held.

Still nothing is changed or deleted; two rows of a unit may now have the same first day, one in the other's place.

Revision ID: 0016_unit_rows_put_right
Revises: 0015_homes_in_an_index
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_unit_rows_put_right"
down_revision = "0015_homes_in_an_index"
branch_labels = None
depends_on = None

TABLE = "unit_row"
CHECKS = (
    sa.CheckConstraint("ends_on >= starts_on", name="ck_unit_row_ends_after_start"),
    sa.CheckConstraint("parent_id <> unit_id", name="ck_unit_row_not_its_own_parent"),
)
FIRST_DAYS = "uq_unit_row_unit_id_starts_on"
WHEN = {"UPDATE": "", "DELETE": "WHEN NOT EXISTS (SELECT 1 FROM replacing)"}


def upgrade() -> None:
    """Make room for what replaces what. On SQLite the table is made anew, and has to get its triggers again."""
    with op.batch_alter_table(TABLE, table_args=CHECKS) as table:
        table.drop_constraint(FIRST_DAYS, type_="unique")
        table.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_taken_back", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.create_unique_constraint(op.f("uq_unit_row_replaces_id"), ["replaces_id"])
        table.create_foreign_key(op.f("fk_unit_row_replaces_id_unit_row"), TABLE, ["replaces_id"], ["id"])
        table.create_index(op.f("ix_unit_row_unit_id"), ["unit_id"])
    _keep()


def downgrade() -> None:
    """Only what holds stays."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER unit_row_no_delete{'' if is_sqlite else ' ON unit_row'}")
    if not is_sqlite:
        op.drop_constraint("fk_unit_row_replaces_id_unit_row", TABLE, type_="foreignkey")
    op.execute(
        "DELETE FROM unit_row WHERE is_taken_back"
        " OR id IN (SELECT replaces_id FROM unit_row WHERE replaces_id IS NOT NULL)"
    )
    with op.batch_alter_table(TABLE, table_args=CHECKS) as table:
        table.drop_index("ix_unit_row_unit_id")
        if is_sqlite:
            table.drop_constraint("fk_unit_row_replaces_id_unit_row", type_="foreignkey")
        table.drop_constraint("uq_unit_row_replaces_id", type_="unique")
        table.drop_column("is_taken_back")
        table.drop_column("replaces_id")
        table.create_unique_constraint(FIRST_DAYS, ["unit_id", "starts_on"])
    if not is_sqlite:
        op.execute(
            "CREATE TRIGGER unit_row_no_delete BEFORE DELETE ON unit_row"
            " FOR EACH ROW EXECUTE FUNCTION unit_row_no_delete()"
        )
    _keep()


def _keep() -> None:
    """The triggers of the first release, for a table that SQLite has made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for deed, when in WHEN.items():
        why = f"rows of unit_row are never {'changed' if deed == 'UPDATE' else 'deleted'}"
        op.execute(
            f"CREATE TRIGGER unit_row_no_{deed.lower()} BEFORE {deed} ON unit_row {when}"
            f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
