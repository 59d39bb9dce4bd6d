"""Targets for a period.

Revision ID: 0013_target_periods
Revises: 0012_reporting
"""

revision = "0013_target_periods"
down_revision = "0012_reporting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Take them away."""
