"""Sealed reports, and reports that are sent regularly.

A sealed report is written once: triggers refuse to change or delete it, also while other facts are put in the place of
all.

Revision ID: 0012_reporting
Revises: 0011_directory
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_reporting"
down_revision = "0011_directory"
branch_labels = None
depends_on = None

SEALED = ("seal", "seal_row")
PARTS = ("about", "units", "requirements", "modules", "gate_titles", "targets", "trend", "rates", "gates")


def upgrade() -> None:
    """Make the tables, then the triggers."""
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("how IN ('schedule', 'hand')", name=op.f("ck_seal_how")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
        sa.UniqueConstraint("day", name=op.f("uq_seal_day")),
        sa.UniqueConstraint("previous", name=op.f("uq_seal_previous")),
    )
    op.create_table(
        "seal_row",
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint(f"part IN ({', '.join(repr(part) for part in PARTS)})", name=op.f("ck_seal_row_part")),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"], name=op.f("fk_seal_row_seal_id_seal")),
        sa.PrimaryKeyConstraint("seal_id", "part", "position", name=op.f("pk_seal_row")),
    )
    op.create_index("ix_seal_row_subject_part", "seal_row", ["subject", "part"], unique=False)
    op.create_table(
        "seal_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_order")),
        sa.UniqueConstraint("day", name=op.f("uq_seal_order_day")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("requirement_code", sa.String(), nullable=True),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("rhythm IN ('weekly', 'monthly')", name=op.f("ck_mailing_rhythm")),
        sa.CheckConstraint("shows IN ('unit', 'table')", name=op.f("ck_mailing_shows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_table(
        "mailing_reader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mailing_reader_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_reader_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_reader")),
        sa.UniqueConstraint("mailing_id", "account_id", name=op.f("uq_mailing_reader_mailing_id_account_id")),
    )
    op.create_index(op.f("ix_mailing_reader_account_id"), "mailing_reader", ["account_id"], unique=False)
    op.create_table(
        "mailing_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("figures_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("outcome IN ('written', 'no_right')", name=op.f("ck_mailing_sent_outcome")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mailing_sent_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_sent_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_sent")),
        sa.UniqueConstraint(
            "mailing_id", "account_id", "due_on", name=op.f("uq_mailing_sent_mailing_id_account_id_due_on")
        ),
    )
    op.create_index(op.f("ix_mailing_sent_account_id"), "mailing_sent", ["account_id"], unique=False)
    op.create_index(op.f("ix_mailing_sent_mailing_id"), "mailing_sent", ["mailing_id"], unique=False)
    for table in SEALED:
        for deed in ("UPDATE", "DELETE"):
            _keep(table, deed)


def _keep(table: str, deed: str) -> None:
    """Refuse a deed on the rows of a table."""
    why = f"rows of {table} are never {'changed' if deed == 'UPDATE' else 'deleted'}"
    name = f"{table}_no_{deed.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} BEFORE {deed} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Drop everything; the triggers go with their tables."""
    for table in ("mailing_sent", "mailing_reader", "mailing", "seal_order", "seal_row", "seal"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in SEALED:
            for deed in ("update", "delete"):
                op.execute(f"DROP FUNCTION {table}_no_{deed}()")
