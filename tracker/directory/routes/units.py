"""The tree: looking at it on any day, and changing it from a day on, each change with a preview."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Actor, Right
from tracker.core.errors import Invalid, NotFound
from tracker.core.spreadsheets import Table
from tracker.core.words import day as in_words
from tracker.core.words import plural
from tracker.dashboards.addresses import AsOf, read_day
from tracker.directory.commands import units as commands
from tracker.directory.commands.rehearsal import moves_of
from tracker.directory.forms.units import (
    AT_THE_TOP,
    CloseForm,
    CorrectForm,
    MergeForm,
    MoveForm,
    NewUnitForm,
    RenameForm,
    SplitForm,
    TakeBackForm,
)
from tracker.directory.queries import units as queries
from tracker.directory.queries.changes import How, LatestChange, latest_change
from tracker.directory.queries.spelling import Vocabulary, question
from tracker.directory.queries.units import Line
from tracker.directory.routes import wording
from tracker.directory.routes.blueprint import bp
from tracker.directory.routes.wording import Preview
from tracker.units.queries import UnitView
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.forms import real_day
from tracker.web.pages import page
from tracker.web.previewed import PreviewedForm

Deed = Callable[[], Collection[int]]
Crumbs = list[tuple[str, str | None]]
MOST_TO_CHOOSE = 250
"""People to tick on one page."""


@bp.route("/office/units")
@needs(Right.DIRECTORY_READ)
def units() -> ResponseReturnValue:
    """The tree of a day, with what is to come; `under` narrows it to a part."""
    who = actor()
    refused = ""
    try:
        on = read_day(request.args.get("as_of"), who.today)
    except Invalid as refusal:
        on, refused = who.today, refusal.message
    code = request.args.get("under")
    under = queries.unit_on(code, on) if code else None
    found = queries.lines(on, under)
    return page(
        "directory/units.html",
        as_of=AsOf(on, who.today, request.script_root + request.path, [("under", code)] if code else []),
        crumbs=_crumbs(under.name if under else None),
        under=under,
        lines=found,
        refused=refused,
        kept=None if on == who.today else on.isoformat(),
        answer=wording.tree_answer(found, on),
        may_edit=who.has(Right.DIRECTORY_EDIT),
    )


@bp.route("/office/units.csv")
@needs(Right.DIRECTORY_READ)
def units_csv() -> ResponseReturnValue:
    """The whole tree of a day as CSV."""
    return _file()


@bp.route("/office/units.xlsx")
@needs(Right.DIRECTORY_READ)
def units_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    return _file()


@bp.route("/office/units/<code:code>")
@needs(Right.DIRECTORY_READ)
def unit(code: str) -> ResponseReturnValue:
    """One unit: what it was, is and will be, and what hangs on it."""
    who = actor()
    found = queries.unit_on(code, who.today)
    stretches = queries.history(found.id)
    ended = [] if queries.exists_on(found.id, who.today) else queries.terms_beyond(found.id, who.today)
    latest = latest_change(code)
    return page(
        "directory/unit.html",
        crumbs=_crumbs(found.name),
        unit=found,
        answer=wording.unit_answer(stretches, who.today, _went_on_in(latest, who)),
        latest=wording.latest(latest, _other(latest, who)) if latest else None,
        may_correct=latest is not None and latest.how is not How.MERGED,
        history=wording.history(stretches, who.today),
        is_there=queries.exists_on(found.id, who.today),
        is_to_come=bool(stretches) and stretches[-1].first is not None and stretches[-1].first > who.today,
        below=queries.children_from(found.id, who.today),
        people=len(queries.people_with_posts(found.id, who.today)),
        terms=queries.terms_beyond(found.id, who.today),
        hanging=ended,
        targets=queries.number_of_targets(code),
        may_edit=who.has(Right.DIRECTORY_EDIT),
    )


@bp.route("/office/units/new", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def new_unit() -> ResponseReturnValue:
    """Make a unit."""
    who = actor()
    below = request.args.get("below", AT_THE_TOP)
    form = NewUnitForm(parents=queries.choices(who.today), parent=below, on=who.today)

    def deed() -> Collection[int]:
        return commands.create(who, form.made, on=form.on.value)

    return _previewed(
        form,
        deed,
        "New unit",
        "Make this unit",
        lambda: Preview([f"{form.name.value} is there from {in_words(form.on.value)}."]),
        lambda: (form.code.value, f"{form.name.value} is there from {in_words(form.on.value)}."),
        concerned=lambda: _ids(form.made.parent),
        fields=("name", "code", "kind", "parent", "on"),
    )


@bp.route("/office/units/<code:code>/rename", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def rename(code: str) -> ResponseReturnValue:
    """Give a unit another name or kind."""
    who = actor()
    found, latest = queries.unit_on(code, who.today), _latest(code)
    last = replace(found, name=latest.name, kind=latest.kind)
    proposed = real_day(request.form.get("on", "")) or who.today
    form = RenameForm(mark=latest.mark, name=last.name, kind=last.kind, on=proposed)

    def deed() -> Collection[int]:
        said = {"name": form.name.value, "kind": form.kind.value, "on": form.on.value}
        return commands.rename(who, code, seen=form.was_shown, **said)

    return _previewed(
        form,
        deed,
        f"Rename {found.name}",
        "Rename it",
        lambda: Preview([wording.renamed(last, form.name.value, form.kind.value, form.on.value)]),
        lambda: (code, wording.renamed(last, form.name.value, form.kind.value, form.on.value)),
        concerned=lambda: [found.id],
        fields=("mark", "name", "kind", "on"),
        unit=found,
    )


@bp.route("/office/units/<code:code>/move", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def move(code: str) -> ResponseReturnValue:
    """Put a unit somewhere else in the tree."""
    who = actor()
    found = queries.unit_on(code, who.today)
    form = MoveForm(parents=queries.choices(who.today, [found.id]), on=who.today)

    def deed() -> Collection[int]:
        return commands.move(who, code, parent=form.parent.code, on=form.on.value)

    def said() -> str:
        return f"{found.name} lies {_below(form.parent.code, who)} from {in_words(form.on.value)}."

    return _previewed(
        form,
        deed,
        f"Move {found.name}",
        "Move it",
        lambda: Preview([said(), *wording.whole_branch(found, form.on.value)]),
        lambda: (code, said()),
        concerned=lambda: [found.id, *_ids(form.parent.code)],
        fields=("parent", "on"),
        unit=found,
    )


@bp.route("/office/units/<code:code>/merge", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def merge(code: str) -> ResponseReturnValue:
    """Let a unit go on in another."""
    who = actor()
    found = queries.unit_on(code, who.today)
    form = MergeForm(others=queries.choices(who.today, [found.id]), on=who.today)

    def deed() -> Collection[int]:
        return commands.merge(who, code, into=form.into.value, on=form.on.value)

    def preview() -> Preview:
        on = form.on.value
        parts = [part.name for part in queries.children_from(found.id, on)]
        return Preview(
            wording.merged(found, queries.unit_on(form.into.value, on), parts, on),
            people=queries.people_with_posts(found.id, on),
            warnings=_what_hangs(found, code, on),
        )

    return _previewed(
        form,
        deed,
        f"Merge {found.name} into another unit",
        "Merge them",
        preview,
        lambda: (
            form.into.value,
            f"{found.name} goes on in {_called(form.into.value, who)} from {in_words(form.on.value)}.",
        ),
        concerned=lambda: [found.id, *_ids(form.into.value)],
        fields=("into", "on"),
        unit=found,
    )


@bp.route("/office/units/<code:code>/split", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def split(code: str) -> ResponseReturnValue:
    """Make a unit of a part of another."""
    who = actor()
    found = queries.unit_on(code, who.today)
    everybody = queries.people_with_posts(found.id, who.today)
    wanted = request.args.get("as", "")
    people = [one for one in everybody if one[2] == wanted or not wanted][:MOST_TO_CHOOSE]
    form = SplitForm(
        parents=queries.choices(who.today),
        people=people,
        kind=found.kind,
        parent=_parent_code(found, who) or AT_THE_TOP,
        on=who.today,
    )

    def deed() -> Collection[int]:
        return commands.split(who, code, form.made, person_ids=form.people.value, on=form.on.value)

    def said() -> str:
        number = len(form.people.value)
        begins = in_words(form.on.value)
        return f"{plural(number, 'person moves', 'people move')} from {found.name} to {form.name.value} on {begins}."

    return _previewed(
        form,
        deed,
        f"Split {found.name}",
        "Split it",
        lambda: Preview(
            [said(), f"{found.name} goes on with everybody else."],
            people=[one for one in people if one[0] in form.people.value],
        ),
        lambda: (form.code.value, said()),
        concerned=lambda: [found.id, *_ids(form.made.parent)],
        fields=("name", "code", "kind", "parent", "on", "people"),
        unit=found,
        narrowing=_narrowing(code, everybody),
    )


@bp.route("/office/units/<code:code>/close", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def close(code: str) -> ResponseReturnValue:
    """Let a unit end."""
    who = actor()
    found = queries.unit_on(code, who.today)
    form = CloseForm(on=who.today)

    def deed() -> Collection[int]:
        return commands.close(who, code, on=form.on.value)

    def said() -> str:
        return f"{found.name} is no longer there from {in_words(form.on.value)}."

    return _previewed(
        form,
        deed,
        f"Close {found.name}",
        "Close it",
        lambda: Preview([said()], warnings=_what_hangs(found, code, form.on.value)),
        lambda: (code, said()),
        concerned=lambda: [found.id],
        fields=("on",),
        unit=found,
    )


@bp.route("/office/units/<code:code>/correct", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def correct(code: str) -> ResponseReturnValue:
    """Put the latest change of a unit right: what it says, or its day."""
    who = actor()
    found, latest = queries.unit_on(code, who.today), _latest(code)
    if latest.how in (How.CLOSED, How.MERGED):
        return _correct_closing(found, latest)
    form = CorrectForm(
        mark=latest.mark,
        parents=queries.choices(latest.on or who.today, [found.id]),
        name=latest.name,
        kind=latest.kind,
        parent=latest.parent_code or AT_THE_TOP,
        on=latest.on,
    )

    def deed() -> Collection[int]:
        said = {"name": form.name.value, "kind": form.kind.value, "parent": form.parent.code}
        return commands.correct(who, code, on=form.on.value, seen=form.was_shown, **said)

    def said() -> list[str]:
        above = _below(form.parent.code, who)
        return wording.corrected(latest, form.name.value, form.kind.value, above, form.on.value)

    return _previewed(
        form,
        deed,
        f"Correct what was recorded of {found.name}",
        "Correct it",
        lambda: Preview(said()),
        lambda: (code, said()[0]),
        concerned=lambda: [found.id, *_ids(latest.parent_code), *_ids(form.parent.code)],
        fields=("mark", "name", "kind", "parent", "on"),
        unit=found,
        day=lambda: min(latest.on or who.today, form.on.value or who.today),
    )


def _correct_closing(found: UnitView, latest: LatestChange) -> ResponseReturnValue:
    who = actor()
    form = CloseForm(mark=latest.mark, on=latest.on)

    def said() -> str:
        return f"{found.name} is no longer there from {in_words(form.on.value)}, instead of {in_words(latest.on)}."

    return _previewed(
        form,
        lambda: commands.correct_closing(who, found.code, on=form.on.value, seen=form.was_shown),
        f"Correct the day on which {found.name} closes",
        "Correct it",
        lambda: Preview([said()], warnings=_what_hangs(found, found.code, form.on.value)),
        lambda: (found.code, said()),
        concerned=lambda: [found.id],
        fields=("mark", "on"),
        unit=found,
    )


@bp.route("/office/units/<code:code>/take-back", methods=["GET", "POST"])
@needs(Right.DIRECTORY_EDIT)
def take_back(code: str) -> ResponseReturnValue:
    """Take the latest change of a unit back; a merger or a split with all that it did."""
    who = actor()
    found, latest = queries.unit_on(code, who.today), _latest(code)
    form = TakeBackForm(change=latest.row_id)
    other = _other(latest, who)
    parents = {stretch.parent_code for stretch in queries.history(found.id)}
    concerned = [found.id, *([latest.other_id] if latest.other_id else [])]
    concerned += [unit_id for parent in sorted(parents - {None}, key=str) for unit_id in _ids(parent)]
    return _previewed(
        form,
        lambda: commands.take_back(who, code, form.change.data or 0),
        f"Take back the latest change of {found.name}",
        "Take it back",
        lambda: Preview(wording.taken_back(latest, other)),
        lambda: (code, wording.taken_back(latest, other)[0]),
        concerned=lambda: concerned,
        fields=("change",),
        unit=found,
        day=lambda: latest.on or who.today,
    )


def _latest(code: str) -> LatestChange:
    if (latest := latest_change(code)) is None:
        raise NotFound(f"unit {code}")
    return latest


def _other(latest: LatestChange | None, who: Actor) -> str:
    """What the other unit of a merger or split is called."""
    if latest is None or latest.other_id is None:
        return ""
    return queries.name_of(latest.other_id, who.today)


def _went_on_in(latest: LatestChange | None, who: Actor) -> str | None:
    return _other(latest, who) if latest is not None and latest.how is How.MERGED else None


def _file() -> ResponseReturnValue:
    """Every unit of the day in the address, or of today."""
    who = actor()
    on = read_day(request.args.get("as_of"), who.today)
    found = queries.lines(on, most=None)
    codes = {line.unit.id: line.unit.code for line in found}
    table = Table(
        "Units",
        about=[("as_of", on)],
        header=("unit", "name", "kind", "parent", "depth", "people", "to_come"),
        rows=((line.unit.code, line.unit.name, line.unit.kind, *_rest(line, codes)) for line in found),
    )
    return table_file(table, f"units {on.isoformat()}")


def _rest(line: Line, codes: Mapping[int, str]) -> tuple[str | None, int, int, str | None]:
    parent = None if line.unit.parent_id is None else codes.get(line.unit.parent_id)
    return parent, line.depth, line.people, line.to_come


def _previewed(
    form: PreviewedForm,
    deed: Deed,
    heading: str,
    submit: str,
    preview: Callable[[], Preview],
    told: Callable[[], tuple[str, str]],
    *,
    concerned: Callable[[], Sequence[int]],
    fields: Sequence[str],
    unit: UnitView | None = None,
    narrowing: Sequence[tuple[str, str]] = (),
    day: Callable[[], date] | None = None,
) -> ResponseReturnValue:
    """The page of a deed on units: the form, then its preview, then the deed and back to the unit that it names. `day`
    is the one that rates are looked at; that of the form without it."""
    who = actor()
    shown: Preview | None = None
    with form.accept() as accepted:
        if accepted and form.is_confirmed:
            deed()
            code, words = told()
            flash(words)
            is_there = latest_change(code) is not None
            return redirect(url_for(".unit", code=code) if is_there else url_for(".units"), 303)
        if accepted:
            looked = preview()
            shown = replace(
                looked.with_moves(moves_of(who, deed, concerned(), day() if day else _day(form))),
                question=question(Vocabulary.KINDS, form["kind"].value) if "kind" in fields else "",
            )
            form.remember_preview()
    return page(
        "directory/unit_deed.html",
        status=form.status_code,
        crumbs=_crumbs(unit.name, url_for(".unit", code=unit.code), heading) if unit else _crumbs(heading),
        heading=heading,
        form=form,
        fields=[form[name] for name in fields],
        submit=submit,
        preview=shown,
        cancel_url=url_for(".unit", code=unit.code) if unit else url_for(".units"),
        kinds=queries.kinds(),
        narrowing=narrowing,
        most=MOST_TO_CHOOSE,
    )


def _narrowing(code: str, people: Sequence[tuple[int, str, str]]) -> list[tuple[str, str]]:
    """Where more people work than one page offers: what they work as, each leading to those alone."""
    if len(people) <= MOST_TO_CHOOSE:
        return []
    kinds = sorted({what for _, _, what in people})
    return [(kind, f"{url_for('.split', code=code)}?{urlencode({'as': kind})}") for kind in kinds]


def _day(form: Any) -> date:
    day: date = form.on.value
    return day


def _ids(code: str | None) -> list[int]:
    """The id of a unit that may be none."""
    found = queries.unit_id_of(code) if code else None
    return [] if found is None else [found]


def _called(code: str, who: Actor) -> str:
    return queries.unit_on(code, who.today).name


def _below(code: str | None, who: Actor) -> str:
    return f"below {_called(code, who)}" if code else "at the top"


def _parent_code(found: UnitView, who: Actor) -> str | None:
    stretches = queries.history(found.id)
    now = next((one for one in stretches if one.first is None or one.first <= who.today), stretches[-1])
    return now.parent_code


def _what_hangs(found: UnitView, code: str, on: date) -> list[tuple[str, str | None]]:
    """What is left without its unit, each with where to settle it."""
    terms = [
        (wording.term_left(one, found.name, on), url_for("champions.term", champion_id=one.champion_id))
        for one in queries.terms_beyond(found.id, on)
    ]
    number = queries.number_of_targets(code)
    targets = [(f"{plural(number, 'target is', 'targets are')} set for {found.name}.", None)] if number else []
    return [*terms, *targets]


def _crumbs(here: str | None = None, url: str | None = None, deed: str | None = None) -> Crumbs:
    """The way to the tree (`here` is None), to a unit, or to a deed on it."""
    office: Crumbs = [("Office", url_for("office.hub"))]
    if here is None:
        return [*office, ("Units", None)]
    steps = [*office, ("Units", url_for(".units")), (here, url)]
    return [*steps, (deed, None)] if deed else steps
