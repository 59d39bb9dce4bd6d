"""Take somebody off the records who was added by mistake: whole, and only where nothing has come of it yet."""

from sqlalchemy import delete, select

from tracker.accounts.models import Account
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, NotFound
from tracker.core.words import sentence_list
from tracker.directory.policy import check_may_edit
from tracker.directory.queries.removal import account_of, what_stands_in_the_way
from tracker.people.models import Appointment, FormerName, Function, Leave, Person
from tracker.progress.models import Item, Revision, Span, Stage

JUST_NOW = "Somebody has just recorded something about this person. Nothing was removed."


def remove_person(actor: Actor, person_id: int) -> None:
    """Remove a person who was added by mistake, with her posts, functions, leaves and former names, and an account that
    nobody used; figures follow. The trail keeps that it was done, and no name.

    Raises Forbidden, NotFound, or Conflict with what stands in the way.
    """
    check_may_edit(actor)
    with transaction(actor) as tx:
        tx.lock_people(person_id)
        person = tx.session.get(Person, person_id, populate_existing=True)
        if person is None:
            raise NotFound(f"person {person_id}")
        if blocks := what_stands_in_the_way(person_id):
            raise Conflict(f"This record cannot be removed: {sentence_list(blocks)}.")
        if (account := account_of(person_id)) is not None:
            _remove_account(tx, account)
        _remove_rows(tx, person_id)
        _remove_spans_of_old_rules(tx, person_id)
        audit.record(tx, "person.removed", "person", person_id, before=audit.values_of(person))
        tx.session.delete(person)
        tx.flush(JUST_NOW)


def _remove_rows(tx: Transaction, person_id: int) -> None:
    """Posts, functions and leaves, each with its event; names of before, which no event holds."""
    for post in tx.session.scalars(select(Appointment).where(Appointment.person_id == person_id)).all():
        audit.remove(tx, "appointment.removed", post)
    for task in tx.session.scalars(select(Function).where(Function.person_id == person_id)).all():
        audit.remove(tx, "function.removed", task)
    for leave in tx.session.scalars(select(Leave).where(Leave.person_id == person_id)).all():
        audit.remove(tx, "leave.removed", leave)
    tx.session.execute(delete(FormerName).where(FormerName.person_id == person_id))


def _remove_account(tx: Transaction, account: Account) -> None:
    """Its links go with it. What the trail keeps of it holds neither its address nor what it signs in with."""
    kept = {"role": account.role, "person_id": account.person_id}
    audit.record(tx, "account.removed", "account", account.id, before=kept)
    tx.session.delete(account)
    tx.session.flush()


def _remove_spans_of_old_rules(tx: Transaction, person_id: int) -> None:
    """Spans of revisions that are about to be cleared away: what is worked out anew before the commit leaves them, and
    who clears them looks for no number beyond that of the last person."""
    retired = select(Item.id).join(Revision, Revision.id == Item.revision_id).where(Revision.stage == Stage.RETIRED)
    spans = delete(Span).where(Span.person_id == person_id, Span.item_id.in_(retired))
    tx.session.execute(spans.execution_options(synchronize_session=False))
