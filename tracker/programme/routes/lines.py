"""What the pages of the curriculum say, as their templates take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from flask import url_for

from tracker.core.days import day_or_none
from tracker.core.words import percent, plural
from tracker.programme.moves import DayMove, GateMove, Numbers, Preview, RequirementMove, denominator, in_scope
from tracker.programme.queries.history import ComingTitle, StateLine, Told
from tracker.programme.queries.proposals import Drawn, ProposalView
from tracker.programme.rules import Deed, Difference, Entry, How, Kind, kind_of
from tracker.programme.words import GATE_LABELS, LABELS, FieldChange, Names, day_words, field_changes, words_of
from tracker.progress.figures.answers import EVERYTHING
from tracker.progress.rules import Span, Status
from tracker.terms.queries import say

NOT_ASKED = 0
GATE_ROWS = 50
"""Units of a gate that a preview names; of more it says how many."""
HOW = {
    How.FORM: "by form",
    How.FILE: "from a file",
    How.RESTORED: "a former state put back",
    How.RENAMED: "renamed from a day on",
    How.TURNED: "a title that was set for this day took its place",
    How.DIRECT: "outside these pages",
}
DEEDS = {Deed.ADDED: "Added", Deed.CHANGED: "Changed", Deed.REMOVED: "Removed"}
KINDS = {Kind.MODULE: "module", Kind.REQUIREMENT: "requirement", Kind.GATE: "gate"}
COUNTED_OF_PEOPLE = (Status.WAIVED, Status.ON_LEAVE, Status.SATISFIED, Status.OVERDUE)
"""The statuses that figures count people by, over all modules of a requirement; all others are of single modules."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing that differs: what became of it, and its fields before and after."""

    kind: str
    code: str
    title: str
    deed: str
    fields: Sequence[FieldChange]
    url: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A figure before and after, in words."""

    label: str
    before: str
    after: str
    change: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's rate before and after, and how many more are to go and overdue."""

    name: str
    before: str
    before_counts: str
    after: str
    after_counts: str
    to_go: str
    overdue: str


@dataclass(frozen=True, slots=True)
class DayLines:
    """The figures of a day: of people, of each module, of the units that change most, and what moves, in sentences."""

    day: date
    people: Sequence[Row]
    modules: Sequence[tuple[str, Sequence[Row]]]
    units: Sequence[UnitRow]
    moves: Sequence[str]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a drawn lane: where it begins and how wide it is, in per cent, and its status as a word."""

    left: float
    width: float
    status: str


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which a status stays the same under both rules."""

    first: date
    last: date
    now: tuple[str, str] | None
    then: tuple[str, str] | None

    @property
    def differs(self) -> bool:
        """Whether the two rules say different things."""
        return self.now != self.then


@dataclass(frozen=True, slots=True)
class Lanes:
    """A module's two lanes, drawn, and the same as periods."""

    title: str
    now: Sequence[Segment]
    then: Sequence[Segment]
    periods: Sequence[Period]


def facts_of(entry: Entry, names: Names, kind: Kind) -> list[tuple[str, str]]:
    """Everything a thing says beside its title and summary, as pairs of label and words."""
    labels = GATE_LABELS if kind is Kind.GATE else LABELS
    return [
        (say(labels[one.name]), words_of(entry, one.name, names))
        for one in fields(entry)
        if one.name not in ("title", "summary")
    ]


def changed(differences: Sequence[Difference], names: Names) -> list[Changed]:
    """Things that differ."""
    return [
        Changed(
            KINDS[one.kind],
            one.code,
            one.title,
            DEEDS[one.deed],
            field_changes(one, names),
            url_for(".thing", kind=one.kind.value, code=one.code) if one.before is not None else None,
        )
        for one in differences
    ]


def kind_word(entry: Entry) -> str:
    """The kind of a thing as addresses spell it."""
    return kind_of(entry).value


def how(line: StateLine) -> str:
    """How a state came about, and by whom."""
    return f"{line.who or 'the system'}, {HOW[line.how]}"


def comes(one: ComingTitle) -> str:
    """A coming title: "From 1 Jan 2027 on, module DIV-1 is called Awareness"."""
    return f"From {day_words(one.starts_on)} on, {KINDS[one.kind]} {one.code} is called “{one.title}”"


