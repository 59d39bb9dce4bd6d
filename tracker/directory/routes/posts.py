"""Posts, functions and leaves of one person: add, correct, take back; transfer her, let her leave."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.seen import mark_of
from tracker.dashboards.queries import narrowing
from tracker.directory.forms.people import (
    NO,
    YES,
    FunctionForm,
    LeaveForm,
    LeavingForm,
    PostForm,
    TransferForm,
    share_text,
)
from tracker.directory.queries import people as queries
from tracker.directory.queries import units
from tracker.directory.queries.story import latest_event
from tracker.directory.routes.blueprint import bp
from tracker.directory.routes.wording import person_url
from tracker.people import commands
from tracker.people.commands import OverlappingLeave
from tracker.people.models import Person
from tracker.people.queries import person_view
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/office/people/<int:person_id>/posts/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_post(person_id: int) -> ResponseReturnValue:
    """Another post."""
    who = actor()
    found = queries.person(person_id)
    form = PostForm(units=units.choices(who.today), is_primary=NO, starts_on=who.today)
    with form.accept() as accepted:
        if accepted:
            row_id = commands.add_post(who, person_id, form.post_in(units.known_id(form.unit.value)))
            return _done(person_id, "appointment", row_id)
    return _page(found, form, "New post", POST_FIELDS)


@bp.route("/office/people/<int:person_id>/posts/<int:appointment_id>", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def change_post(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """Put right what a post says."""
    found, row = queries.person(person_id), queries.appointment(person_id, appointment_id)
    code = queries.unit_of(row)
    offered = units.choices(actor().today)
    if code not in {one for one, _ in offered}:
        offered = [(code, f"{units.unit_on(code, actor().today).name} ({code})"), *offered]
    form = PostForm(
        mark=mark_of(row),
        units=offered,
        unit=code,
        category=row.category,
        role=row.role,
        is_primary=YES if row.is_primary else NO,
        fte=share_text(row.fte),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
    with form.accept() as accepted:
        if accepted:
            said = form.post_in(units.known_id(form.unit.value))
            commands.correct_appointment(actor(), appointment_id, said, seen=form.was_shown)
            return _done(person_id, "appointment", appointment_id)
    return _page(
        found,
        form,
        "Correct a post",
        ("mark", *POST_FIELDS),
        lede="What you say holds for all days of the post. For a change from a day on, transfer the person instead.",
        remove_url=url_for(".remove_post", person_id=person_id, appointment_id=appointment_id),
    )


@bp.route("/office/people/<int:person_id>/posts/<int:appointment_id>/remove", methods=["POST"])
@needs(Right.DIRECTORY_EDIT)
def remove_post(person_id: int, appointment_id: int) -> ResponseReturnValue:
    """Take back a post that was never true."""
    queries.appointment(person_id, appointment_id)
    commands.remove_appointment(actor(), appointment_id)
    return _done(person_id, "appointment", appointment_id)


@bp.route("/office/people/<int:person_id>/transfer", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def transfer(person_id: int) -> ResponseReturnValue:
    """Let a person's primary post go on in another unit, or as something else, from a day on."""
    who = actor()
    found, now = queries.person(person_id), person_view(person_id, who.today)
    form = TransferForm(units=units.choices(who.today), on=who.today, category=now.category, role=now.role)
    with form.accept() as accepted:
        if accepted:
            row_id = commands.transfer(
                who,
                person_id,
                units.known_id(form.unit.value),
                on=form.on.value,
                category=form.category.value,
                role=form.role.value,
            )
            return _done(person_id, "appointment", row_id)
    return _page(
        found,
        form,
        "Transfer",
        ("unit", "on", "category", "role"),
        lede="The primary post ends the day before, and goes on in the new unit for as long as it was to run.",
    )


