"""What somebody keeps for herself on the pages of units."""

from sqlalchemy import func, select

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, NotFound
from tracker.core.seen import check_unchanged
from tracker.dashboards.models import LastLook, SavedFilter, Seen, SignInList

MOST_FILTERS = 30
NAME_IS_TAKEN = "You keep a filter of this name already."


def keep_filter(actor: Actor, name: str, unit_code: str, query: str) -> int:
    """Keep a filter of a unit's people under a name; its id. Raises Conflict when the name is taken."""
    if actor.account_id is None:
        raise Forbidden("Only an account can keep a filter.")
    with transaction(actor) as tx:
        kept = select(func.count()).select_from(SavedFilter).where(SavedFilter.account_id == actor.account_id)
        if (tx.session.scalar(kept) or 0) >= MOST_FILTERS:
            raise Conflict(f"You keep {MOST_FILTERS} filters already. Remove one first.")
        row = SavedFilter(account_id=actor.account_id, name=name, unit_code=unit_code, query=query)
        audit.add(tx, "saved_filter.kept", row, conflict=NAME_IS_TAKEN)
        return row.id


def forget_filter(actor: Actor, filter_id: int) -> None:
    """Remove a filter of one's own. Raises NotFound."""
    with transaction(actor) as tx:
        audit.remove(tx, "saved_filter.removed", _own_filter(tx, filter_id))


def rename_filter(actor: Actor, filter_id: int, name: str, seen: str | None = None) -> None:
    """Give a filter of one's own another name. Raises NotFound, Conflict when the name is taken, or ChangedSince where
    a form had `seen` another mark."""
    with transaction(actor) as tx:
        row = _own_filter(tx, filter_id)
        check_unchanged(seen, row)
        audit.change(tx, "saved_filter.renamed", row, conflict=NAME_IS_TAKEN, name=name)


def keep_list(actor: Actor, text: str, note: str | None) -> int:
    """Keep a sign-in list for a day, so that whom it means can be looked at as often as one likes; its id.

    The same list given again is kept once. It leaves no trace: nothing is done with it yet.
    """
    if actor.account_id is None:
        raise Forbidden("Only an account can give a list.")
    with transaction(actor) as tx:
        same = select(SignInList).where(SignInList.account_id == actor.account_id, SignInList.text == text)
        row = tx.session.scalar(same.limit(1))
        if row is None:
            row = SignInList(account_id=actor.account_id, text=text)
            tx.session.add(row)
        row.given_at, row.note = tx.now, note
        tx.session.flush()
        return row.id


def mark_seen(actor: Actor, seen: Seen) -> None:
    """Remember the figures that the actor was shown, so that changes are told from this moment on."""
    if actor.account_id is None:
        raise Forbidden("Only an account has looked at something.")
    with transaction(actor) as tx:
        look = LastLook(account_id=actor.account_id, looked_on=tx.today, seen=seen)
        tx.session.merge(look)
        audit.record(tx, "figures.seen", "account", actor.account_id, after={"units": len(seen)})


def _own_filter(tx: Transaction, filter_id: int) -> SavedFilter:
    """A filter of the actor's own, which nobody else changes until the commit. Raises NotFound."""
    own = select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.account_id == tx.actor.account_id)
    if (row := tx.session.scalar(own.with_for_update())) is None:
        raise NotFound(f"filter {filter_id}")
    return row
