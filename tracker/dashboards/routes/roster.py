"""Log one module for many people of a unit at once: choose them, look at who is meant, record."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.dashboards import policy
from tracker.dashboards.forms import RosterForm
from tracker.dashboards.queries import places
from tracker.dashboards.queries import roster as queries
from tracker.dashboards.queries.people import PeoplePage, Wanted, people_page
from tracker.dashboards.queries.roster import Named
from tracker.dashboards.routes import lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.progress.commands.completions import Statement, log_roster
from tracker.progress.queries.catalogue import catalogue
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.pages import page

HOW = "workshop"
"""How what stands on a sign-in list was done."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Who will be recorded, who is passed over and why."""

    people: Sequence[Named]
    recorded_before: Sequence[Named]
    oneself: Sequence[Named]
    unknown: Sequence[str]


@bp.route("/units/<unit_code:code>/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_UNIT)
def roster(code: str) -> ResponseReturnValue:
    """Choose module, day and people; the ticks stay while one searches and turns pages."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    names = catalogue()
    deed = request.form.get("deed", "preview")
    if deed == "record" and queries.is_recorded(who, request.form.get("form_key", "")):
        return redirect(url_for(".roster_done", code=code, form_key=request.form["form_key"]), 303)
    form = RosterForm(courses=[(module.code, module.title) for module in names.modules], today=who.today)
    listed = _offer(who, unit, form)
    preview = None
    if deed in ("preview", "record"):
        with form.accept() as accepted:
            if accepted:
                preview = _preview(who, unit, form)
                if deed == "record" and preview.people:
                    return _record(who, unit, form, preview)
    return page(
        "dashboards/roster_preview.html" if preview else "dashboards/roster.html",
        status=form.status_code,
        crumbs=lines.crumbs(places.path(who, unit.id, who.today), "Log for many people"),
        unit=unit,
        form=form,
        listed=listed,
        rows=[
            person_lines.person_line(one, 0, who.today, who.today) for one in listed.people if one.id != who.person_id
        ],
        preview=preview,
        title=names.title_of(form.course.value) if preview else "",
        today=who.today,
    )


@bp.route("/units/<unit_code:code>/log/<form_key>")
@needs(Right.COMPLETIONS_LOG_UNIT)
def roster_done(code: str, form_key: str) -> ResponseReturnValue:
    """What one sending of the form recorded."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    done = queries.recorded_by(who, form_key)
    return page(
        "dashboards/roster_done.html",
        crumbs=lines.crumbs(places.path(who, unit.id, who.today), "Logged"),
        unit=unit,
        done=done,
        title=catalogue().title_of(done.course),
    )


def _offer(who: Actor, unit: UnitView, form: RosterForm) -> PeoplePage:
    """The page of people to tick that the form asks for."""
    number = form.page.value or 1
    number = {"search": 1, "previous": number - 1, "next": number + 1}.get(request.form.get("deed", ""), number)
    search = "" if form.q.problem() else form.q.value or ""
    wanted = Wanted(unit.id, who.today, None, None, (), search, "name")
    found = people_page(who, wanted, number)
    form.people.choices = [(str(one.id), one.shown_name) for one in found.people if one.id != who.person_id]
    form.page.data = found.number
    return found


def _preview(who: Actor, unit: UnitView, form: RosterForm) -> Preview:
    """Whom the form means, and what will become of each."""
    found = queries.people_meant(who, unit.id, set(form.people.data), form.words)
    before = queries.recorded_before([one.id for one in found.people], form.course.value, form.completed_on.value)
    return Preview(
        people=[one for one in found.people if one.id not in before and one.id != who.person_id],
        recorded_before=[one for one in found.people if one.id in before and one.id != who.person_id],
        oneself=[one for one in found.people if one.id == who.person_id],
        unknown=found.unknown,
    )


def _record(who: Actor, unit: UnitView, form: RosterForm, preview: Preview) -> ResponseReturnValue:
    """Record them, and go on to what was recorded."""
    said = Statement(form.course.value, form.completed_on.value, HOW, None, form.form_key.value)
    log_roster(who, [one.id for one in preview.people], said)
    return redirect(url_for(".roster_done", code=unit.code, form_key=form.form_key.value), 303)
