"""Who champions a unit and all below it, on the page and as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.champions.queries import CoverageWarning
from tracker.champions.rules import APPROVERS, Lack, Term
from tracker.core.actor import Right
from tracker.core.paging import Page, nearest
from tracker.core.spreadsheets import Table
from tracker.core.words import NO_BREAK_SPACE, count, day, plural, sentence_list
from tracker.dashboards import policy
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.queries import places
from tracker.dashboards.queries.coverage import Coverage, Covered, coverage
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.terms.queries import say, word
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

UNITS_A_PAGE = 40
CSV_HEADER = (
    *("unit", "unit_name", "champion", "kind", "fte", "starts_on", "ends_on"),
    *("chair", "chair_on", "supervisor", "supervisor_on", "training", "certified", "stands_in", "to_look_at"),
)


@bp.route("/units/<unit_code:code>/coverage", endpoint="coverage")
@needs(Right.UNITS_READ)
def show(code: str) -> ResponseReturnValue:
    """Each unit's champions with their terms and what belongs to them, and what is not settled."""
    who, on = actor(), shown_day()
    unit = policy.get_unit(who, code, on)
    found = coverage(who, unit, on)
    return page(
        "dashboards/coverage.html",
        as_of=as_of(),
        crumbs=lines.crumbs(places.path(who, unit.id, on), say("{Champions}", on)),
        unit=unit,
        coverage=found,
        answer=answer(found, on),
        open_points=list(open_points(found.warnings)),
        listed=_slice(found),
        term_line=lambda term: term_line(term, on),
        page_url=lambda number: url_for(".coverage", code=code, page=number),
        csv_url=url_for(".coverage_csv", code=code),
        others=sentence_list([other.name for other in found.others]),
        may_appoint=who.has(Right.CHAMPIONS_APPOINT) and on == who.today,
    )


@bp.route("/units/<unit_code:code>/coverage.csv")
@bp.route("/units/<unit_code:code>/coverage.xlsx", endpoint="coverage_xlsx")
@needs(Right.UNITS_READ)
def coverage_csv(code: str) -> ResponseReturnValue:
    """The same as a file, a line for each term, and one for each unit without any."""
    on = shown_day()
    unit = policy.get_unit(actor(), code, on)
    found = coverage(actor(), unit, on)
    about = (("as_of", on), ("within", code))
    table = Table(f"{say('{Champions}', on)} of {unit.name}", about, CSV_HEADER, _csv_rows(found))
    return table_file(table, f"{code} {word('champion', on, plural=True)} {on.isoformat()}")


def _slice(found: Coverage) -> Page[Covered]:
    """The page of units that the address asks for; one past the last is the last. Raises Invalid."""
    number = nearest(page_number(), len(found.units), UNITS_A_PAGE)
    start = (number - 1) * UNITS_A_PAGE
    return Page(found.units[start : start + UNITS_A_PAGE], number, len(found.units), UNITS_A_PAGE)


# Words


def answer(found: Coverage, on: date) -> str:
    """How many of those that should have a faculty and a staff champion do."""
    should, have = found.should_have_both, found.have_both
    if not should:
        running = sum(term.covers(on) for one in found.units for term in one.terms)
        verb = "is" if running == 1 else "are"
        number = plural(running, word("champion", on), word("champion", on, plural=True))
        return f"There {verb} {number} here on {day(on)}."
    if len(should) == 1:
        has = "has" if have else "does not have"
        return f"{should[0].unit.name} {has} both a faculty and a staff {word('champion', on)} on {day(on)}."
    have_words = "has" if len(have) == 1 else "have"
    return (
        f"{count(len(have))} of {plural(len(should), 'department', 'departments')} here {have_words} both a faculty "
        f"and a staff {word('champion', on)} on {day(on)}."
    )


LACK_WORDS = {
    Lack.CHAMPION: "{Champions} missing",
    Lack.FOLLOWER: f"Terms that end within 90{NO_BREAK_SPACE}days",
    Lack.APPROVAL: "Terms without both approvals",
    Lack.FTE: "Terms without an agreed FTE",
    Lack.CERTIFICATE: "Units where nobody is certified",
}


def open_points(warnings: Sequence[CoverageWarning]) -> Iterator[tuple[str, int]]:
    """How often each thing is lacking that is."""
    for lack, words in LACK_WORDS.items():
        if number := sum(warning.lack is lack for warning in warnings):
            yield say(words), number


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term in a table."""

    name: str
    note: str | None
    url: str
    kind: str
    fte: str | None
    period: str
    approvals: str | None
    training: str | None
    certified: str | None


def term_line(term: Term, on: date) -> TermLine:
    """A term as tables show it on a day."""
    return TermLine(
        term.name,
        "; ".join(_notes(term, on)) or None,
        url_for("champions.term", champion_id=term.id),
        term.kind,
        None if term.fte is None else format(term.fte, "f"),
        period(term),
        _approvals(term),
        _training(term),
        sentence_list([one.module for one in term.certificates]) or None,
    )


def period(term: Term) -> str:
    """From when to when a term runs."""
    return f"{day(term.starts_on)} to {day(term.ends_on)}" if term.ends_on else f"from {day(term.starts_on)}"


def _notes(term: Term, on: date) -> Iterator[str]:
    if term.starts_on > on:
        yield f"begins on {day(term.starts_on)}"
    for one in term.substitutes:
        if one.starts_on <= on <= one.ends_on:
            yield f"{one.name} stands in for {term.name} until {day(one.ends_on)}"
        elif one.starts_on > on:
            yield f"{one.name} stands in for {term.name} from {day(one.starts_on)} until {day(one.ends_on)}"


def _approvals(term: Term) -> str | None:
    given = [f"{one.kind} {day(one.approved_on)}" for one in term.approvals]
    return lines.capital(sentence_list(given)) or None


def _training(term: Term) -> str | None:
    return sentence_list([_days(one.starts_on, one.ends_on) for one in term.trainings]) or None


def _days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


# CSV


def _csv_rows(found: Coverage) -> Iterator[Sequence[object]]:
    for one in found.units:
        head = (one.unit.code, one.unit.name)
        of_unit = [warning.text for warning in one.warnings if warning.champion_id is None]
        if not one.terms:
            yield (*head, *[None] * 12, _joined(of_unit))
        for term in one.terms:
            texts = [warning.text for warning in one.warnings if warning.champion_id == term.id]
            yield (*head, *_csv_term(term), _joined([*texts, *of_unit]))


def _csv_term(term: Term) -> Sequence[object]:
    given = {approval.kind: approval for approval in term.approvals}
    approvals = [(one.approved_by, one.approved_on) if (one := given.get(kind)) else (None, None) for kind in APPROVERS]
    return (
        *(term.name, term.kind, term.fte, term.starts_on, term.ends_on),
        *(value for approval in approvals for value in approval),
        _joined([f"{one.starts_on} to {one.ends_on}" for one in term.trainings]),
        _joined([f"{one.module} ({one.certified_on})" for one in term.certificates]),
        _joined([f"{one.name} ({one.starts_on} to {one.ends_on})" for one in term.substitutes]),
    )


def _joined(words: Sequence[str]) -> str | None:
    return "; ".join(words) or None
