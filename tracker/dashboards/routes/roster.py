"""Deeds on many people of a unit: log one module, verify claims. Choose them, look at who is meant, do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Conflict
from tracker.core.paging import Page
from tracker.dashboards import policy
from tracker.dashboards.people_forms import ALL, OPEN, TICKED, TOO_MANY, DeedForm, RosterForm
from tracker.dashboards.queries import places
from tracker.dashboards.queries import roster as queries
from tracker.dashboards.queries.people import Listed, Wanted, people_page
from tracker.dashboards.queries.roster import Found, Named, WaitingClaim
from tracker.dashboards.routes import lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.narrowing import Matching, kept_in_address, matching
from tracker.dashboards.routes.people import missing_url
from tracker.progress.commands import bulk
from tracker.progress.commands.bulk import MOST_AT_ONCE, Plan
from tracker.progress.commands.completions import Statement
from tracker.progress.models import PassedOver
from tracker.progress.queries.bulk import deed_of_form
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.pages import page

NAMES_SHOWN = 500
"""Names on a preview; of more people it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Preview:
    """For whom a deed will do something, and for whom not and why: as the plan of the very deed has it."""

    people: Sequence[Named]
    passed_over: Mapping[PassedOver, Sequence[Named]]
    ids: Sequence[int]
    found: Found


