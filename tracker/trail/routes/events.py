"""The trail: who did what, narrowed and page by page, each event with what was before and after; and as a file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core import clock
from tracker.core.actor import Actor, Right
from tracker.core.spreadsheets import Table
from tracker.terms.queries import say, terms_said
from tracker.trail import queries, wording
from tracker.trail.forms import TrailFilter
from tracker.trail.queries import Event, Wanted, names_in
from tracker.trail.sentences import deeds_about
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.downloads import table_file
from tracker.web.pages import page

bp = Blueprint("trail", __name__)

MOST_IN_A_FILE = 100_000
HEADER = ("event", "at", "by", "by_account", "what", "verb", "row", "person", "unit", "before", "after")


@bp.route("/office/trail")
@needs(Right.TRAIL_READ)
def events() -> ResponseReturnValue:
    """The latest deeds that fit, or those before one of them."""
    who, form = actor(), TrailFilter()
    form.validate()
    found = queries.events(who, wanted(form), request.args.get("before", type=row_id))
    names = names_in(found.events)
    kept = kept_in_address(form)
    return page(
        "trail/trail.html",
        crumbs=[(say("{Office}"), url_for("office.hub")), ("Audit trail", None)],
        form=form,
        is_narrowed=bool(kept),
        lines=[wording.line(one, names) for one in found.events],
        newer=url_for(".events", **kept) if "before" in request.args else None,
        older=url_for(".events", **kept, before=found.events[-1].id) if found.has_earlier else None,
        csv_url=url_for(".events_csv", **kept),
        xlsx_url=url_for(".events_xlsx", **kept),
        most_in_a_file=MOST_IN_A_FILE,
    )


@bp.route("/office/trail/<int:event_id>")
@needs(Right.TRAIL_READ)
def event(event_id: int) -> ResponseReturnValue:
    """One deed: what was there before, and after."""
    found = queries.event(actor(), event_id)
    names = names_in([found])
    return page(
        "trail/event.html",
        crumbs=[
            (say("{Office}"), url_for("office.hub")),
            ("Audit trail", url_for(".events")),
            (f"Event {event_id}", None),
        ],
        line=wording.line(found, names),
        event=found,
        at=clock.local(found.at),
    )


@bp.route("/office/trail.csv")
@needs(Right.TRAIL_READ)
def events_csv() -> ResponseReturnValue:
    """The deeds that fit, as CSV."""
    return _file()


@bp.route("/office/trail.xlsx")
@needs(Right.TRAIL_READ)
def events_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    return _file()


def wanted(form: TrailFilter) -> Wanted:
    """Which events the filter means; a name that nobody has means none."""
    about, words = form.about.value, form.words.value
    terms = frozenset(term.value for term in terms_said(words))
    deeds = deeds_about(form.topic.value or None, words, terms)
    return Wanted(
        account_ids=queries.accounts_meant(form.who.value) if form.who.value and not form.is_by_system else None,
        by_system=form.is_by_system,
        verbs=deeds.verbs if deeds else None,
        unit_deeds=deeds.of_rows if deeds else None,
        person_ids=queries.people_meant(about) if about else None,
        unit_ids=queries.units_meant(about) if about else None,
        first=form.first.value,
        last=form.last.value,
    )


def kept_in_address(form: TrailFilter) -> dict[str, Any]:
    """What the address keeps of the filter."""
    days = {"first": form.first.value, "last": form.last.value}
    words = {name: form[name].value for name in ("who", "about", "topic", "words")}
    return {name: str(value) for name, value in {**words, **days}.items() if value}


def _file() -> ResponseReturnValue:
    form = TrailFilter()
    form.validate()
    who = actor()
    about = [(name, value) for name, value in kept_in_address(form).items()]
    table = Table("Audit trail", about, HEADER, _rows(who, wanted(form)))
    return table_file(table, f"trail {who.today.isoformat()}")


def _rows(who: Actor, narrowed: Wanted) -> Iterator[Sequence[object]]:
    """A row for each event; names are looked up some at a time."""
    for some in queries.all_events(who, narrowed, MOST_IN_A_FILE):
        names = names_in(some)
        for one in some:
            yield _row(one, names)


def _row(one: Event, names: queries.Names) -> Sequence[object]:
    return (
        *(one.id, clock.local(one.at).isoformat(timespec="seconds"), wording.who(one, names), one.account_id),
        *(wording.sentence(one, names), one.verb, one.subject, one.person_id, one.unit_id),
        *(_json(one.before), _json(one.after)),
    )


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)
