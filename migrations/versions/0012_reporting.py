"""Sealed reports, and reports that are sent regularly.

Revision ID: 0012_reporting
Revises: 0011_directory
"""

revision = "0012_reporting"
down_revision = "0011_directory"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
