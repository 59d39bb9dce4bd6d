"""Who champions what in the whole institution: unit by unit and champion by champion, as files, and a way to write."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.champions.queries import terms_without_unit
from tracker.champions.rules import KINDS, WITH_BOTH_KINDS, Lack, Term
from tracker.core.actor import Actor, Right
from tracker.core.errors import Invalid
from tracker.core.paging import Page, nearest
from tracker.core.spreadsheets import Table
from tracker.core.words import NO_BREAK_SPACE, day, plural, sentence_list
from tracker.dashboards.addresses import as_of, page_number, shown_day
from tracker.dashboards.champions_forms import ChampionsFilter, Show
from tracker.dashboards.people_forms import ALL
from tracker.dashboards.queries import roster
from tracker.dashboards.queries.coverage import (
    Coverage,
    Covered,
    Serving,
    coverage_of_all,
    ending,
    fte_of,
    serving,
)
from tracker.dashboards.routes import coverage as of_unit
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.writing import WRITE, may_write
from tracker.terms.queries import say, word
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.downloads import table_file
from tracker.web.lines import PersonLine
from tracker.web.pages import page

UNITS_A_PAGE = 20
PEOPLE_A_PAGE = 50
UNITS_HEADER = ("unit", "unit_name", "kind_of_unit", "faculty", "staff", "fte", "next_end", "to_look_at")
PEOPLE_HEADER = ("champion", "email", "units", "unit_names", "kinds", "fte", "next_end")
GROUPS = {
    Show.GAPS: (Lack.CHAMPION,),
    Show.UNSETTLED: (Lack.APPROVAL, Lack.FTE, Lack.CERTIFICATE),
}


@bp.route("/office/champions")
@needs(Right.RECORDS_READ_ALL)
def champions_overview() -> ResponseReturnValue:
    """Every unit with its faculty and staff champions, and what is lacking."""
    whole, form, found = _asked()
    on = shown_day()
    number = nearest(page_number(), len(found), UNITS_A_PAGE)
    start = (number - 1) * UNITS_A_PAGE
    listed = Page(found[start : start + UNITS_A_PAGE], number, len(found), UNITS_A_PAGE)
    top = min((one.depth for one in found), default=0)
    return page(
        "dashboards/champions_overview.html",
        as_of=as_of(),
        crumbs=_crumbs(),
        **_head(whole, form, found, on),
        listed=listed,
        rows=[_unit_row(one, on, top) for one in listed.items],
        page_url=lambda number: url_for(".champions_overview", **form.kept, page=number),
        may_appoint=actor().has(Right.CHAMPIONS_APPOINT) and on == actor().today,
    )


@bp.route("/office/champions/people")
@needs(Right.RECORDS_READ_ALL)
def champions_people() -> ResponseReturnValue:
    """Every champion once, with the units and what is agreed; to be ticked and written to."""
    whole, form, found = _asked()
    who, on = actor(), shown_day()
    people = serving(found, on)
    number = nearest(page_number(), len(people), PEOPLE_A_PAGE)
    start = (number - 1) * PEOPLE_A_PAGE
    listed = Page(people[start : start + PEOPLE_A_PAGE], number, len(people), PEOPLE_A_PAGE)
    return page(
        "dashboards/champions_people.html",
        as_of=as_of(),
        crumbs=_crumbs(),
        **_head(whole, form, found, on),
        listed=listed,
        rows=[_person_line(one) for one in listed.items],
        page_url=lambda number: url_for(".champions_people", **form.kept, page=number),
        deeds=_deeds(who, form) if on == who.today else [],
        all_words=say(f"All {plural(len(people), '{champion}', '{champions}')} of this list"),
    )


@bp.route("/office/champions/write", methods=["POST"])
@needs(Right.CHAMPIONS_APPOINT)
def write_to_champions() -> ResponseReturnValue:
    """Say whom one is about to write to, and go on to what to write."""
    who = actor()
    _, form, found = _asked()
    people = serving(found, who.today)
    chosen = set(_ticked())
    is_all = request.form.get("scope") == ALL
    ids = [one.person_id for one in people if is_all or one.person_id in chosen]
    return page(
        "dashboards/write.html",
        crumbs=[*_crumbs()[:-1], (say("{Champions}"), url_for(".champions_people")), ("Write to them", None)],
        people=list(roster.named(who, ids).values()),
        write_url=url_for(WRITE),
        people_url=url_for(".champions_people", **form.kept),
    )


@bp.route("/office/champions.csv")
@needs(Right.RECORDS_READ_ALL)
def champions_csv() -> ResponseReturnValue:
    """The units that fit, as CSV."""
    return _units_file()


@bp.route("/office/champions.xlsx")
@needs(Right.RECORDS_READ_ALL)
def champions_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    return _units_file()


@bp.route("/office/champions/people.csv")
@needs(Right.RECORDS_READ_ALL)
def champions_people_csv() -> ResponseReturnValue:
    """The champions that fit, as CSV."""
    return _people_file()


@bp.route("/office/champions/people.xlsx")
@needs(Right.RECORDS_READ_ALL)
def champions_people_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    return _people_file()


# What they share


def _asked() -> tuple[Coverage, ChampionsFilter, list[Covered]]:
    """The coverage of the whole, the filter in the address, and the units that fit it."""
    whole = coverage_of_all(actor(), shown_day())
    tops = [one for one in whole.units if one.unit.kind == WITH_BOTH_KINDS]
    form = ChampionsFilter([(one.unit.code, one.unit.name) for one in tops])
    form.validate()
    return whole, form, list(_fitting(whole, form))


def _fitting(whole: Coverage, form: ChampionsFilter) -> Iterator[Covered]:
    """The units that the filter means, in the order of the tree."""
    wanted, words = form.show.value, str(form.q.value or "").casefold()
    soon = {one.unit.id for one in ending(whole.units, whole.day)}
    within_depth: int | None = None
    for one in whole.units:
        if form.within.value is not None:
            if within_depth is not None and one.depth <= within_depth:
                within_depth = None
            if one.unit.code == form.within.value:
                within_depth = one.depth
            if within_depth is None:
                continue
        if wanted == Show.ENDING and one.unit.id not in soon:
            continue
        if wanted in GROUPS and not one.lacks(*GROUPS[Show(wanted)]):
            continue
        if words and not _says(one, words, whole.day):
            continue
        yield one


def _says(one: Covered, words: str, on: date) -> bool:
    names = [one.unit.name, *(term.name for term in one.terms if term.covers(on))]
    return any(words in name.casefold() for name in names)


def _head(whole: Coverage, form: ChampionsFilter, found: Sequence[Covered], on: date) -> dict[str, Any]:
    """What both pages begin with."""
    warnings = [warning for one in found for warning in one.warnings]
    figures = [
        ("Units", len(found)),
        (say("{Champions}", on), len(serving(found, on))),
        ("FTE agreed in all", fte_words(fte_of(found, on))),
        (f"Units where a term ends within 90{NO_BREAK_SPACE}days", len(ending(found, on))),
        *of_unit.open_points(warnings),
    ]
    return {
        "answer": of_unit.answer(whole, on),
        "form": form,
        "is_narrowed": bool(form.kept),
        "figures": list(dict(figures).items()),
        "ways": [_way("Unit by unit", "champions_overview", form), _way("One by one", "champions_people", form)],
        "kept": form.kept,
        "hanging": _hanging(form, on),
    }


def _hanging(form: ChampionsFilter, on: date) -> list[tuple[str, str]]:
    """Terms that go on though their unit is closed, in words and with where to settle them; narrowed by name alone."""
    words = str(form.q.value or "").casefold()
    return [
        (
            say(f"{term.name}, {term.kind} {{champion}} of {unit} {_until(term.ends_on)}", on),
            url_for("champions.term", champion_id=term.id),
        )
        for term, unit in terms_without_unit(on)
        if words in term.name.casefold() or words in unit.casefold()
    ]


def _until(last: date | None) -> str:
    return f"until {day(last)}" if last else "without an end"


def _way(label: str, name: str, form: ChampionsFilter) -> tuple[str, str | None]:
    """One of the two views; without an address where it is the one before us."""
    endpoint = f"dashboards.{name}"
    return label, None if request.endpoint == endpoint else url_for(endpoint, **form.kept)


def _crumbs() -> list[tuple[str, str | None]]:
    return [(say("{Office}"), url_for("office.hub")), (say("{Champions}"), None)]


def _deeds(who: Actor, form: ChampionsFilter) -> list[dict[str, str]]:
    return [{"label": "Write to them", "url": url_for(".write_to_champions", **form.kept)}] if may_write(who) else []


def _ticked() -> list[int]:
    """Who is ticked. Raises Invalid."""
    try:
        return [row_id(typed) for typed in request.form.getlist("people")]
    except ValueError:
        raise Invalid("people", "Somebody among those ticked is not known here.") from None


# Rows


@dataclass(frozen=True, slots=True)
class Cell:
    """The champions of one kind: who, until when; or that one is missing."""

    names: Sequence[tuple[str, str, str]]
    is_missing: bool
    kind: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the table."""

    code: str
    name: str
    depth: int
    cells: Sequence[Cell]
    fte: str | None
    notes: Sequence[str]


