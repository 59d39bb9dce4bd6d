"""The pages of sealed reports, of the board's report, and of what is sent regularly."""

from tracker.reporting.routes import files, mailings, seals
from tracker.reporting.routes.blueprint import bp

__all__ = ["bp", "files", "mailings", "seals"]
