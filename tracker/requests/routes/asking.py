"""Asking: what it is about, its form, and what one has asked so far."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from tracker.core.actor import Actor, Right
from tracker.core.words import day as shown_day
from tracker.people.queries import person_view
from tracker.progress import uploads
from tracker.progress.forms import HOW
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.progress.queries.since import first_day_to_log
from tracker.requests import commands, policy, queries
from tracker.requests.commands import AskedAlready
from tracker.requests.forms import FORMS, AskForm, KindForm, Offered, RecordForm
from tracker.requests.queries import OwnRecord
from tracker.requests.routes import wording
from tracker.requests.routes.blueprint import bp
from tracker.requests.rules import Kind, kinds_open_to
from tracker.units.queries import UnitView, unit_views
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.forms import real_day
from tracker.web.pages import page

PREFILLED = ("module", "requirement", "reference", "person", "unit", "on", "how")
"""What an address may fill in before the kind is chosen."""
SENT_BEFORE = "This form had been sent before, so nothing new was recorded. Below is what it said then."
WITH_OTHER_MODULES = frozenset({Kind.OLDER, Kind.EQUIVALENCE})
"""What can be asked of a module that nobody asks of one: it is offered after all that is."""
MOST_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """What the address says a request is about, beside what stands in its form: a record, or a person."""

    facts: tuple[tuple[str, object], ...] = ()
    record: OwnRecord | None = None
    person_id: int | None = None


@bp.url_value_preprocessor
def make_room(endpoint: str | None, _: Any) -> None:
    """For a file, where one can be sent."""
    if endpoint == "requests.ask":
        uploads.make_room()


@bp.route("/requests/new", methods=["GET", "POST"])
@needs(Right.REQUESTS_ASK)
def ask() -> ResponseReturnValue:
    """Ask for something, report it or dispute it. Without a kind in the address: what it is about."""
    who = actor()
    open_kinds = kinds_open_to(champions_units=bool(who.unit_ids))
    kind = next((one for one in open_kinds if one == request.args.get("kind")), None)
    if kind is None:
        return _choose(open_kinds)
    names = catalogue()
    subject = _subject(who, kind, names)
    first_day = queries.first_disputable_day(who.today)
    if subject.record and subject.record.day < first_day:
        return page("requests/too_late.html", facts=subject.facts, first_day=first_day, status=409)
    form = _form(who, kind, subject, names)
    asked_as: int | None = None
    with form.accept() as accepted:
        if accepted:
            completion_id = subject.record.id if subject.record else None
            asked = replace(form.asked, completion_id=completion_id, person_id=subject.person_id)
            try:
                recorded = commands.ask(who, asked, form.upload)
            except AskedAlready as refusal:
                asked_as = refusal.request_id
                raise
            if not recorded.says_the_same:
                flash(SENT_BEFORE, "error")
            return redirect(url_for(".request", request_id=recorded.id), 303)
    return page(
        "requests/ask.html",
        form=form,
        words=wording.KINDS[kind],
        asked_as=asked_as,
        log_url=_log_url(form, names, who.today),
        facts=subject.facts,
        readers=wording.evidence_readers(kind),
        entries=_entries(who, names) if kind is Kind.DISPUTE and subject.record is None else [],
        can_be_older=kind is Kind.DISPUTE,
        again=url_for(".ask", **_kept()),
        older=url_for(".ask", kind=Kind.OLDER, module=request.args.get("module")),
        status=form.status_code,
    )


@bp.route("/requests/mine")
@needs(Right.REQUESTS_ASK)
def mine() -> ResponseReturnValue:
    """What I have asked, and what has become of it."""
    who = actor()
    found = queries.mine(who, request.args.get("page", 1, type=int))
    return page(
        "requests/mine.html",
        found=found,
        answer=wording.mine_answer(found, queries.own_waiting(who)),
        rows=[wording.own_row(line) for line in found.items],
        page_url=lambda number: url_for(".mine", page=number),
    )


def _choose(open_kinds: Iterable[Kind]) -> ResponseReturnValue:
    """The first step. Who is not ours, one says on that person's page."""
    kinds = [kind for kind in open_kinds if kind is not Kind.NOT_OURS]
    form = KindForm([(kind, wording.KINDS[kind].choice, wording.KINDS[kind].hint) for kind in kinds])
    if "kind" in request.args:
        form.validate()
    if form.kind.data is None:
        form.kind.data = Kind.DISPUTE
    status = 422 if request.method == "POST" else 200
    return page("requests/choose.html", form=form, kept=list(_kept().items()), status=status)


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in PREFILLED if name in request.args}