@bp.route("/units/<unit_code:code>/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_UNIT)
def roster(code: str) -> ResponseReturnValue:
    """Log one module: by ticks, which stay while one searches and turns pages, by a filter, or by a sign-in list."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if (before := _sent_before(who, "record")) is not None:
        return _done(before)
    names = catalogue()
    form = RosterForm(courses=[(module.code, module.title) for module in names.modules], today=who.today)
    if _deed() == "choose" and form.completed_on.data is None:
        form.completed_on.data = who.today
    matched = _matched(code, form)
    listed = _offer(who, unit, form) if form.reach == OPEN else None
    preview = None
    if _deed() in ("preview", "record"):
        with form.accept() as accepted:
            if accepted:
                preview = _preview_log(who, unit, form, matched)
                if _deed() == "record" and form.chosen.value:
                    said = Statement(form.course.value, form.completed_on.value, bulk.HOW, None, form.form_key.value)
                    return _done(bulk.log(who, unit.id, form.chosen.value, said))
    rows = [person_lines.person_line(one, 0, who.today, who.today) for one in listed.items] if listed else []
    return page(
        "dashboards/roster_preview.html" if preview else "dashboards/roster.html",
        status=form.status_code,
        listed=listed,
        rows=[row for row in rows if row.id != who.person_id],
        preview=preview,
        title=names.title_of(form.course.value) if preview else "",
        today=who.today,
        missing_url=missing_url(who, code),
        **_frame(who, unit, form, matched, "Log for many people"),
    )


@bp.route("/units/<unit_code:code>/verify", methods=["GET", "POST"])
@needs(Right.CLAIMS_DECIDE)
def verify_many(code: str) -> ResponseReturnValue:
    """Verify the claims of a module that wait: of everybody at home here, of those ticked, or of all who match."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if (before := _sent_before(who, "verify")) is not None:
        return _done(before)
    names = catalogue()
    form = DeedForm(courses=[(one.code, one.title) for one in names.modules if one.needs_verification])
    matched = _matched(code, form)
    claims: Sequence[WaitingClaim] | None = None
    plan = Plan([])
    if _deed() in ("preview", "verify"):
        with form.accept() as accepted:
            if accepted:
                claims = _claims(who, unit, form, matched, names)
                plan = bulk.plan_verify(who, [claim.id for claim in claims])
                if _deed() == "verify" and form.chosen.value:
                    said = Statement(form.course.value, who.today, form_key=form.form_key.value)
                    return _done(bulk.verify(who, unit.id, form.chosen.value, said))
    will_be = {step.claim_id for step in plan.done}
    return page(
        "dashboards/verify_preview.html" if claims is not None else "dashboards/verify.html",
        status=form.status_code,
        claims=[claim for claim in claims or () if claim.id in will_be],
        passed_over=_by_reason(plan, {claim.person_id: Named(claim.person_id, claim.name) for claim in claims or ()}),
        title=names.title_of(form.course.value) if claims is not None else "",
        **_frame(who, unit, form, matched, "Verify for many people"),
    )


# Whom a deed is for


def _deed() -> str:
    """The button that was pressed; sent by the return key, a form shows who is meant."""
    return request.form.get("deed", "preview") if request.method == "POST" else "choose"


def _done(deed_id: int) -> ResponseReturnValue:
    """On to what the deed did."""
    return redirect(url_for(".deed", deed_id=deed_id, as_of=None), 303)


def _sent_before(who: Actor, deed: str) -> int | None:
    """The deed that this very form has done before, if it was."""
    return deed_of_form(who, request.form.get("form_key", "")) if _deed() == deed else None


def _matched(code: str, form: DeedForm) -> Matching | None:
    """All who match the filters of the list one comes from, if the deed is for them; with its module filled in.

    Who comes from a list with people ticked goes on with these.
    """
    if request.method == "POST" and request.form.get("scope") == ALL:
        matched = matching(code, actor().today)
        if _deed() == "choose":
            form.course.data = matched.course
        return matched
    if _deed() == "choose" and form.people.data:
        form.scope.data = TICKED
    return None


def _offer(who: Actor, unit: UnitView, form: RosterForm) -> Page[Listed]:
    """The page of people to tick that the form asks for."""
    number = form.page.value or 1
    number = {"search": 1, "previous": number - 1, "next": number + 1}.get(request.form.get("deed", ""), number)
    search = "" if form.q.problem() else form.q.value or ""
    wanted = Wanted(unit.id, who.today, None, None, (), search, "name")
    found = people_page(who, wanted, number)
    form.people.choices = [(str(one.id), one.shown_name) for one in found.items if one.id != who.person_id]
    form.page.data = found.number
    return found


def _chosen(form: DeedForm, matched: Matching | None) -> Sequence[int]:
    """Who is ticked, or matches. Raises Conflict where they are too many."""
    ids = form.people.data if matched is None else matched.ids
    if len(ids) > MOST_AT_ONCE:
        raise Conflict(f"{TOO_MANY}: narrow the list first.")
    return ids


# Previews


def _preview_log(who: Actor, unit: UnitView, form: RosterForm, matched: Matching | None) -> Preview:
    """Whom the form means, and what will become of each; of a deed that is refused, of those it was about."""
    about = form.chosen.value if _deed() == "record" else None
    ids = about or _chosen(form, matched)
    found = queries.people_meant(who, unit.id, ids, [] if about else form.entries)
    said = Statement(form.course.value, form.completed_on.value)
    plan = bulk.plan_log(who, [one.id for one in found.people], said)
    by_id = {one.id: one for one in found.people}
    done = {step.person_id for step in plan.done}
    return Preview(
        [one for one in found.people if one.id in done],
        _by_reason(plan, by_id),
        sorted(done),
        found,
    )


def _by_reason(plan: Plan, names: Mapping[int, Named]) -> Mapping[PassedOver, Sequence[Named]]:
    """Who is passed over, by why; in the order of the names."""
    reasons: dict[PassedOver, list[Named]] = {}
    places_of = {person_id: place for place, person_id in enumerate(names)}
    for step in sorted(plan.passed_over, key=lambda step: places_of[step.person_id]):
        if step.passed_over is not None:
            reasons.setdefault(step.passed_over, []).append(names[step.person_id])
    return reasons


def _claims(
    who: Actor, unit: UnitView, form: DeedForm, matched: Matching | None, names: Catalogue
) -> Sequence[WaitingClaim]:
    """The claims that wait of those whom the form means. Raises Conflict where they are too many."""
    ids = None if form.reach == OPEN else _chosen(form, matched)
    courses = names.codes_counting_as(form.course.value)
    claims = queries.waiting_claims(who, unit.id, courses, ids, MOST_AT_ONCE + 1)
    if len(claims) > MOST_AT_ONCE:
        raise Conflict(f"More than {MOST_AT_ONCE:,} claims wait: narrow the list first.")
    return claims


def _frame(who: Actor, unit: UnitView, form: DeedForm, matched: Matching | None, here: str) -> dict[str, object]:
    """What the pages of a deed show around it."""
    ticked = queries.named(who, form.people.data) if form.reach == TICKED else {}
    return {
        "crumbs": lines.crumbs(places.path(who, unit.id, who.today), here),
        "unit": unit,
        "form": form,
        "matched": matched,
        "ticked": list(ticked.values()),
        "names_shown": NAMES_SHOWN,
        "people_url": url_for(".people", code=unit.code, as_of=None, **kept_in_address()),
    }
