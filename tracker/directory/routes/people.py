"""Finding anybody, adding and correcting persons, and the whole story of one."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.database import transaction
from tracker.core.seen import mark_of
from tracker.dashboards.queries import narrowing
from tracker.directory.commands import removing, undoing
from tracker.directory.forms.people import YES, FindForm, NewPersonForm, PersonForm
from tracker.directory.queries import people as queries
from tracker.directory.queries import removal, units
from tracker.directory.queries.people import MOST_FOUND
from tracker.directory.queries.story import story
from tracker.directory.routes import story_lines
from tracker.directory.routes.blueprint import bp
from tracker.directory.routes.wording import person_url, removal_words
from tracker.people import commands
from tracker.web.access import actor, needs
from tracker.web.forms import EmptyForm
from tracker.web.pages import page

Crumbs = list[tuple[str, str | None]]


@bp.route("/office/people")
@needs(Right.DIRECTORY_READ)
def people() -> ResponseReturnValue:
    """Find anybody, here today or not."""
    who = actor()
    form = FindForm()
    form.validate()
    words = form.q.value or ""
    found = queries.find(words, who.today)
    return page(
        "directory/people.html",
        crumbs=[("Office", url_for("office.hub")), ("People", None)],
        form=form,
        words=words,
        lines=[story_lines.found_line(one) for one in found[:MOST_FOUND]],
        is_more=len(found) > MOST_FOUND,
        most=MOST_FOUND,
        number=queries.number_of_people(),
        may_edit=who.has(Right.DIRECTORY_EDIT),
    )


@bp.route("/office/people/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_person() -> ResponseReturnValue:
    """Add a person with her first post; what a champion reported missing is filled in from the address."""
    who = actor()
    given = {name: request.args.get(name, "")[:200] for name in ("name", "email", "unit")}
    form = NewPersonForm(units=units.choices(who.today), starts_on=who.today, is_primary=YES, **given)
    with form.accept() as accepted:
        if accepted:
            with transaction(who):
                person_id = commands.add_person(
                    who, form.identifier.value, name=form.name.value, email=form.email.value
                )
                commands.add_post(who, person_id, form.post_in(units.known_id(form.unit.value)))
            flash(f"{form.name.value} was added.")
            return redirect(person_url(person_id), 303)
    return page(
        "directory/new_person.html",
        status=form.status_code,
        crumbs=[*_crumbs(), ("New person", None)],
        form=form,
        kinds=narrowing.kinds(),
    )


@bp.route("/office/people/<int:person_id>")
@needs(Right.DIRECTORY_READ)
def person(person_id: int) -> ResponseReturnValue:
    """The whole story of a person."""
    who = actor()
    found = story(who, person_id)
    may_edit = who.has(Right.DIRECTORY_EDIT)
    return page(
        "directory/person.html",
        crumbs=[*_crumbs(), (found.now.name, None)],
        story=found,
        name=found.now.name,
        answer=story_lines.answer(found, who.today),
        facts=story_lines.facts(found),
        posts=story_lines.post_lines(found, who.today),
        functions=story_lines.dated_lines(found, "function", found.functions, who.today),
        leaves=story_lines.dated_lines(found, "leave", found.leaves, who.today),
        waivers=story_lines.waiver_lines(found, who.today),
        asked=story_lines.asked_lines(found),
        events=story_lines.timeline(found, who.today),
        undo=story_lines.undo_of(found, request.args.get("done", type=int)) if may_edit else None,
        may_edit=may_edit,
        may_waive=who.has(Right.WAIVERS_GRANT) and who.person_id != person_id,
        may_log=who.has(Right.COMPLETIONS_LOG_ANY) and who.person_id != person_id,
        may_let_in=who.has(Right.ACCOUNTS_INVITE) and who.person_id != person_id,
    )


@bp.route("/office/people/<int:person_id>/change", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def change_person(person_id: int) -> ResponseReturnValue:
    """Give a person another name, address or identifier."""
    who = actor()
    found = queries.person(person_id)
    form = PersonForm(mark=mark_of(found), name=found.name, identifier=found.identifier, email=found.email)
    form.person_id = person_id
    with form.accept() as accepted:
        if accepted:
            said = {"name": form.name.value, "email": form.email.value, "identifier": form.identifier.value}
            commands.change_person(who, person_id, seen=form.was_shown, **said)
            flash("Changed. Who looks for what was there before still finds this person.")
            return redirect(person_url(person_id), 303)
    return page(
        "directory/person_deed.html",
        status=form.status_code,
        crumbs=[*_crumbs(), (found.name or found.identifier, person_url(person_id)), ("Name and address", None)],
        heading=f"Name and address of {found.name or found.identifier}",
        lede="What was there before is kept, so that a search for it still finds this person.",
        form=form,
        fields=[form.mark, form.name, form.identifier, form.email],
        submit="Save",
        cancel_url=person_url(person_id),
        remove_url=None,
        kinds=None,
        functions=(),
    )


@bp.route("/office/people/<int:person_id>/remove", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def remove_person(person_id: int) -> ResponseReturnValue:
    """Take somebody off the records who was added by mistake; or say what stands in the way."""
    who = actor()
    found = queries.person(person_id)
    name = found.name or found.identifier
    form = EmptyForm()
    with form.accept() as accepted:
        if accepted:
            removing.remove_person(who, person_id)
            flash(f"{name} was removed, and is counted on no day.")
            return redirect(url_for(".people"), 303)
    return page(
        "directory/remove_person.html",
        status=form.status_code,
        crumbs=[*_crumbs(), (name, person_url(person_id)), ("Added by mistake", None)],
        name=name,
        identifier=found.identifier,
        form=form,
        blocks=removal.what_stands_in_the_way(person_id),
        goes=removal_words(removal.what_goes(person_id, who.today)),
        person_id=person_id,
        person_url=person_url(person_id),
    )


@bp.route("/office/people/<int:person_id>/undo/<int:event_id>", methods=["POST"])
@needs(Right.DIRECTORY_EDIT)
def undo(person_id: int, event_id: int) -> ResponseReturnValue:
    """Take back what was just done."""
    undoing.undo(actor(), person_id, event_id)
    flash("It is as it was before.")
    return redirect(person_url(person_id), 303)


def _crumbs() -> Crumbs:
    return [("Office", url_for("office.hub")), ("People", url_for(".people"))]
