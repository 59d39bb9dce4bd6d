"""The letter that says that a request has an answer, and nothing of what it was about: others may see a mail."""

from sqlalchemy import select

from tracker.accounts import letters
from tracker.accounts.models import Account
from tracker.core import config
from tracker.core.clock import local
from tracker.core.database import Transaction
from tracker.core.words import NO_BREAK_SPACE, day
from tracker.people.models import Person
from tracker.requests.models import Request


def tell_asker(tx: Transaction, row: Request) -> None:
    """Write to whoever asked, at the address she signs in with; who has no account could not read the answer."""
    query = select(Account.email, Person.name).join(Person, Person.id == Account.person_id)
    asker = tx.session.execute(query.where(Account.person_id == row.asker_id)).one_or_none()
    if asker is None:
        return
    letters.write(
        tx,
        asker.email,
        "answered",
        name=asker.name or "colleague",
        link=f"{config.settings().public_url}/requests/{row.id}",
        asked_on=day(local(row.asked_at).date()).replace(NO_BREAK_SPACE, " "),
    )