def _unit_row(one: Covered, on: date, top: int) -> UnitRow:
    """A unit, set in from where the highest of those shown lies."""
    missing = {warning.kind for warning in one.warnings if warning.lack is Lack.CHAMPION}
    cells = [Cell([_in_cell(term) for term in one.running(kind, on)], kind in missing, kind) for kind in KINDS]
    fte = fte_of([one], on)
    notes = [warning.text for warning in one.warnings if warning.lack is not Lack.CHAMPION]
    return UnitRow(one.unit.code, one.unit.name, one.depth - top, cells, fte_words(fte) if fte else None, notes)


def _in_cell(term: Term) -> tuple[str, str, str]:
    """Name, address and last day of a term."""
    until = f"until {day(term.ends_on)}" if term.ends_on else "no end set"
    return term.name, url_for("champions.term", champion_id=term.id), until


def _person_line(one: Serving) -> PersonLine:
    """A champion with the units, what is agreed, and the next end of a term."""
    units = sentence_list([f"{unit.name} ({term.kind})" for unit, term in one.places])
    parts = [units, f"{fte_words(one.fte)} FTE" if one.fte else "no FTE agreed"]
    if len(one.places) > 1:
        parts.insert(0, plural(len(one.places), "unit", "units"))
    if one.next_end is not None:
        parts.append(f"until {day(one.next_end)}")
    return PersonLine(one.person_id, one.name, url_for(".person", person_id=one.person_id), " · ".join(parts))


