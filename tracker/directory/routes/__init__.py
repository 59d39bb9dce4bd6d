"""The office's pages of units and people."""

from tracker.directory.routes import people, posts, rosters, units, waivers
from tracker.directory.routes.blueprint import bp

__all__ = ["bp", "people", "posts", "rosters", "units", "waivers"]
