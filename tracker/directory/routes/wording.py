"""What these pages say of units, posts and waivers, in sentences and as lines of their lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import url_for

from tracker.core.words import NO_BREAK_SPACE, count, day, percent, plural, sentence_list
from tracker.directory.commands.rehearsal import Moves, RateMove
from tracker.directory.queries.changes import How, LatestChange
from tracker.directory.queries.removal import Goes
from tracker.directory.queries.units import Hanging, Line, Stretch
from tracker.terms.queries import say
from tracker.units.queries import UnitView

PEOPLE = ("person", "people")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deed will do, in words: who moves, what is left hanging (with where to settle it), how rates move.

    `question` asks about a kind that no unit has yet."""

    sentences: Sequence[str]
    people: Sequence[tuple[int, str, str]] = ()
    warnings: Sequence[tuple[str, str | None]] = ()
    moves: Sequence["MoveLine"] = ()
    looked_at: int = 0
    question: str = ""

    def with_moves(self, moves: Moves) -> "Preview":
        """With how rates move."""
        return replace(self, moves=[_move_line(one) for one in moves.moved], looked_at=moves.looked_at)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """How a rate moves in a unit on a day, as a line of a table."""

    place: str
    requirement: str
    before: str
    before_counts: str
    after: str
    after_counts: str


def _move_line(one: RateMove) -> MoveLine:
    return MoveLine(
        f"{one.unit}, {day(one.day)}",
        one.requirement,
        percent(one.before.numerator, one.before.denominator),
        f"{count(one.before.numerator)} of {count(one.before.denominator)}",
        percent(one.after.numerator, one.after.denominator),
        f"{count(one.after.numerator)} of {count(one.after.denominator)}",
    )


# Units


def tree_answer(lines: Sequence[Line], on: date) -> str:
    """How many units and people there are."""
    if not lines:
        return f"There is no unit on {day(on)}."
    units = len(lines) + sum(line.left_out for line in lines)
    people = sum(line.people for line in lines if line.depth == 0)
    more = "More than " if any(line.left_out for line in lines) else ""
    return f"{more}{plural(units, 'unit', 'units')} with {plural(people, *PEOPLE)} on {day(on)}."


def unit_answer(stretches: Sequence[Stretch], today: date, went_on_in: str | None = None) -> str:
    """What a unit is today, was last, or will be first; and in which other it went on, if it was merged."""
    now = next((one for one in stretches if _covers(one, today)), None)
    if now is not None:
        return f"A {now.kind} {_place(now)} today."
    first, last = stretches[-1], stretches[0]
    if first.first is not None and first.first > today:
        return f"To come: a {first.kind} {_place(first)} from {day(first.first)}."
    if went_on_in is not None and last.last is not None:
        since = day(last.last + timedelta(days=1))
        return f"It went on in {went_on_in} on {since}. It was a {last.kind} {_place(last)} before."
    return f"Closed. It was a {last.kind} {_place(last)} until {day(last.last)}."


def _covers(one: Stretch, on: date) -> bool:
    return (one.first is None or one.first <= on) and (one.last is None or one.last >= on)


def _place(one: Stretch) -> str:
    return f"below {one.parent}" if one.parent else "at the top"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What a unit was in a period."""

    when: str
    name: str
    kind: str
    place: str
    is_ahead: bool


def history(stretches: Iterable[Stretch], today: date) -> list[HistoryLine]:
    """The periods of a unit, the latest first."""
    return [
        HistoryLine(
            period(one.first, one.last), one.name, one.kind, _place(one), one.first is not None and one.first > today
        )
        for one in stretches
    ]


def renamed(unit: UnitView, name: str, kind: str, on: date) -> str:
    """What a unit is called from a day on."""
    parts = [f"is called {name}"] if name != unit.name else []
    parts += [f"is a {kind}"] if kind != unit.kind else []
    return f"{unit.name} {sentence_list(parts) or 'stays as it is'} from {day(on)}."


def whole_branch(unit: UnitView, on: date) -> list[str]:
    """That everything below goes along."""
    return [f"All units below {unit.name}, and everybody in them, go along. Days before {day(on)} stay as they are."]


def merged(unit: UnitView, into: UnitView, parts: Sequence[str], on: date) -> list[str]:
    """What becomes of a unit and of what lies below it."""
    said = [f"{unit.name} goes on in {into.name} from {day(on)}, and is closed from that day on."]
    if parts:
        said.append(f"{sentence_list(parts)} {'lies' if len(parts) == 1 else 'lie'} below {into.name} from then on.")
    return said


def term_left(one: Hanging, unit: str, on: date) -> str:
    """That a champion's term goes on without its unit."""
    until = f"until {day(one.ends_on)}" if one.ends_on else "without an end"
    return say(f"{one.name} is {{champion}} of {unit} {until}, beyond {day(on)}.")


