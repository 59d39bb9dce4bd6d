"""How rates would move by a deed on units: the deed is rehearsed, and the figures are read in the middle of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.core.actor import Actor
from tracker.core.database import Transaction
from tracker.core.rehearsal import rehearse
from tracker.dashboards.queries import items
from tracker.dashboards.queries.items import RequirementView
from tracker.directory.queries import rates
from tracker.directory.queries.rates import NOBODY, Share, Shares
from tracker.progress.figures.rebuild import rebuild
from tracker.progress.figures.rulebook import Measure, measures
from tracker.progress.models import Stage


@dataclass(frozen=True, slots=True)
class RateMove:
    """How the rate of a requirement in a unit would move on a day."""

    unit: str
    requirement: str
    day: date
    before: Share
    after: Share


@dataclass(frozen=True, slots=True)
class Moves:
    """All rates that a deed on units would move, and how many were looked at."""

    moved: Sequence[RateMove]
    looked_at: int


def moves_of(actor: Actor, deed: Callable[[], Collection[int]], unit_ids: Collection[int], on: date) -> Moves:
    """How the rates of units move by a deed that hands back the units it made or changed; on its day and today.

    `unit_ids` are the units whose people it may move, and those that they may come under.
    """
    days = sorted({on, actor.today})
    asked = items.requirements(actor)
    concerned = rates.with_all_above(unit_ids, days)
    before = rates.shares(concerned, asked, days)
    people = rates.people_below(unit_ids, days)
    whole = {one.whole.id: one.id for one in asked}
    theirs = rates.shares_of(people, whole, concerned, days)
    under_way = {measure.revision_id for measure in measures(stages=(Stage.BUILDING,))}

    def look(tx: Transaction, made: Collection[int]) -> Moves:
        every = concerned | rates.with_all_above(made, days)
        after = dict(rates.shares(every, asked, days))
        for measure in _begun(tx, but_for=under_way):
            after.update(_by_new_rule(tx, measure, people, every, days, before, theirs))
        there = {day: rates.names_of(every, day) for day in days}
        return _moves(asked, there, before, after)

    return rehearse(actor, deed, look)


def _begun(tx: Transaction, *, but_for: Collection[int]) -> list[Measure]:
    """The rules that the deed changes: they name a unit that is concerned."""
    found = measures(tx.session, (Stage.BUILDING,))
    return [one for one in found if one.requirement_id is not None and one.revision_id not in but_for]


def _by_new_rule(
    tx: Transaction,
    measure: Measure,
    people: Sequence[int],
    unit_ids: Collection[int],
    days: Sequence[date],
    before: Shares,
    theirs: Shares,
) -> dict[rates.Key, Share]:
    """The rates by a rule that is yet to be worked in: it says something new of these people alone, so they are taken
    out of what was, and put in as they will be."""
    requirement_id = measure.requirement_id or 0
    rebuild(tx, people, [measure])
    now = rates.shares_of(people, {measure.item_ids[-1]: requirement_id}, unit_ids, days)
    keys = [(unit_id, requirement_id, day) for unit_id in unit_ids for day in days]
    return {key: before.get(key, NOBODY).minus(theirs.get(key, NOBODY)).plus(now.get(key, NOBODY)) for key in keys}


def _moves(
    asked: Sequence[RequirementView], there: Mapping[date, Mapping[int, str]], before: Shares, after: Shares
) -> Moves:
    """What moves, in the units that are there on each day once it is done, by what they are called then."""
    moved = [
        RateMove(name, one.title, day, before.get(key, NOBODY), after.get(key, NOBODY))
        for day, names in there.items()
        for unit_id, name in sorted(names.items(), key=lambda unit: (unit[1], unit[0]))
        for one in asked
        if before.get(key := (unit_id, one.id, day), NOBODY) != after.get(key, NOBODY)
    ]
    return Moves(moved, len(set(before) | set(after)))