def said(told: Told) -> str:
    """What became of a thing, in a few words: "Requirement Yearly course changed"."""
    one = told.difference
    return f"{KINDS[one.kind].capitalize()} “{one.title}” {DEEDS[one.deed].lower()}"


# Previews


def heading(found: ProposalView) -> str:
    """What a proposal is about."""
    if len(found.changes) != 1:
        return "Former state of the curriculum" if found.how is How.RESTORED else "Changes of the curriculum"
    (one,) = found.changes
    if one.deed is Deed.ADDED:
        return f"New {KINDS[one.kind]}: {one.title}"
    return f"Remove {one.title}" if one.deed is Deed.REMOVED else f"Change of {one.title}"


def answer(preview: Preview, changes: Sequence[Difference]) -> list[str]:
    """What a proposal would move, in short: the first sentence is the answer."""
    if not preview.revisions:
        return ["No figure moves.", *_without_figures(changes)]
    told = []
    if new := _rules(preview, is_new=True):
        told.append(f"{new} would be added.")
    if other := _rules(preview, is_new=False):
        told.append(f"The rule of {other} would change.")
    if preview.requirements:
        late = sum(one.late_count for one in preview.requirements)
        who = plural(late, "person", "people") if late else "Nobody"
        told.append(f"{who} would become overdue today.")
    if opening := sum(one.open_after - one.open_before for one in preview.gates):
        more = "more" if opening > 0 else "fewer"
        told.append(
            f"Gates would be open today for {abs(opening):,} {more} {'unit' if abs(opening) == 1 else 'units'}."
        )
    people = plural(preview.people, "person", "people")
    return [" ".join(told), f"Worked out for {people} from all that is known now."]


def _rules(preview: Preview, *, is_new: bool) -> str:
    """How many requirements and gates have another rule, or are new."""
    requirements = sum((one.deed is Deed.ADDED) is is_new for one in preview.requirements)
    gates = sum((one.deed is Deed.ADDED) is is_new for one in preview.gates)
    word = "new " if is_new else ""
    parts = [plural(requirements, f"{word}requirement", f"{word}requirements")] if requirements else []
    parts += [plural(gates, f"{word}gate", f"{word}gates")] if gates else []
    return " and ".join(parts)


def _without_figures(changes: Sequence[Difference]) -> list[str]:
    """Why no figure moves."""
    deeds = {one.deed for one in changes}
    reasons = {
        Deed.ADDED: "Nothing asks for what is added yet.",
        Deed.REMOVED: "No figure rests on what is removed.",
        Deed.CHANGED: "Only words change, which never count.",
    }
    return [words for deed, words in reasons.items() if deed in deeds]


def day_lines(one: DayMove, titles: Mapping[str, str], units: Mapping[int, tuple[str, str]]) -> DayLines:
    """The figures of one day of a requirement."""
    people = next(item for item in one.items if item.module == EVERYTHING)
    modules = [item for item in one.items if item.module != EVERYTHING]
    return DayLines(
        date.fromordinal(one.day),
        _rows(people.before, people.after, COUNTED_OF_PEOPLE),
        [(titles.get(item.module, item.module), _rows(item.before, item.after, list(Status))) for item in modules],
        [_unit_row(units.get(unit.unit_id, ("", ""))[1], unit.before, unit.after) for unit in one.units],
        _moves(one),
    )


def _rows(before: Numbers, after: Numbers, statuses: Sequence[Status]) -> list[Row]:
    rows = [_row("Asked", in_scope(before), in_scope(after))]
    for status in statuses:
        old, new = before[status - 1], after[status - 1]
        if old or new or status in (Status.SATISFIED, Status.OVERDUE):
            rows.append(_row(status.name.replace("_", " ").capitalize(), old, new))
    done = Status.SATISFIED - 1
    shares = [f"{percent(side[done], denominator(side))}" for side in (before, after)]
    counts = [f"{side[done]:,} of {denominator(side):,}" for side in (before, after)]
    before_rate, after_rate = (f"{share} ({number})" for share, number in zip(shares, counts, strict=True))
    rows.append(Row("Rate", before_rate, after_rate, "", "sum"))
    return rows


def _row(label: str, before: int, after: int) -> Row:
    return Row(label, f"{before:,}", f"{after:,}", _signed(after - before))


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"\N{MINUS SIGN}{-number:,}" if number else "no change"