def _subject(who: Actor, kind: Kind, names: Catalogue) -> Subject:
    """The record or person that the address names. Raises NotFound for what is not the actor's to ask about."""
    if kind is Kind.NOT_OURS:
        person_id = request.args.get("person", type=row_id)
        unit_id = policy.home_championed(who, person_id)
        person = person_view(person_id or 0, who.today)
        unit = unit_views([unit_id], who.today)[0]
        return Subject((("Person", person.shown_name), ("Listed in", unit.name)), person_id=person.id)
    if kind is Kind.DISPUTE and (reference := request.args.get("reference")):
        record = queries.own_record(who, reference)
        finished = f"finished on {shown_day(record.completed_on)}"
        return Subject((("Record", f"{names.title_of(record.course)}, {finished}"),), record=record)
    return Subject()


def _form(who: Actor, kind: Kind, subject: Subject, names: Catalogue) -> AskForm:
    """The form of a kind, filled in with what the address says."""
    asked_for = queries.requirements()
    module_id = _named(request.args.get("module"), ((module.id, module.code) for module in names.modules))
    requirement_id = _named(request.args.get("requirement"), ((id_, code) for id_, code, _ in asked_for))
    units = queries.units_championed(who) if kind is Kind.MISSING else []
    first_day = queries.first_disputable_day(who.today)
    asked = queries.asked_since(who.person_id, first_day)
    modules = [(module.id, module.title) for module in names.modules]
    requirements = [(id_, title) for id_, _, title in asked_for]
    offered = Offered(
        who.today,
        first_day,
        modules=_choices(modules, {*asked.module_ids, module_id}, with_others=kind in WITH_OTHER_MODULES),
        requirements=_choices(requirements, {*asked.requirement_ids, requirement_id}),
        units=[(unit.id, unit.name) for unit in units],
    )
    how = request.args.get("how")
    day = real_day(request.args.get("on", ""))
    given: dict[str, Any] = {
        "module_id": module_id,
        "requirement_id": requirement_id,
        "unit_id": _unit(who, units),
        "day": day or (who.today if kind is Kind.DISPUTE else None),
        "starts_on": who.today,
        "how": how if how in dict(HOW) else None,
    }
    return (RecordForm if subject.record else FORMS[kind])(offered, **given)


def _log_url(form: AskForm, names: Catalogue, today: date) -> str | None:
    """Where somebody logs herself what she says that she finished longer ago; none where it was so long ago."""
    if form.kind is not Kind.OLDER or (day := form["day"].value) is None or not first_day_to_log(today) <= day <= today:
        return None
    module = next((one for one in names.modules if one.id == form["module_id"].value), None)
    return url_for("learner.log", module=module.code if module else None, on=day.isoformat(), how=form["how"].value)


def _choices(
    pairs: Iterable[tuple[int, str]], own: Collection[int | None], *, with_others: bool = False
) -> list[SelectChoice]:
    """What a list offers of ids and titles: what is asked of oneself; all others after it where that makes sense, and
    where nothing is asked."""
    ordered = sorted(pairs, key=lambda pair: pair[0] not in own)
    has_own = any(id_ in own for id_, _ in ordered)
    if not with_others or not has_own:
        return [SelectChoice(str(id_), title) for id_, title in ordered if id_ in own or not has_own]
    return [
        SelectChoice(str(id_), title, optgroup="Asked of me" if id_ in own else "Other modules")
        for id_, title in ordered
    ]


def _entries(who: Actor, names: Catalogue) -> list[tuple[str, str]]:
    """The latest of one's own record that can be disputed, each with where that is done."""
    found = queries.own_records(who, queries.first_disputable_day(who.today))[:MOST_ENTRIES]
    return [
        (
            f"{names.title_of(one.course)}, {shown_day(one.completed_on)}",
            url_for(".ask", kind=Kind.DISPUTE, reference=one.reference),
        )
        for one in found
    ]


def _named(typed: str | None, pairs: Iterable[tuple[int, str]]) -> int | None:
    """The id of what an address names by its code, or by its id."""
    by_name = {name: id_ for id_, code in pairs for name in (str(id_), code)}
    return by_name.get(typed or "")


def _unit(who: Actor, units: list[UnitView]) -> int | None:
    """The unit that an address names, or the only one championed."""
    named = _named(request.args.get("unit"), ((unit.id, unit.code) for unit in units))
    return named or (next(iter(who.unit_ids)) if len(who.unit_ids) == 1 else None)
