"""The pages of units, and of the people in them."""

from tracker.dashboards.routes import people, person, roster, tables, units
from tracker.dashboards.routes.blueprint import bp

__all__ = ["bp", "people", "person", "roster", "tables", "units"]
