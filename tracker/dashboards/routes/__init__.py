"""The pages of units, and of the people in them."""

from tracker.dashboards.routes import (
    beside,
    chair,
    champions_overview,
    coverage,
    deeds,
    denominator,
    handover,
    people,
    person,
    roster,
    tables,
    targets,
    trends,
    units,
    what_if,
    workspace,
    writing,
)
from tracker.dashboards.routes.blueprint import bp

__all__ = [
    "beside",
    "bp",
    "chair",
    "champions_overview",
    "coverage",
    "deeds",
    "denominator",
    "handover",
    "people",
    "person",
    "roster",
    "tables",
    "targets",
    "trends",
    "units",
    "what_if",
    "workspace",
    "writing",
]