@bp.route("/office/people/<int:person_id>/leave-here", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def leave_here(person_id: int) -> ResponseReturnValue:
    """Let everything that a person does here end."""
    who = actor()
    found = queries.person(person_id)
    form = LeavingForm(on=who.today)
    with form.accept() as accepted:
        if accepted:
            ended = commands.end_employment(who, person_id, on=form.on.value)
            return _done(person_id, "appointment", ended)
    return _page(
        found,
        form,
        "End of employment",
        ("on",),
        lede="From the day after, the person is counted nowhere. Nothing on record is lost.",
        submit="End it",
    )


@bp.route("/office/people/<int:person_id>/functions/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_function(person_id: int) -> ResponseReturnValue:
    """Another function."""
    found = queries.person(person_id)
    form = FunctionForm(starts_on=actor().today)
    with form.accept() as accepted:
        if accepted:
            days = form.days
            row_id = commands.add_function(actor(), person_id, form.function.value, **days)
            return _done(person_id, "function", row_id)
    return _page(found, form, "New function", FUNCTION_FIELDS)


@bp.route("/office/people/<int:person_id>/functions/<int:function_id>", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def change_function(person_id: int, function_id: int) -> ResponseReturnValue:
    """Put right what a function says."""
    found, row = queries.person(person_id), queries.function(person_id, function_id)
    form = FunctionForm(mark=mark_of(row), function=row.function, starts_on=row.starts_on, ends_on=row.ends_on)
    with form.accept() as accepted:
        if accepted:
            said = {**form.days, "function": form.function.value}
            commands.change_function(actor(), function_id, seen=form.was_shown, **said)
            return _done(person_id, "function", function_id)
    remove_url = url_for(".remove_function", person_id=person_id, function_id=function_id)
    return _page(found, form, "Correct a function", ("mark", *FUNCTION_FIELDS), remove_url=remove_url)


@bp.route("/office/people/<int:person_id>/functions/<int:function_id>/remove", methods=["POST"])
@needs(Right.DIRECTORY_EDIT)
def remove_function(person_id: int, function_id: int) -> ResponseReturnValue:
    """Take back a function that was never true."""
    queries.function(person_id, function_id)
    commands.remove_function(actor(), function_id)
    return _done(person_id, "function", function_id)


@bp.route("/office/people/<int:person_id>/leaves/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_leave(person_id: int) -> ResponseReturnValue:
    """Days away."""
    found = queries.person(person_id)
    form = LeaveForm(starts_on=actor().today)
    with form.accept() as accepted:
        if accepted:
            days = form.days
            with _overlap_at_its_day():
                row_id = commands.add_leave(actor(), person_id, **days)
            return _done(person_id, "leave", row_id)
    return _page(found, form, "New leave", DAYS, lede=LEAVE_WORDS)


@bp.route("/office/people/<int:person_id>/leaves/<int:leave_id>", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def change_leave(person_id: int, leave_id: int) -> ResponseReturnValue:
    """Give a leave other days."""
    found, row = queries.person(person_id), queries.leave(person_id, leave_id)
    form = LeaveForm(mark=mark_of(row), starts_on=row.starts_on, ends_on=row.ends_on)
    with form.accept() as accepted:
        if accepted:
            days = form.days
            with _overlap_at_its_day():
                commands.change_leave(actor(), leave_id, seen=form.was_shown, **days)
            return _done(person_id, "leave", leave_id)
    remove_url = url_for(".remove_leave", person_id=person_id, leave_id=leave_id)
    return _page(found, form, "Correct a leave", ("mark", *DAYS), lede=LEAVE_WORDS, remove_url=remove_url)


@bp.route("/office/people/<int:person_id>/leaves/<int:leave_id>/remove", methods=["POST"])
@needs(Right.DIRECTORY_EDIT)
def remove_leave(person_id: int, leave_id: int) -> ResponseReturnValue:
    """Take back a leave that was never taken."""
    queries.leave(person_id, leave_id)
    commands.remove_leave(actor(), leave_id)
    return _done(person_id, "leave", leave_id)


@contextmanager
def _overlap_at_its_day() -> Iterator[None]:
    """Say that a leave overlaps another at the day of the form that has to be another."""
    try:
        yield
    except OverlappingLeave as overlap:
        raise Invalid(overlap.field, overlap.message) from overlap


POST_FIELDS = ("unit", "category", "role", "is_primary", "fte", "starts_on", "ends_on")
DAYS = ("starts_on", "ends_on")
FUNCTION_FIELDS = ("function", *DAYS)
LEAVE_WORDS = (
    "Nothing asks why somebody is away, and nothing keeps it. Days on leave count for nobody and against nobody."
)


def _page(
    found: Person,
    form: Any,
    heading: str,
    fields: Sequence[str],
    *,
    lede: str = "",
    submit: str = "Save",
    remove_url: str | None = None,
) -> ResponseReturnValue:
    name = found.name or found.identifier
    return page(
        "directory/person_deed.html",
        status=form.status_code,
        crumbs=[
            ("Office", url_for("office.hub")),
            ("People", url_for(".people")),
            (name, person_url(found.id)),
            (heading, None),
        ],
        heading=f"{heading}: {name}",
        lede=lede,
        form=form,
        fields=[form[field] for field in fields],
        submit=submit,
        cancel_url=person_url(found.id),
        remove_url=remove_url,
        kinds=narrowing.kinds() if "category" in fields else None,
        functions=queries.functions_in_use() if "function" in fields else (),
    )


def _done(person_id: int, kind: str, row_id: int) -> ResponseReturnValue:
    """Back to the story, with what was done and the way back from it."""
    return redirect(url_for(".person", person_id=person_id, done=latest_event(kind, row_id)), 303)
