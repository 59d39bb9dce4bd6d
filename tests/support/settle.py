"""Does at once what the worker would do soon."""

from tracker.progress.figures import revisions


def figures() -> None:
    """Work changed rules into the figures; a failure shows here, where the worker would only write it down."""
    revisions.build_revisions()