def _unit_row(name: str, before: Numbers, after: Numbers) -> UnitRow:
    done = Status.SATISFIED - 1
    to_go = (denominator(after) - after[done]) - (denominator(before) - before[done])
    return UnitRow(
        name,
        percent(before[done], denominator(before)),
        f"{before[done]:,} of {denominator(before):,}",
        percent(after[done], denominator(after)),
        f"{after[done]:,} of {denominator(after):,}",
        _signed(to_go),
        _signed(after[Status.OVERDUE - 1] - before[Status.OVERDUE - 1]),
    )


def _moves(one: DayMove) -> list[str]:
    """Who moves, in sentences; what does not happen is left out."""
    asked = [status.value for status in Status]
    open_ = [status for status in asked if status != Status.SATISFIED]
    not_late = [status for status in asked if status != Status.OVERDUE]
    told = [
        (one.people([NOT_ASKED], asked), "would be asked and are not today"),
        (one.people(asked, [NOT_ASKED]), "would not be asked any more"),
        (one.people([NOT_ASKED, *not_late], [Status.OVERDUE]), "would become overdue"),
        (one.people([Status.OVERDUE], not_late), "would no longer be overdue"),
        (one.people(open_, [Status.SATISFIED]), "would be satisfied who are not now"),
        (one.people([Status.SATISFIED], open_), "would no longer be satisfied"),
    ]
    return [f"{plural(number, 'person', 'people')} {words}." for number, words in told if number]


def late_note(one: RequirementMove) -> str:
    """How many of those who become overdue are not named."""
    more = one.late_count - len(one.late)
    return f"and {plural(more, 'more person', 'more people')}" if more > 0 else ""


def gate_rows(
    one: GateMove, units: Mapping[int, tuple[str, str]], today: date
) -> tuple[list[tuple[str, str, str]], int]:
    """The units whose day of opening moves, as name, before, after: first those that open or shut today; and how many
    more there are."""
    number = today.toordinal()
    moved = sorted(one.units, key=lambda unit: (0 < unit[1] <= number) == (0 < unit[2] <= number))
    rows = [
        (units[unit][1], _opens(before, today), _opens(after, today)) for unit, before, after in moved if unit in units
    ]
    return rows[:GATE_ROWS], max(0, len(rows) - GATE_ROWS)


def _opens(number: int, today: date) -> str:
    if not number:
        return "shut"
    day = date.fromordinal(number)
    return f"open since {day_words(day)}" if day <= today else f"opens on {day_words(day)}"


# Samples


def lanes(found: Sequence[Drawn], first: date, last: date) -> list[Lanes]:
    """What is drawn for a sample person."""
    start, days = first.toordinal(), last.toordinal() - first.toordinal() + 1
    return [
        Lanes(one.title, _segments(one.now, start, days), _segments(one.then, start, days), _periods(one, first, last))
        for one in found
    ]


def _segments(spans: Sequence[Span], start: int, days: int) -> list[Segment]:
    return [
        Segment(
            round(100 * (span.first - start) / days, 3),
            round(100 * (span.last - span.first + 1) / days, 3),
            span.status.word,
        )
        for span in spans
    ]


def _periods(one: Drawn, first: date, last: date) -> list[Period]:
    """The days cut wherever either rule says something else."""
    begins = {first.toordinal()}
    for span in (*one.now, *one.then):
        begins |= {span.first, span.last + 1}
    cuts = sorted(day for day in begins if first.toordinal() <= day <= last.toordinal())
    ends = [*(day - 1 for day in cuts[1:]), last.toordinal()]
    found: list[Period] = []
    for begin, end in zip(cuts, ends, strict=True):
        now, then = (_said_on(side, begin) for side in (one.now, one.then))
        if found and (found[-1].now, found[-1].then) == (now, then):
            begin = found.pop().first.toordinal()
        found.append(Period(date.fromordinal(begin), date.fromordinal(end), now, then))
    return found


def _said_on(spans: Sequence[Span], day: int) -> tuple[str, str] | None:
    """The status on a day as (word, sentence); none where nothing is asked."""
    for span in spans:
        if span.first <= day <= span.last:
            word = span.status.name.replace("_", " ").capitalize()
            due = None if span.status is Status.SATISFIED else day_or_none(span.due)
            return span.status.word, f"{word}, due {day_words(due)}" if due else word
    return None
