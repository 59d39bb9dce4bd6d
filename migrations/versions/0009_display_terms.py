"""The words an institution uses, by day; whom and which unit an event is about; since when a job runs.

Revision ID: 0009_display_terms
Revises: 0008_targets
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_display_terms"
down_revision = "0008_targets"
branch_labels = None
depends_on = None

TRIGGER = "audit_event_no_update"
WHY = "rows of audit_event are never changed"
INDEXES = (
    ("ix_audit_event_at_id", ["at", "id"]),
    ("ix_audit_event_account_id_at_id", ["account_id", "at", "id"]),
    ("ix_audit_event_person_id_at_id", ["person_id", "at", "id"]),
    ("ix_audit_event_unit_id_at_id", ["unit_id", "at", "id"]),
    ("ix_audit_event_verb_at_id", ["verb", "at", "id"]),
)


def upgrade() -> None:
    """Make the table and the columns, and say of the events so far whom they are about."""
    op.create_table(
        "display_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("singular", sa.String(), nullable=False),
        sa.Column("plural", sa.String(), nullable=False),
        sa.CheckConstraint("key IN ('programme', 'office', 'champion', 'learner')", name=op.f("ck_display_term_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_display_term")),
        sa.UniqueConstraint("key", "starts_on", name=op.f("uq_display_term_key_starts_on")),
    )
    op.add_column("job", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("audit_event", sa.Column("person_id", sa.Integer(), nullable=True))
    op.add_column("audit_event", sa.Column("unit_id", sa.Integer(), nullable=True))
    _look_into_events()
    for name, columns in INDEXES:
        op.create_index(name, "audit_event", columns)


def _look_into_events() -> None:
    """Take the persons and units from what the events hold; this once, their rows are changed."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {TRIGGER}" if is_sqlite else f"ALTER TABLE audit_event DISABLE TRIGGER {TRIGGER}")
    for kind, keys in (("person", ("person_id", "asker_id")), ("unit", ("unit_id",))):
        held = ", ".join(_held(side, key, is_sqlite=is_sqlite) for key in keys for side in ("after", "before"))
        op.execute(
            f"UPDATE audit_event SET {kind}_id = CASE WHEN subject LIKE '{kind}:%'"
            f" THEN CAST(substr(subject, {len(kind) + 2}) AS INTEGER) ELSE CAST(coalesce({held}) AS INTEGER) END"
        )
    if is_sqlite:
        refuse = f"BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        op.execute(f"CREATE TRIGGER {TRIGGER} {refuse}")
    else:
        op.execute(f"ALTER TABLE audit_event ENABLE TRIGGER {TRIGGER}")


def _held(side: str, key: str, *, is_sqlite: bool) -> str:
    """What an event held under a key, in SQL."""
    return f"json_extract({side}, '$.{key}')" if is_sqlite else f"{side} ->> '{key}'"


def downgrade() -> None:
    """Take them away."""
    for name, _ in INDEXES:
        op.drop_index(name, "audit_event")
    op.drop_column("audit_event", "unit_id")
    op.drop_column("audit_event", "person_id")
    op.drop_column("job", "started_at")
    op.drop_table("display_term")
