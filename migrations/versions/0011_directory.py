"""Former names, and rosters that were handed in.

Revision ID: 0011_directory
Revises: 0010_programme
"""

revision = "0011_directory"
down_revision = "0010_programme"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
