"""Deeds on many people of a unit: log one module, verify claims. Choose them, look at who is meant, do it.

What is chosen is sent, and then stands in the address: the preview is opened like any other page, so that one can come
back to it and ask for it again. A sign-in list, which names people, is kept for a day, and the address says which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Conflict
from tracker.core.paging import Page
from tracker.core.words import plural, sentence_list
from tracker.dashboards import commands, policy
from tracker.dashboards.deed_forms import TOO_MANY, ApplyForm, DeedForm, RosterForm, in_one_value
from tracker.dashboards.people_forms import ALL, OPEN, TICKED
from tracker.dashboards.queries import places
from tracker.dashboards.queries import roster as queries
from tracker.dashboards.queries.people import Listed, Wanted, people_page
from tracker.dashboards.queries.roster import Found, Named, WaitingClaim
from tracker.dashboards.routes import lines, person_lines
from tracker.dashboards.routes.blueprint import bp
from tracker.dashboards.routes.narrowing import TICKS, Matching, kept_in_address, matching
from tracker.dashboards.routes.people import missing_url
from tracker.progress.commands import bulk
from tracker.progress.commands.bulk import MOST_AT_ONCE, Plan
from tracker.progress.commands.completions import Statement
from tracker.progress.models import PassedOver
from tracker.progress.queries.bulk import deed_of_form
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.progress.queries.claims import counting_since
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.pages import page

NAMES_SHOWN = 500
"""Names on a preview; of more people it says how many more there are."""
NAMES_IN_A_SENTENCE = 5
CHOOSE, PREVIEW, RECORD, VERIFY = "choose", "preview", "record", "verify"
TURNS = {"search": 0, "previous": -1, "next": 1}
"""The buttons that lead from page to page of the people to tick, and how far; a search begins at the first."""
LIST_IS_GONE = "A sign-in list is kept for a day. Please give it again."
NOBODY = "Nobody is chosen. Tick people in the list, or choose all that match."


@dataclass(frozen=True, slots=True)
class Preview:
    """For whom a deed will do something, and for whom not and why: as the plan of the very deed has it. `not_now` says
    the same of those who are only asked about."""

    people: Sequence[Named]
    passed_over: Mapping[PassedOver, Sequence[Named]]
    not_now: Mapping[int, PassedOver]
    found: Found

    @property
    def ids(self) -> list[int]:
        """For whom it will do something, whoever else is ticked."""
        return [one.id for one in self.people]

    @property
    def asks(self) -> bool:
        """Whether somebody can be ticked on the preview itself."""
        return any(one.id not in self.not_now for unclear in self.found.unclear for one in unclear.people)

    @property
    def twice(self) -> str | None:
        """Who stands on the list more than once, as a sentence."""
        often = {one.id for one in self.found.twice}
        names = [one.name for one in self.people if one.id in often]
        if not names:
            return None
        stands, is_once = ("stands", "is") if len(names) == 1 else ("stand", "are each")
        if (more := len(names) - NAMES_IN_A_SENTENCE) > 0:
            names = [*names[:NAMES_IN_A_SENTENCE], plural(more, "other", "others")]
        return f"{sentence_list(names)} {stands} on the list more than once, and {is_once} recorded once."


# Logging one module


@bp.route("/units/<unit_code:code>/log", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_UNIT)
def roster(code: str) -> ResponseReturnValue:
    """Log one module: by ticks, which stay while one searches and turns pages, by a filter, or by a sign-in list."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    form = _roster_form(who, catalogue(), by_address=request.method == "GET")
    if request.method == "POST" and (address := _sent_on_to(who, code, form)) is not None:
        return redirect(address, 303)
    return _roster_page(who, unit, form, _matched(code, form))


