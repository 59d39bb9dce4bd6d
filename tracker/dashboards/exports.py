"""Tables and lists as CSV: what the page shows, with unit, day and filters on every line."""

from tracker.progress.exports import harmless, lines

__all__ = ["harmless", "lines"]
