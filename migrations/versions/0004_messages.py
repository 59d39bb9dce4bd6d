"""Messages to people, and letters that can be stopped or may have been sent.

Revision ID: 0004_messages
Revises: 0003_requests
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_messages"
down_revision = "0003_requests"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'sending', 'unsure', 'left', 'sent', 'refused', 'stopped')"
STATES_BEFORE = "state IN ('waiting', 'sending', 'sent', 'refused')"


def upgrade() -> None:
    """Let letters be of a kind, then make the tables."""
    _widen_letters()
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_as", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("has_tasks", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("form_key", name=op.f("uq_message_form_key")),
    )
    op.create_index(op.f("ix_message_written_by"), "message", ["written_by"])
    op.create_table(
        "message_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_message_recipient_letter_id_letter")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_recipient_message_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_recipient_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_recipient")),
        sa.UniqueConstraint("message_id", "person_id", name=op.f("uq_message_recipient_message_id_person_id")),
    )
    op.create_index(op.f("ix_message_recipient_person_id"), "message_recipient", ["person_id"])
    op.create_index(op.f("ix_message_recipient_letter_id"), "message_recipient", ["letter_id"])


def _widen_letters() -> None:
    """So far the outbox holds letters of accounts; those on their way are found cut off when a worker starts."""
    op.drop_index("ix_letter_state", "letter")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_state"), type_="check")
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="account"))
        table.add_column(sa.Column("reply_to", sa.String(), nullable=True))
        table.add_column(sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(op.f("ck_letter_state"), STATES)
        table.create_check_constraint(op.f("ck_letter_kind"), "kind IN ('account', 'programme')")
    with op.batch_alter_table("letter") as table:
        table.alter_column("kind", server_default=None)
    op.create_index(op.f("ix_letter_address"), "letter", ["address"])
    op.create_index("ix_letter_state_kind_id", "letter", ["state", "kind", "id"])


def downgrade() -> None:
    """Drop the tables with their letters; a letter that may have been sent counts as sent."""
    op.drop_table("message_recipient")
    op.drop_table("message")
    op.execute("DELETE FROM letter WHERE kind = 'programme'")
    op.execute("UPDATE letter SET state = 'sent' WHERE state IN ('unsure', 'left')")
    op.drop_index("ix_letter_state_kind_id", "letter")
    op.drop_index(op.f("ix_letter_address"), "letter")
    with op.batch_alter_table("letter") as table:
        table.drop_constraint(op.f("ck_letter_kind"), type_="check")
        table.drop_constraint(op.f("ck_letter_state"), type_="check")
        table.drop_column("taken_at")
        table.drop_column("reply_to")
        table.drop_column("kind")
        table.create_check_constraint(op.f("ck_letter_state"), STATES_BEFORE)
    op.create_index(op.f("ix_letter_state"), "letter", ["state"])
