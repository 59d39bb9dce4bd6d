"""What a champion's term is made of, and what a unit lacks: who champions it, and what is not settled yet. Pure.

A department should have a faculty and a staff champion of its own. Any other unit that has had champions may lean on
those of a unit above it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from tracker.core.days import add_months

KINDS = ("faculty", "staff")
APPROVERS = ("chair", "supervisor")
WITH_BOTH_KINDS = "department"
"""The kind of unit that should have a champion of each kind."""
TERM_MONTHS = 24
ENDS_SOON_DAYS = 90
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who agreed to a term, as chair or as supervisor, on which day; `note` is a link to the letter, or words."""

    kind: str
    approved_by: str
    approved_on: date
    note: str | None


@dataclass(frozen=True, slots=True)
class Training:
    """Days of training as a facilitator."""

    id: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Certificate:
    """A module (its title) that somebody is certified to teach, since a day."""

    id: int
    module: str
    certified_on: date


@dataclass(frozen=True, slots=True)
class Substitute:
    """Who stands in for a champion, from when to when."""

    id: int
    person_id: int
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """A champion's term with all that belongs to it; never that of a substitute."""

    id: int
    person_id: int
    name: str
    email: str
    unit_id: int
    kind: str
    fte: Decimal | None
    starts_on: date
    ends_on: date | None
    approvals: Sequence[Approval] = ()
    trainings: Sequence[Training] = ()
    certificates: Sequence[Certificate] = ()
    substitutes: Sequence[Substitute] = ()

    def covers(self, day: date) -> bool:
        """Whether the term runs on a day."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    def is_over(self, day: date) -> bool:
        """Whether the term has ended before a day."""
        return self.ends_on is not None and self.ends_on < day

    @property
    def missing_approvals(self) -> list[str]:
        """Whose approval is not recorded."""
        given = {approval.kind for approval in self.approvals}
        return [kind for kind in APPROVERS if kind not in given]


def last_day(starts_on: date) -> date:
    """The last day of a term of the usual length."""
    return date.fromordinal(add_months(starts_on.toordinal(), TERM_MONTHS) - 1)


class Lack(StrEnum):
    """What a unit's coverage may lack, most urgent first."""

    CHAMPION = "champion"
    FOLLOWER = "follower"
    APPROVAL = "approval"
    FTE = "fte"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a unit lacks on a day.

    `term` is the term it is about, if any. Without a champion of `kind`, `since` is the first day without one, if
    there has been one, and `next_on` the day on which the next begins, if one is named.
    """

    unit_id: int
    lack: Lack
    kind: str | None = None
    term: Term | None = None
    since: date | None = None
    next_on: date | None = None


def gaps(
    kinds_of_units: Mapping[int, str], terms: Iterable[Term], from_above: Iterable[tuple[int, str]], day: date
) -> list[Gap]:
    """What units lack on a day, in their order, the most urgent first.

    `kinds_of_units` has the kind of each unit, by id; `terms` all their terms, of any day; `from_above` a pair of unit
    and kind for each champion in term on the day who has a unit above it.
    """
    by_unit: dict[int, list[Term]] = {unit_id: [] for unit_id in kinds_of_units}
    for term in terms:
        by_unit[term.unit_id].append(term)
    helped = set(from_above)
    found: list[Gap] = []
    for unit_id, kind_of_unit in kinds_of_units.items():
        own = by_unit[unit_id]
        found.extend(_without_champion(unit_id, kind_of_unit, own, helped, day))
        found.extend(Gap(unit_id, Lack.FOLLOWER, term.kind, term) for term in ending(own, day))
        found.extend(_unsettled(unit_id, [term for term in own if term.covers(day)]))
    return found


def _without_champion(
    unit_id: int, kind_of_unit: str, own: Sequence[Term], helped: set[tuple[int, str]], day: date
) -> Iterator[Gap]:
    for kind in KINDS:
        same = [term for term in own if term.kind == kind]
        needs_its_own = kind_of_unit == WITH_BOTH_KINDS
        if any(term.covers(day) for term in same) or not (own or needs_its_own):
            continue
        if needs_its_own or (unit_id, kind) not in helped:
            ended = [term.ends_on for term in same if term.ends_on is not None and term.ends_on < day]
            since = max(ended) + ONE_DAY if ended else None
            next_on = min((term.starts_on for term in same if term.starts_on > day), default=None)
            yield Gap(unit_id, Lack.CHAMPION, kind, since=since, next_on=next_on)


def ends_soon(term: Term, day: date, within: int = ENDS_SOON_DAYS) -> bool:
    """Whether a term runs on a day and ends within so many days, whoever follows."""
    return term.covers(day) and term.ends_on is not None and term.ends_on <= day + timedelta(days=within)


def ending(terms: Sequence[Term], day: date, within: int = ENDS_SOON_DAYS) -> list[Term]:
    """The terms running on a day that end within so many days, with nobody of their kind and unit to follow at once;
    the first to end first."""
    found = [term for term in terms if ends_soon(term, day, within) and not _is_followed(term, terms)]
    return sorted(found, key=lambda term: (term.ends_on or day, term.id))


def _is_followed(term: Term, terms: Iterable[Term]) -> bool:
    """Whether somebody is there on the day after."""
    after = None if term.ends_on is None else term.ends_on + ONE_DAY
    return after is not None and any(
        (one.unit_id, one.kind) == (term.unit_id, term.kind) and one.covers(after) for one in terms
    )


def _unsettled(unit_id: int, running: Sequence[Term]) -> Iterator[Gap]:
    """What is not recorded of the terms that run."""
    yield from (Gap(unit_id, Lack.APPROVAL, term.kind, term) for term in running if term.missing_approvals)
    yield from (Gap(unit_id, Lack.FTE, term.kind, term) for term in running if term.fte is None)
    if running and not any(term.certificates for term in running):
        yield Gap(unit_id, Lack.CERTIFICATE)
