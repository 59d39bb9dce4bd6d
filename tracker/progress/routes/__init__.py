"""The pages of one's own record, and of claims that wait."""

from tracker.progress.routes import calendar, claims, entries, evidence, learner, module, record
from tracker.progress.routes.blueprint import bp

__all__ = ["bp", "calendar", "claims", "entries", "evidence", "learner", "module", "record"]