def fte_words(fte: Decimal) -> str:
    """Full-time equivalents, digit for digit."""
    return format(fte.normalize(), "f")


# Files


def _units_file() -> ResponseReturnValue:
    _, form, found = _asked()
    on = shown_day()
    table = Table(
        say("{Champions}, unit by unit", on),
        [("as_of", on), *form.kept.items()],
        UNITS_HEADER,
        (_unit_values(one, on) for one in found),
    )
    return table_file(table, f"{word('champion', on, plural=True)} {on.isoformat()}")


def _unit_values(one: Covered, on: date) -> Sequence[object]:
    running = [term for kind in KINDS for term in one.running(kind, on)]
    ends = min((term.ends_on for term in running if term.ends_on is not None), default=None)
    named = [_joined(term.name for term in one.running(kind, on)) for kind in KINDS]
    return (
        *(one.unit.code, one.unit.name, one.unit.kind, *named),
        *(fte_of([one], on), ends, _joined(warning.text for warning in one.warnings)),
    )


def _people_file() -> ResponseReturnValue:
    _, form, found = _asked()
    on = shown_day()
    table = Table(
        say("{Champions}, one by one", on),
        [("as_of", on), *form.kept.items()],
        PEOPLE_HEADER,
        (_person_values(one) for one in serving(found, on)),
    )
    return table_file(table, f"{word('champion', on, plural=True)} one by one {on.isoformat()}")


def _person_values(one: Serving) -> Sequence[object]:
    return (
        *(one.name, one.email, len(one.places), _joined(unit.name for unit, _ in one.places)),
        *(_joined(sorted({term.kind for _, term in one.places})), one.fte, one.next_end),
    )


def _joined(words: Iterable[str]) -> str | None:
    return "; ".join(words) or None
