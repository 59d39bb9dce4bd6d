"""Who may read and change units and people: the office both, the auditor reads; nobody else comes here."""

from tracker.core.actor import Actor, Right
from tracker.core.errors import Forbidden


def check_may_edit(actor: Actor) -> None:
    """Raises Forbidden for whoever may not change units and people."""
    if not actor.has(Right.DIRECTORY_EDIT):
        raise Forbidden("You cannot change units and people.")


def reads_reasons(actor: Actor) -> bool:
    """Whether somebody reads why something was waived: only who may waive it herself."""
    return actor.has(Right.WAIVERS_GRANT)