@bp.route("/units/<unit_code:code>/log/preview", methods=["GET", "POST"])
@needs(Right.COMPLETIONS_LOG_UNIT)
def roster_preview(code: str) -> ResponseReturnValue:
    """Whom it will be recorded for, and for whom not and why; from here it is recorded, with whoever is ticked here."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if (before := _sent_before(who, RECORD)) is not None:
        return _done(before)
    names = catalogue()
    form, sent = _roster_form(who, names, by_address=True), ApplyForm()
    if (address := _instead_of_preview(code, form, sent)) is not None:
        return redirect(address, 303)
    matched = _matched(code, form)
    ids: Sequence[int] | None = None
    with form.accept() as accepted:
        if accepted:
            ids = _chosen(form, matched)
    if ids is None:
        return _roster_page(who, unit, form, matched)
    with sent.accept() as accepted:
        if accepted:
            said = Statement(form.course.value, form.completed_on.value, bulk.HOW, None, sent.form_key.value)
            return _done(bulk.log(who, unit.id, sent.ids, said))
    return page(
        "dashboards/roster_preview.html",
        status=sent.status_code,
        preview=_preview_log(who, unit, form, ids, sent),
        sent=sent,
        title=names.title_of(form.course.value),
        before=names.before(form.course.value),
        missing_url=missing_url(who, code),
        **_frame(who, unit, form, matched, "Log for many people"),
    )


def _roster_form(who: Actor, names: Catalogue, *, by_address: bool) -> RosterForm:
    """What an address, or a form, says of logging for many; with the list that the address names."""
    courses = [(module.code, module.title) for module in names.modules]
    form = RosterForm(courses=courses, today=who.today, by_address=by_address)
    if by_address and (list_id := _list_id()) is not None:
        if (kept := queries.kept_list(who, list_id)) is None:
            form.is_list_gone = True
        else:
            form.listed.data, form.note = kept.text, kept.note
    return form


def _sent_on_to(who: Actor, code: str, form: RosterForm) -> str | None:
    """The address of what a form says: of its preview, or of the page on which one goes on choosing. None where
    something is wrong with it."""
    deed = _deed()
    if deed != PREVIEW and deed not in TURNS:
        return _from_list_to(".roster", code, form)
    is_well = form.validate_on_submit()
    if not is_well and not (deed in TURNS and form.may_turn):
        form.status_code = 422
        return None
    if deed in TURNS:
        form.page.data = max((form.page.value or 1) + TURNS[deed], 1) if TURNS[deed] else 1
    list_id = commands.keep_list(who, form.listed.value, form.note) if form.listed.value else None
    return _address(".roster" if deed in TURNS else ".roster_preview", code, form, list_id)


def _instead_of_preview(code: str, form: RosterForm, sent: ApplyForm) -> str | None:
    """Where one goes on to choose, or to a preview with those who were ticked on this one; none where it is shown."""
    if form.is_list_gone:
        flash(LIST_IS_GONE, "error")
    if form.is_list_gone or "course" not in request.args:
        return _address(".roster", code, form)
    if request.method == "GET" or _deed() == RECORD:
        return None
    form.people.data = [*form.people.data, *sent.people.data]
    return _address(".roster_preview" if _deed() == PREVIEW else ".roster", code, form, _list_id())


def _roster_page(who: Actor, unit: UnitView, form: RosterForm, matched: Matching | None) -> ResponseReturnValue:
    """Where one chooses."""
    listed = _offer(who, unit, form) if form.reach == OPEN else None
    rows = [person_lines.person_line(one, 0, who.today, who.today) for one in listed.items] if listed else []
    return page(
        "dashboards/roster.html",
        status=form.status_code,
        listed=listed,
        rows=[row for row in rows if row.id != who.person_id],
        today=who.today,
        action=_address(".roster", unit.code, None),
        **_frame(who, unit, form, matched, "Log for many people"),
    )


def _offer(who: Actor, unit: UnitView, form: RosterForm) -> Page[Listed]:
    """The page of people to tick that the form asks for."""
    wanted = Wanted(unit.id, who.today, None, None, (), form.search, "name")
    found = people_page(who, wanted, form.page.value or 1)
    form.people.choices = [(str(one.id), one.shown_name) for one in found.items if one.id != who.person_id]
    form.page.data = found.number
    return found


def _preview_log(who: Actor, unit: UnitView, form: RosterForm, ids: Sequence[int], sent: ApplyForm) -> Preview:
    """Whom the form means, and what will become of each; of a deed that was refused, of those it was about."""
    about = sent.ids if sent.messages else None
    found = queries.people_meant(who, unit.id, about or ids, [] if about else form.rows)
    by_id = {one.id: one for one in found.people}
    asked = {one.id: one for unclear in found.unclear for one in unclear.people}
    plan = bulk.plan_log(who, [*by_id, *asked], Statement(form.course.value, form.completed_on.value))
    over = {step.person_id: step.passed_over for step in plan.passed_over if step.passed_over is not None}
    return Preview(
        [one for one in found.people if one.id not in over],
        _by_reason(plan, by_id),
        {person_id: reason for person_id, reason in over.items() if person_id in asked},
        found,
    )


# Verifying claims


@bp.route("/units/<unit_code:code>/verify", methods=["GET", "POST"])
@needs(Right.CLAIMS_DECIDE)
def verify_many(code: str) -> ResponseReturnValue:
    """Verify the claims of a module that wait: of everybody at home here, of those ticked, or of all who match."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    form = _verify_form(catalogue(), by_address=request.method == "GET")
    if request.method == "POST":
        return redirect(_from_list_to(".verify_many", code, form), 303)
    return _verify_page(who, unit, form, _matched(code, form))


