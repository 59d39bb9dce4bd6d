"""What belongs to a champion's term: approvals, training, certified modules, substitutes.

Revision ID: 0007_terms
Revises: 0006_bulk_deeds
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_terms"
down_revision = "0006_bulk_deeds"
branch_labels = None
depends_on = None

SUBSTITUTE = (
    "ALTER TABLE champion ADD COLUMN substitute_for_id INTEGER"
    " CONSTRAINT fk_champion_substitute_for_id_champion REFERENCES champion (id)"
    " CONSTRAINT ck_champion_substitute_ends CHECK (substitute_for_id IS NULL OR ends_on IS NOT NULL)"
)
"""Plain SQL, which both databases take: a batch step on SQLite would make the table anew without its other checks."""


def upgrade() -> None:
    """Let a row of `champion` stand in for another, and make the tables beside it."""
    op.execute(SUBSTITUTE)
    op.create_index("ix_champion_substitute_for_id", "champion", ["substitute_for_id"])
    op.create_table(
        "term_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('chair', 'supervisor')", name=op.f("ck_term_approval_kind")),
        sa.ForeignKeyConstraint(["champion_id"], ["champion.id"], name=op.f("fk_term_approval_champion_id_champion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_approval")),
        sa.UniqueConstraint("champion_id", "kind", name=op.f("uq_term_approval_champion_id_kind")),
    )
    op.create_table(
        "term_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_term_training_ends_after_start")),
        sa.ForeignKeyConstraint(["champion_id"], ["champion.id"], name=op.f("fk_term_training_champion_id_champion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_training")),
        sa.UniqueConstraint("champion_id", "starts_on", name=op.f("uq_term_training_champion_id_starts_on")),
    )
    op.create_table(
        "term_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["champion_id"], ["champion.id"], name=op.f("fk_term_certificate_champion_id_champion")
        ),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], name=op.f("fk_term_certificate_module_id_module")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_certificate")),
        sa.UniqueConstraint("champion_id", "module_id", name=op.f("uq_term_certificate_champion_id_module_id")),
    )
    op.create_index("ix_term_certificate_module_id", "term_certificate", ["module_id"])


def downgrade() -> None:
    """Drop them; substitutes go too, since without the column they would be champions in their own right."""
    for table in ("term_certificate", "term_training", "term_approval"):
        op.drop_table(table)
    op.execute("DELETE FROM champion WHERE substitute_for_id IS NOT NULL")
    op.drop_index("ix_champion_substitute_for_id", "champion")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("champion", "substitute_for_id")
    else:
        _make_anew_without_the_column()


def _make_anew_without_the_column() -> None:
    """SQLite drops no column that a constraint names."""
    columns = "id, person_id, unit_id, kind, fte, starts_on, ends_on"
    op.execute(f"CREATE TEMPORARY TABLE held AS SELECT {columns} FROM champion")
    op.drop_table("champion")
    op.create_table(
        "champion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fte", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("CAST(fte AS NUMERIC) BETWEEN 0 AND 1", name=op.f("ck_champion_fte_is_a_share")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_champion_ends_after_start")),
        sa.CheckConstraint("kind IN ('faculty', 'staff')", name=op.f("ck_champion_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_champion_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_champion_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_champion")),
    )
    op.create_index("ix_champion_person_id", "champion", ["person_id"])
    op.create_index("ix_champion_unit_id", "champion", ["unit_id"])
    op.execute(f"INSERT INTO champion ({columns}) SELECT {columns} FROM held")
    op.execute("DROP TABLE held")
