"""What the next champion of a unit needs to know: who championed it, where it stands, and whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tracker.accounts.models import Account
from tracker.champions.queries import ChampionView, CoverageWarning, champions_of, terms_in, warnings_of
from tracker.champions.rules import Term
from tracker.core.actor import Actor, Role
from tracker.core.database import db
from tracker.dashboards.queries.standings import Standing, standing
from tracker.people.models import Person
from tracker.terms.queries import full_name
from tracker.units.queries import UnitView


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at the office who can be asked."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A unit on a day, for whoever takes it over. `terms` are all there have been, the latest first; `champions` those
    of the day, in the unit or above it."""

    standing: Standing
    terms: Sequence[Term]
    champions: Sequence[ChampionView]
    warnings: Sequence[CoverageWarning]
    contacts: Sequence[Contact]


def handover(actor: Actor, unit: UnitView, day: date) -> Handover:
    """A fixed number of statements, whatever the unit's size."""
    terms = terms_in([unit.id])
    return Handover(
        standing(actor, unit, day, with_gates=True),
        sorted(terms, key=lambda term: (term.starts_on, term.id), reverse=True),
        champions_of(unit.id, day),
        warnings_of([unit], terms, day),
        office_contacts(),
    )


def office_contacts() -> list[Contact]:
    """Whom at the office one can ask, by name."""
    rows = db.session.execute(
        select(Person.name, Account.email)
        .select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.role == Role.OFFICE)
        .order_by(Person.name, Account.email)
    )
    return [Contact(name or full_name("office"), email) for name, email in rows]
