"""The letters of reports that are sent regularly: figures in words, as their reader may see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app

from tracker.accounts.queries import account
from tracker.core import config
from tracker.core.actor import Actor, Right
from tracker.core.errors import NotFound
from tracker.core.words import NO_BREAK_SPACE, PRODUCT_NAME, count, day, percent
from tracker.dashboards import policy
from tracker.dashboards.queries.items import ItemView, RequirementView
from tracker.dashboards.queries.sight import Cell
from tracker.dashboards.queries.standings import Row, Standing, standing
from tracker.progress.queries.changing import note_on
from tracker.reporting.commands.mailings import Written
from tracker.reporting.models import Shows
from tracker.reporting.queries.mailings import MailingView, ReaderView
from tracker.reporting.queries.seals import Reported, reported_of
from tracker.reporting.rules import EVERY, Counted

NOBODY_COUNTED = "nobody is counted"


@dataclass(frozen=True, slots=True)
class Section:
    """A requirement in a letter, with a line for each unit."""

    title: str
    lines: Sequence[str]


def letter(mailing: MailingView, reader: ReaderView, on: date, today: date) -> Written:
    """What a reader gets today; no text where she may not see the unit any more."""
    visitor = account(reader.account_id, today)
    subject = f"{mailing.unit}: where it stands on {day(on)}".replace(NO_BREAK_SPACE, " ")
    nothing = Written(reader.account_id, reader.email, subject, None)
    if visitor is None or not visitor.actor.has(Right.UNITS_READ):
        return nothing
    try:
        found = _standing(visitor.actor, mailing, on)
    except NotFound:
        return nothing
    return Written(reader.account_id, reader.email, subject, _text(mailing, found, visitor.name, on))


def _standing(actor: Actor, mailing: MailingView, on: date) -> Standing:
    """The figures within the reader's sight: today's rights and tree decide what she may open. Raises NotFound."""
    unit = policy.get_unit(actor, mailing.unit_code, on)

    def of_parts(asked: Sequence[RequirementView]) -> Sequence[ItemView]:
        return [one.whole for one in _chosen(mailing, asked)] if mailing.shows is Shows.TABLE else []

    return standing(actor, unit, on, of_parts)


def _chosen(mailing: MailingView, asked: Sequence[RequirementView]) -> list[RequirementView]:
    return [one for one in asked if mailing.requirement_code in (None, one.code)]


def _text(mailing: MailingView, found: Standing, name: str, on: date) -> str:
    template = current_app.jinja_env.get_template("reporting/mailing.txt")
    reported = _reported(mailing, found, on)
    return template.render(
        name=name,
        unit=found.unit.name,
        on=day(on),
        sections=list(_sections(mailing, found, reported)),
        sealed_on=reported and day(reported.sealed_on),
        note=note_on([one.title for one in _chosen(mailing, found.asked) if one.is_changing]),
        every=EVERY[mailing.rhythm],
        url=f"{config.settings().public_url}{_path(mailing, on)}",
        product_name=PRODUCT_NAME,
    ).replace(NO_BREAK_SPACE, " ")


def _reported(mailing: MailingView, found: Standing, on: date) -> Reported | None:
    """What was reported of the same units, where the day is sealed and the numbers may be seen: two rounded figures
    would tell of the few by whom they differ."""
    named = [one.code for one in _chosen(mailing, found.asked) if one.names_shown]
    units = [row.unit.code for row in (found.whole, *found.parts) if row.unit]
    return reported_of(on, units, named) if named else None


def _path(mailing: MailingView, on: date) -> str:
    """Where the same figures stand on a page."""
    endpoint = "dashboards.table" if mailing.shows is Shows.TABLE else "dashboards.unit"
    values = {"code": mailing.unit_code, "as_of": on.isoformat()}
    if mailing.shows is Shows.TABLE and mailing.requirement_code:
        values |= {"by": "requirement", "requirement": mailing.requirement_code}
    return current_app.url_map.bind("").build(endpoint, values)


def _sections(mailing: MailingView, found: Standing, reported: Reported | None) -> Iterator[Section]:
    for one in _chosen(mailing, found.asked):
        rows: list[Row] = [found.whole, *found.parts]
        yield Section(one.title, [_line(row, one, reported) for row in rows])


def _line(row: Row, requirement: RequirementView, reported: Reported | None) -> str:
    """A unit with its figure; where another was reported, with that one too."""
    cell = row.cell(requirement.whole)
    line = f"{row.name}: {words_of(cell)}"
    if reported is None or row.unit is None or not requirement.names_shown:
        return line
    then = reported.figure(row.unit.code, requirement.code)
    if then == Counted(cell.denominator, cell.numerator):
        return line
    return f"{line} (as now known; reported {day(reported.sealed_on)}: {_rate(then.satisfied, then.denominator)})"


def words_of(cell: Cell) -> str:
    """A figure in words, with its numbers where they may be seen."""
    if cell.protected_text is not None:
        return cell.protected_text
    words = _rate(cell.numerator, cell.denominator)
    return f"{words}; {count(cell.figure.overdue)} overdue" if cell.figure.overdue else words


def _rate(satisfied: int, counted: int) -> str:
    return f"{percent(satisfied, counted)}, {count(satisfied)} of {count(counted)}" if counted else NOBODY_COUNTED
