"""One institution in the database and, beside it, the same as plain facts; and a deed that is done to both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from tests.naive.awkward import Days
from tests.naive.facts import Completion, Facts, Unit
from tests.naive.refusals import refusals
from tests.support import folders
from tracker.core.actor import Actor, system
from tracker.core.database import db
from tracker.core.errors import Conflict, Invalid
from tracker.curriculum.models import Gate, Module, Requirement
from tracker.people.models import Person
from tracker.progress import models as progress
from tracker.units import models as units


@dataclass(slots=True)
class Deed:
    """A command, and the facts as they are once it is done; `after` none: it must be refused.

    `is_done` takes what the command returned. `may_refuse`: the command may know reasons that the facts do not tell.
    """

    name: str
    do: Callable[[], Any]
    after: Facts | None
    is_done: Callable[[Any], None] = lambda _: None
    may_refuse: bool = False


class World:
    """An institution, loaded on a day that stays today."""

    def __init__(self, facts: Facts, today: date, folder: Path) -> None:
        self.facts = facts
        self.today = today
        self.folder = folder
        self.actor: Actor = system(today)
        self.log: list[str] = []
        folders.load(facts, folder, today)
        self.completions = numbers(progress.Completion.reference, progress.Completion.id)
        self.people = numbers(Person.identifier, Person.id)
        self.modules = numbers(Module.code, Module.id)
        self.requirements = numbers(Requirement.code, Requirement.id)
        self.gates = numbers(Gate.code, Gate.id)
        self.units = numbers(units.Unit.code, units.Unit.id)

    def days(self, rnd: Random) -> Days:
        """Picks days that crowd around those in the facts."""
        days = Days(rnd)
        facts = self.facts
        for one in (*facts.appointments, *facts.leaves, *facts.functions, *facts.requirements):
            days.note(one.start, one.end)
        days.note(*(one.completed_on for one in facts.completions), self.today)
        return days

    def unit_on(self, code: str, day: date) -> Unit | None:
        """The row of a unit that was last given before a day, whether or not it has ended."""
        begun = [row for row in self.facts.units if row.code == code and (row.start or date.min) <= day]
        return max(begun, key=lambda row: row.start or date.min, default=None)

    def standing(self) -> list[Completion]:
        """The completions that nothing replaces."""
        replaced = {one.corrects for one in self.facts.completions}
        return [one for one in self.facts.completions if one.id not in replaced]

    def learner(self, person_id: str) -> Actor:
        """Somebody with an account of her own."""
        return replace(self.actor, person_id=self.people[person_id])

    def row_id(self, model: Any, person_id: str, start: date, end: date | None, **more: Any) -> int:
        """The number of a person's row by its period."""
        found = select(model.id).filter_by(person_id=self.people[person_id], starts_on=start, ends_on=end, **more)
        return int(db.session.scalars(found.limit(1)).one())

    def with_facts(self, **lists: Any) -> Facts:
        """The facts with some lists changed."""
        return replace(self.facts, **lists)

    def perform(self, deed: Deed) -> None:
        """Do a deed to both; what the plain facts refuse, the command must refuse too, and nothing may be changed."""
        refused = deed.after is None or refusals(deed.after, self.today)
        self.log.append(deed.name)
        try:
            result = deed.do()
        except (Conflict, Invalid):
            if refused or deed.may_refuse:
                return
            raise
        assert not refused, f"{deed.name} was not refused: {refused}"
        assert deed.after is not None
        self.facts = deed.after
        deed.is_done(result)


def numbers(code: Any, number: Any) -> dict[str, int]:
    """Numbers of rows by their codes."""
    return {row[0]: row[1] for row in db.session.execute(select(code, number))}
