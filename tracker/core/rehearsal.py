"""Do a deed for the look of it: the very command, in a transaction of its own that is taken back at the end.

What a preview says is so what the deed does, figures included: the hooks of the commit run as well.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from tracker.core.actor import Actor
from tracker.core.database import BeforeCommit, Transaction, transaction

Result = TypeVar("Result")
Seen = TypeVar("Seen")


class _TakeBack(Exception):
    """The way out of a transaction that is not to stay."""


def rehearse(actor: Actor, deed: Callable[[], Result], look: Callable[[Transaction, Result], Seen]) -> Seen:
    """What somebody would see after a deed, of which nothing stays. Raises what the deed raises."""
    seen: list[Seen] = []
    try:
        with transaction(actor) as tx:
            result = deed()
            tx.session.flush()
            hooks: list[BeforeCommit] = current_app.extensions["before_commit"]
            for hook in hooks:
                hook(tx)
            seen.append(look(tx, result))
            raise _TakeBack
    except _TakeBack:
        return seen[0]
