"""A champion's term and what belongs to it: the office appoints and records, the champion names who stands in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tracker.champions import commands, policy, queries
from tracker.champions.forms import (
    AppointForm,
    ApprovalForm,
    CertificateForm,
    EndForm,
    PersonSearch,
    SubstituteForm,
    TermForm,
    TrainingForm,
)
from tracker.champions.queries import MOST_FOUND, FoundPerson
from tracker.champions.rules import APPROVERS, Approval, Term, last_day
from tracker.core.actor import Actor, Right
from tracker.core.errors import Forbidden, NotFound
from tracker.core.words import day
from tracker.terms.queries import say, word
from tracker.units.queries import UnitView, unit_by_code, unit_views
from tracker.web.access import actor, needs
from tracker.web.pages import page

bp = Blueprint("champions", __name__)

LINK_BEGINS = ("https://", "http://")
Crumbs = list[tuple[str, str | None]]


@bp.route("/units/<unit_code:code>/appoint", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def appoint(code: str) -> ResponseReturnValue:
    """Look somebody up, and let her champion a unit."""
    who = actor()
    unit = unit_by_code(code, who.today)
    search, people = _search(who)
    kind = request.args.get("kind")
    form = AppointForm(people=people[:MOST_FOUND], kind=kind, starts_on=who.today, ends_on=last_day(who.today))
    with form.accept() as accepted:
        if accepted:
            champion_id = commands.appoint(
                who,
                form.person.value,
                unit.id,
                kind=form.kind.value,
                starts_on=form.starts_on.value,
                ends_on=form.ends_on.value,
                fte=form.fte.value,
            )
            term = queries.term(who, champion_id)
            flash(f"{term.name} is {word('champion')} of {unit.name} from {day(term.starts_on)}.")
            return redirect(url_for(".term", champion_id=champion_id), 303)
    return page(
        "champions/appoint.html",
        status=form.status_code,
        crumbs=[*_crumbs_to(unit), (say("Appoint {a champion}"), None)],
        unit=unit,
        kept=[("kind", kind)] if kind else [],
        search=search,
        form=form,
        people=people,
        most_found=MOST_FOUND,
    )


@bp.route("/champions/<int:champion_id>")
@needs(Right.UNITS_READ)
def term(champion_id: int) -> ResponseReturnValue:
    """One term with all that belongs to it."""
    who = actor()
    found = queries.term(who, champion_id)
    return page(
        "champions/term.html",
        crumbs=_crumbs(found, who),
        unit=_unit(found, who),
        term=found,
        facts=_facts(found),
        approvals=[(kind, _approval(found, kind)) for kind in APPROVERS],
        notes_shown=who.has(Right.RECORDS_READ_ALL),
        is_link=_is_link,
        may_edit=who.has(Right.CHAMPIONS_APPOINT),
        may_name=policy.may_name_substitute(who, found.person_id) and not found.is_over(who.today),
        is_over=found.is_over(who.today),
        has_begun=found.starts_on <= who.today,
        today=who.today,
    )


@bp.route("/champions/<int:champion_id>/change", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def change(champion_id: int) -> ResponseReturnValue:
    """Give a term other days, another kind or another share of time."""
    who = actor()
    mark, found = queries.mark_of_term(champion_id), queries.term(who, champion_id)
    form = TermForm(
        mark=mark,
        kind=found.kind,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        fte="" if found.fte is None else format(found.fte, "f"),
    )
    if not form.is_submitted():
        form.ends_on.data = found.ends_on or last_day(found.starts_on)
    with form.accept() as accepted:
        if accepted:
            commands.change_term(
                who,
                champion_id,
                kind=form.kind.value,
                starts_on=form.starts_on.value,
                ends_on=form.ends_on.value,
                fte=form.fte.value,
                seen=form.was_shown,
            )
            return _done(found, f"Changed the term of {found.name}.")
    return _form_page("champions/change.html", form, found, "Change")


@bp.route("/champions/<int:champion_id>/end", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def end(champion_id: int) -> ResponseReturnValue:
    """Let a term end earlier than was agreed."""
    who = actor()
    found = queries.term(who, champion_id)
    form = EndForm(ends_on=who.today)
    with form.accept() as accepted:
        if accepted:
            commands.end_term(who, champion_id, on=form.ends_on.value)
            return _done(found, f"The term of {found.name} ends on {day(form.ends_on.value)}.")
    return _form_page("champions/end.html", form, found, "End early")


@bp.route("/champions/<int:champion_id>/withdraw", methods=["POST"])
@needs(Right.CHAMPIONS_APPOINT)
def withdraw(champion_id: int) -> ResponseReturnValue:
    """Take back a term that has not begun."""
    who = actor()
    found = queries.term(who, champion_id)
    commands.withdraw_term(who, champion_id)
    flash(f"Took back the term of {found.name}.")
    return redirect(url_for("dashboards.coverage", code=_unit(found, who).code), 303)


# What belongs to a term


@bp.route("/champions/<int:champion_id>/approvals/<kind>", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def approval(champion_id: int, kind: str) -> ResponseReturnValue:
    """Record the approval of the chair or the supervisor."""
    who = actor()
    mark, found = queries.mark_of_approval(champion_id, kind), queries.term(who, champion_id)
    if kind not in APPROVERS:
        raise NotFound(f"approval {kind}")
    before = _approval(found, kind)
    form = ApprovalForm(
        today=who.today,
        mark=mark,
        approved_by=before.approved_by if before else "",
        approved_on=before.approved_on if before else None,
        note=before.note if before else "",
    )
    with form.accept() as accepted:
        if accepted:
            commands.record_approval(
                who,
                champion_id,
                kind,
                approved_by=form.approved_by.value,
                approved_on=form.approved_on.value,
                note=form.note.value,
                seen=form.was_shown,
            )
            return _done(found, f"Recorded the approval of the {kind}.")
    return _form_page("champions/approval.html", form, found, f"Approval of the {kind}", kind=kind)


@bp.route("/champions/<int:champion_id>/approvals/<kind>/remove", methods=["POST"])
@needs(Right.CHAMPIONS_APPOINT)
def remove_approval(champion_id: int, kind: str) -> ResponseReturnValue:
    """Take an approval off the record."""
    commands.remove_approval(actor(), champion_id, kind)
    return _done(queries.term(actor(), champion_id), f"Removed the approval of the {kind}.")


@bp.route("/champions/<int:champion_id>/training", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def training(champion_id: int) -> ResponseReturnValue:
    """Record days of training as a facilitator."""
    who = actor()
    found = queries.term(who, champion_id)
    form = TrainingForm()
    with form.accept() as accepted:
        if accepted:
            commands.add_training(who, champion_id, starts_on=form.starts_on.value, ends_on=form.ends_on.value)
            return _done(found, "Recorded the training.")
    return _form_page("champions/training.html", form, found, "Training")


@bp.route("/champions/<int:champion_id>/training/<int:training_id>/remove", methods=["POST"])
@needs(Right.CHAMPIONS_APPOINT)
def remove_training(champion_id: int, training_id: int) -> ResponseReturnValue:
    """Take training off the record."""
    commands.remove_training(actor(), champion_id, training_id)
    return _done(queries.term(actor(), champion_id), "Removed the training.")


@bp.route("/champions/<int:champion_id>/certificates", methods=["GET", "POST"])
@needs(Right.CHAMPIONS_APPOINT)
def certificate(champion_id: int) -> ResponseReturnValue:
    """Record a module that the champion is certified for."""
    who = actor()
    found = queries.term(who, champion_id)
    form = CertificateForm(modules=queries.modules_to_certify(), today=who.today)
    with form.accept() as accepted:
        if accepted:
            commands.add_certificate(
                who, champion_id, module_id=form.module.value, certified_on=form.certified_on.value
            )
            return _done(found, "Recorded the certificate.")
    return _form_page("champions/certificate.html", form, found, "Certificate")


@bp.route("/champions/<int:champion_id>/certificates/<int:certificate_id>/remove", methods=["POST"])
@needs(Right.CHAMPIONS_APPOINT)
def remove_certificate(champion_id: int, certificate_id: int) -> ResponseReturnValue:
    """Take a certificate off the record."""
    commands.remove_certificate(actor(), champion_id, certificate_id)
    return _done(queries.term(actor(), champion_id), "Removed the certificate.")


# Substitutes


@bp.route("/champions/<int:champion_id>/substitute", methods=["GET", "POST"])
@needs(Right.SUBSTITUTES_NAME)
def substitute(champion_id: int) -> ResponseReturnValue:
    """Name who stands in on some days of a term."""
    who = actor()
    policy.get_term_for_substitute(who, champion_id)
    found = queries.term(who, champion_id)
    if found.is_over(who.today):
        raise Forbidden("This term is over.")
    everywhere = who.has(Right.CHAMPIONS_APPOINT)
    search, people = _search(who, None if everywhere else found.unit_id)
    people = [one for one in people if one.id != found.person_id]
    form = SubstituteForm(people=people[:MOST_FOUND], starts_on=max(who.today, found.starts_on))
    with form.accept() as accepted:
        if accepted:
            starts_on, ends_on = form.starts_on.value, form.ends_on.value
            commands.name_substitute(who, champion_id, form.person.value, starts_on=starts_on, ends_on=ends_on)
            name = next(one.name for one in people if one.id == form.person.value)
            return _done(found, f"{name} stands in from {day(starts_on)} until {day(ends_on)}.")
    return _form_page(
        "champions/substitute.html",
        form,
        found,
        "Who stands in",
        search=search,
        people=people,
        most_found=MOST_FOUND,
        everywhere=everywhere,
    )


@bp.route("/champions/<int:champion_id>/end-substitution", methods=["POST"])
@needs(Right.SUBSTITUTES_NAME)
def end_substitution(champion_id: int) -> ResponseReturnValue:
    """Let somebody no longer stand in; `champion_id` is her own row."""
    who = actor()
    term_id = policy.get_substitute(who, champion_id).substitute_for_id
    commands.end_substitution(who, champion_id)
    flash("From now on nobody stands in.")
    return redirect(url_for(".term", champion_id=term_id), 303)


# What they share


def _search(who: Actor, unit_id: int | None = None) -> tuple[PersonSearch, list[FoundPerson]]:
    """The search in the address, and whom it finds."""
    search = PersonSearch()
    search.validate()
    return search, queries.people_to_choose(search.q.value or "", who.today, unit_id)


def _form_page(template: str, form: Any, found: Term, title: str, **context: object) -> Response:
    who = actor()
    return page(
        template,
        status=form.status_code,
        crumbs=_crumbs(found, who, title),
        unit=_unit(found, who),
        term=found,
        form=form,
        today=who.today,
        **context,
    )


def _done(found: Term, words: str) -> Response:
    """Back to the term, which says what was done."""
    flash(words)
    return redirect(url_for("champions.term", champion_id=found.id), 303)


def _unit(found: Term, who: Actor) -> UnitView:
    """The unit of a term as it is today. Raises NotFound when it is gone."""
    units = unit_views([found.unit_id], who.today)
    if not units:
        raise NotFound(f"unit {found.unit_id}")
    return units[0]


def _crumbs_to(unit: UnitView) -> Crumbs:
    return [
        (unit.name, url_for("dashboards.unit", code=unit.code)),
        (say("{Champions}"), url_for("dashboards.coverage", code=unit.code)),
    ]


def _crumbs(found: Term, who: Actor, title: str | None = None) -> Crumbs:
    """The way to a term, or to a page of it."""
    steps = _crumbs_to(_unit(found, who))
    if title is None:
        return [*steps, (found.name, None)]
    return [*steps, (found.name, url_for("champions.term", champion_id=found.id)), (title, None)]


def _approval(found: Term, kind: str) -> Approval | None:
    return next((one for one in found.approvals if one.kind == kind), None)


def _is_link(note: str) -> bool:
    """Whether a note is an address that a browser can open."""
    return note.startswith(LINK_BEGINS) and not any(letter.isspace() for letter in note)


def _facts(found: Term) -> Sequence[tuple[str, str | date | None]]:
    """The term itself."""
    return [
        (say("{Champion} of the"), found.kind),
        ("First day", found.starts_on),
        ("Last day", found.ends_on or "open"),
        ("Agreed FTE", None if found.fte is None else format(found.fte, "f")),
        ("E-mail", found.email),
    ]