@bp.route("/units/<unit_code:code>/verify/preview", methods=["GET", "POST"])
@needs(Right.CLAIMS_DECIDE)
def verify_preview(code: str) -> ResponseReturnValue:
    """Which claims will be verified; from here they are."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    if (before := _sent_before(who, VERIFY)) is not None:
        return _done(before)
    names = catalogue()
    form, sent = _verify_form(names, by_address=True), ApplyForm()
    if "course" not in request.args:
        return redirect(_address(".verify_many", code, form), 303)
    matched = _matched(code, form)
    claims: Sequence[WaitingClaim] | None = None
    with form.accept() as accepted:
        if accepted:
            claims = _claims(who, unit, form, matched, names)
    if claims is None:
        return _verify_page(who, unit, form, matched)
    with sent.accept() as accepted:
        if accepted:
            said = Statement(form.course.value, who.today, form_key=sent.form_key.value)
            return _done(bulk.verify(who, unit.id, sent.ids, said))
    plan = bulk.plan_verify(who, [claim.id for claim in claims])
    will_be = {step.claim_id for step in plan.done}
    to_verify = [claim for claim in claims if claim.id in will_be]
    return page(
        "dashboards/verify_preview.html",
        status=sent.status_code,
        claims=to_verify,
        already=counting_since(who, to_verify[:NAMES_SHOWN], names),
        passed_over=_by_reason(plan, {claim.person_id: Named(claim.person_id, claim.name) for claim in claims}),
        sent=sent,
        title=names.title_of(form.course.value),
        change_url=_address(".verify_many", code, form),
        **_frame(who, unit, form, matched, "Verify for many people"),
    )


def _verify_form(names: Catalogue, *, by_address: bool) -> DeedForm:
    """What an address, or a list of people, says of verifying for many."""
    courses = [(one.code, one.title) for one in names.modules if one.needs_verification]
    return DeedForm(courses=courses, by_address=by_address)


def _verify_page(who: Actor, unit: UnitView, form: DeedForm, matched: Matching | None) -> ResponseReturnValue:
    """Where one says which module it is."""
    said = form.address
    said.pop("course", None)
    kept = [(name, value) for name, given in kept_in_address().items() for value in given]
    return page(
        "dashboards/verify.html",
        status=form.status_code,
        action=url_for(".verify_preview", code=unit.code, as_of=None),
        params=[*kept, *said.items()],
        **_frame(who, unit, form, matched, "Verify for many people"),
    )


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


# What they share


def _deed() -> str:
    """The button that was pressed; sent by the return key, a form shows who is meant."""
    return request.form.get("deed", PREVIEW)


def _done(deed_id: int) -> ResponseReturnValue:
    """On to what the deed did."""
    return redirect(url_for(".deed", deed_id=deed_id, as_of=None), 303)


def _sent_before(who: Actor, deed: str) -> int | None:
    """The deed that this very form has done before, if it was."""
    return deed_of_form(who, request.form.get("form_key", "")) if _deed() == deed else None


def _list_id() -> int | None:
    """Which sign-in list the address names; none that a row could not have."""
    return request.args.get("list", type=row_id)


def _address(endpoint: str, code: str, form: DeedForm | None, list_id: int | None = None) -> str:
    """The address of a page that goes on with what the form says, of the same list of people."""
    said = form.address if form else {}
    return url_for(endpoint, code=code, as_of=None, **kept_in_address(), **said, list=list_id)


def _from_list_to(endpoint: str, code: str, form: DeedForm) -> str:
    """Where a list of people leads that sent the form: whoever was ticked there is meant, and nobody else is offered.
    Back to the list where nobody was."""
    if form.reach == OPEN and form.people.data:
        form.scope.data = TICKED
    if form.reach == OPEN and _deed() == CHOOSE:
        flash(NOBODY, "error")
        return _people_url(code, form)
    return _address(endpoint, code, form)


def _people_url(code: str, form: DeedForm) -> str:
    """The list of people that one comes from, with whoever was ticked there."""
    said = kept_in_address()
    if form.reach == TICKED:
        said[TICKS] = in_one_value(form.people.data)
    return url_for(".people", code=code, as_of=None, **said)


def _matched(code: str, form: DeedForm) -> Matching | None:
    """All who match the filters of the list one comes from, if the deed is for them; with its module filled in."""
    if form.reach != ALL:
        return None
    matched = matching(code, actor().today)
    form.course.data = form.course.data or matched.course
    return matched


def _chosen(form: DeedForm, matched: Matching | None) -> Sequence[int]:
    """Who is ticked, or matches. Raises Conflict where they are too many."""
    ids: Sequence[int] = form.people.data if matched is None else matched.ids
    if len(ids) > MOST_AT_ONCE:
        raise Conflict(f"{TOO_MANY}: narrow the list first.")
    return ids


def _by_reason(plan: Plan, names: Mapping[int, Named]) -> Mapping[PassedOver, Sequence[Named]]:
    """Who of these is passed over, by why; in the order of the names."""
    reasons: dict[PassedOver, list[Named]] = {}
    over = {step.person_id: step.passed_over for step in plan.passed_over}
    for person_id, one in names.items():
        if (reason := over.get(person_id)) is not None:
            reasons.setdefault(reason, []).append(one)
    return reasons


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
        "people_url": _people_url(unit.code, form),
    }
