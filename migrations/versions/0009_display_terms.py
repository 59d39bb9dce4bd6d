"""The words an institution uses, by day.

Revision ID: 0009_display_terms
Revises: 0008_targets
"""

revision = "0009_display_terms"
down_revision = "0008_targets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
