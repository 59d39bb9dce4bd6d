"""One person, and why she stands where she does."""

from datetime import date

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.spreadsheets import Table
from tracker.dashboards.addresses import as_of, shown_day
from tracker.dashboards.people_forms import TICKED
from tracker.dashboards.policy import sees_all
from tracker.dashboards.queries import places
from tracker.dashboards.queries.person import PersonView, person_on
from tracker.dashboards.routes import lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.writing import WRITE, may_write
from tracker.progress.explain import explain
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.changing import NOTE, note_on, requirements_changing
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page


@bp.route("/people/<int:person_id>")
@needs(Right.UNITS_READ)
def person(person_id: int) -> ResponseReturnValue:
    """A person as the office, or a champion of her unit, may see her."""
    who, on = actor(), shown_day()
    found = person_on(who, person_id, on, catalogue())
    return page(
        "dashboards/person.html",
        as_of=as_of(),
        crumbs=_crumbs(found),
        person=found,
        answer=person_lines.person_answer(found, on, who.today),
        facts=person_lines.person_facts(found),
        asked=person_lines.asked_of(found, on, who.today),
        done=person_lines.done_lines(
            found, sees_all=sees_all(who), may_correct=_may_enter(who, found), may_decide=_may_decide(who, found)
        ),
        has_receipts=sees_all(who),
        may_log=_may_enter(who, found),
        attendance_url=_attendance_url(who, found, on),
        write_url=_write_url(who, found),
        csv_url=url_for(".person_csv", person_id=person_id),
        story_url=url_for("directory.person", person_id=person_id) if who.has(Right.DIRECTORY_READ) else None,
        only_some=not sees_all(who) and who.person_id != person_id,
    )


@bp.route("/people/<int:person_id>.csv")
@bp.route("/people/<int:person_id>.xlsx", endpoint="person_xlsx")
@needs(Right.UNITS_READ)
def person_csv(person_id: int) -> ResponseReturnValue:
    """The same as a file: what is asked of her, and what is on record, as far as the reader may see it."""
    who, on = actor(), shown_day()
    found = person_on(who, person_id, on, catalogue())
    home = found.home
    table = Table(
        found.name,
        about=[
            *(("as_of", on), ("person", found.name), ("identifier", found.identifier)),
            *(("unit", home and home.unit), ("category", home and home.category), ("role", home and home.role)),
            (NOTE, note_on(requirements_changing())),
        ],
        header=("part", "module", "requirement", "level", "status", "due_on", "completed_on", "expires_on"),
        rows=person_lines.file_rows(found),
    )
    return table_file(table, f"person {person_id} {on.isoformat()}")


@bp.route("/people/<int:person_id>/why/<int:requirement_id>")
@bp.route("/people/<int:person_id>/why/<int:requirement_id>/<int:module_id>")
@needs(Right.UNITS_READ)
def why(person_id: int, requirement_id: int, module_id: int | None = None) -> ResponseReturnValue:
    """Why a person stands where she does with a module, or with a whole requirement."""
    who, on = actor(), shown_day()
    told = explain(who, person_id, requirement_id, module_id, on)
    found = person_on(who, person_id, on, catalogue())
    return page(
        "dashboards/why.html",
        as_of=as_of(),
        crumbs=[*_crumbs(found)[:-1], (found.name, url_for(".person", person_id=person_id)), ("Why", None)],
        person=found,
        explanation=told,
        title=person_lines.title_of_asked(found, requirement_id, module_id),
    )


def _crumbs(found: PersonView) -> list[tuple[str, str | None]]:
    """The way down to a person's home, and she herself."""
    if found.home is None:
        return [(found.name, None)]
    return lines.crumbs(places.path(actor(), found.home.unit_id, shown_day()), found.name)


def _may_enter(who: Actor, found: PersonView) -> bool:
    """The office logs and corrects for everybody but itself."""
    return who.has(Right.COMPLETIONS_LOG_ANY) and who.person_id != found.id


def _may_decide(who: Actor, found: PersonView) -> bool:
    """Whoever decides claims decides those of everybody but herself."""
    return who.has(Right.CLAIMS_DECIDE) and who.person_id != found.id


def _attendance_url(who: Actor, found: PersonView, on: date) -> str | None:
    """Where a champion logs something for this person, who is ticked there; the office has a form of its own."""
    is_office, home = who.has(Right.COMPLETIONS_LOG_ANY), found.home
    if is_office or not who.has(Right.COMPLETIONS_LOG_UNIT) or who.person_id == found.id or on != who.today:
        return None
    if home is None or home.code is None:
        return None
    return url_for(".roster", code=home.code, scope=TICKED, people=found.id)


def _write_url(who: Actor, found: PersonView) -> str | None:
    """Where the reader writes to this person alone; nobody writes to herself, or to who is at home nowhere."""
    if found.home is None or who.person_id == found.id or not may_write(who):
        return None
    return url_for(WRITE, person=found.id)