def period(first: date | None, last: date | None) -> str:
    """From when to when."""
    if first is None:
        return f"until {day(last)}" if last else "always"
    if last is None:
        return f"from {day(first)}"
    return day(first) if first == last else f"{day(first)} to {day(last)}"


DEEDS = {
    How.MADE: "that {name} is there",
    How.CHANGED: "a new name, kind or place of {name}",
    How.CLOSED: "that {name} closes",
    How.MERGED: "that {name} goes on in {other}",
    How.SPLIT: "that {name} was split off {other}",
}


def latest(change: LatestChange, other: str) -> str:
    """The latest change of a unit: that it closes on 1 Jan 2027."""
    when = f"on {day(change.on)}" if change.how in (How.CLOSED, How.MERGED) else f"from {day(change.on)}"
    return DEEDS[change.how].format(name=change.name, other=other) + (f", {when}" if change.on else ", since ever")


def taken_back(change: LatestChange, other: str) -> list[str]:
    """What comes of taking a change back, and what stays to be read."""
    said = [f"This is taken back: {latest(change, other)}."]
    match change.how:
        case How.MADE:
            said.append("The unit was never there then. Its code can be used again.")
        case How.CHANGED:
            said.append("What was recorded before goes on.")
        case How.CLOSED:
            said.append("The unit goes on.")
        case How.MERGED:
            said.append("The unit goes on, and whoever moved, and what lay below it, comes back.")
        case How.SPLIT:
            said.append(f"The unit was never there then, and whoever moved is in {other} again.")
    return [*said, "The trail keeps what was recorded and that it was taken back. Sealed reports stay as they are."]


def corrected(change: LatestChange, name: str, kind: str, above: str, on: date | None) -> list[str]:
    """What is recorded instead."""
    was = f" instead of {since_words(change.on)}" if change.on != on else ""
    return [
        f"{name} is a {kind} {above}, {since_words(on)}{was}.",
        "What was recorded before never held. The trail keeps it; sealed reports stay as they are.",
    ]


def since_words(on: date | None) -> str:
    """From when."""
    return f"from {day(on)}" if on else "since ever"


# Waivers


def waived(requirement: str | None, module: str | None) -> str:
    """What is waived."""
    return ", ".join(filter(None, (requirement, module))) or "Everything that is asked"


def reason_kept() -> str:
    """Who reads why something was waived: what pages and files say instead to whoever does not."""
    return say("the reason is read by the {office} alone")


def removal_words(goes: Goes) -> list[str]:
    """What goes with somebody's record."""
    told = [f"the post in {one.unit}, {period(one.starts_on, one.ends_on)}" for one in goes.posts]
    counted = (
        (goes.functions, "function", "functions"),
        (goes.leaves, "leave", "leaves"),
        (goes.former, "former name, address or identifier", "former names, addresses or identifiers"),
    )
    told += [plural(number, one, many) for number, one, many in counted if number]
    return told + (["an account that nobody has used, with its sign-in links"] if goes.has_account else [])


def person_url(person_id: int) -> str:
    """The whole story of a person."""
    return url_for("directory.person", person_id=person_id)


def share(fte: object) -> str | None:
    """A share of full time in words."""
    return None if fte is None else f"{fte}{NO_BREAK_SPACE}FTE"
