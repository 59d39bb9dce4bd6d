"""Change the curriculum by form or from a file: each leads to a proposal with its preview."""

import re
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from tracker.core.actor import Right
from tracker.core.errors import Conflict, Invalid
from tracker.curriculum.rules import Curriculum, Gate, Module, Requirement
from tracker.exchange.files import FileRefused, read_curriculum
from tracker.programme.commands import proposing
from tracker.programme.commands.proposing import NotPossible
from tracker.programme.forms import (
    FEWEST_ROWS,
    LARGEST_FILE,
    EntryForm,
    FileForm,
    GateForm,
    ModuleForm,
    RequirementForm,
    requirement_form,
)
from tracker.programme.queries import catalogue, proposals
from tracker.programme.routes import lines
from tracker.programme.routes.blueprint import bp, crumbs, kind_of
from tracker.programme.rules import Entry, Kind, entries
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.pages import page

NEW = {
    Kind.MODULE: {"evidence": "attestation"},
    Kind.REQUIREMENT: {"repeat": "once", "reach": "everybody"},
    Kind.GATE: {"percent": "50", "reach": "everybody"},
}
"""What forms for new things begin with."""
MORE_ROWS = 3
PLACE = re.compile(r"module_([1-9][0-9]?)")
"""What the list of one place for a module is called."""
PAGES = {
    Kind.MODULE: "programme/module_form.html",
    Kind.REQUIREMENT: "programme/requirement_form.html",
    Kind.GATE: "programme/gate_form.html",
}


@bp.route("/curriculum/new/<kind>", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def add(kind: str) -> ResponseReturnValue:
    """A new module, requirement or gate."""
    return _edit(kind_of(kind), None)


@bp.route("/curriculum/<kind>/<code:code>/change", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def change(kind: str, code: str) -> ResponseReturnValue:
    """Another form of what there is."""
    return _edit(kind_of(kind), code)


def _edit(kind: Kind, code: str | None) -> ResponseReturnValue:
    who = actor()
    found = catalogue.curriculum()
    entry = None if code is None else catalogue.entry(found, kind, code)
    form = _form(kind, entry, _draft(kind, code), found)
    if "more" not in request.form:
        with form.accept() as accepted:
            if accepted:
                proposed = form.entry(form.code.value if code is None else code)
                proposal_id = proposing.propose_entry(who, proposed, form.seen.value or "", form.left_out)
                return redirect(url_for(".proposal", proposal_id=proposal_id), 303)
    form.seen.data = catalogue.mark_of(found)
    title = entry.title or entry.code if entry else ""
    back = url_for(".thing", kind=kind.value, code=code) if code is not None else url_for(".index")
    return page(
        PAGES[kind],
        status=form.status_code,
        crumbs=crumbs(*([(title, back), ("Change", None)] if entry else [(f"New {lines.KINDS[kind]}", None)])),
        form=form,
        title=title,
        back=back,
    )


def _draft(kind: Kind, code: str | None) -> Entry | None:
    """What a proposal that somebody goes on with says of the thing."""
    if (proposal_id := request.args.get("proposal", type=row_id)) is None:
        return None
    changes = proposals.proposal(proposal_id).changes
    mine = [one.after for one in changes if one.kind is kind and (code is None or one.code == code)]
    return mine[0] if mine else None


def _form(kind: Kind, entry: Entry | None, draft: Entry | None, found: Curriculum) -> EntryForm:
    """The form of a kind, filled with what there is, and with everything it offers."""
    offered = catalogue.choices(found, actor().today)
    shown = draft or entry
    values: dict[str, Any] = dict(NEW[kind])
    form: EntryForm
    if kind is Kind.MODULE:
        values |= ModuleForm.values(shown) if isinstance(shown, Module) else {}
        form = ModuleForm(data=values)
        form.offer(offered, entry.code if entry else None)
    elif kind is Kind.REQUIREMENT:
        values |= RequirementForm.values(shown) if isinstance(shown, Requirement) else {}
        form = requirement_form(_rows(shown), data=values)
        form.offer(offered, shown if isinstance(shown, Requirement) else None)
    else:
        values |= GateForm.values(shown) if isinstance(shown, Gate) else {}
        form = GateForm(data=values)
        form.offer(offered, shown if isinstance(shown, Gate) else None)
    codes = [code for of, code in entries(found) if of is kind]
    form.taken = {code: f"There is a {lines.KINDS[kind]} with the code {code} already" for code in codes}
    form.before = entry
    if entry is not None:
        del form.code
    elif draft is not None and not form.is_submitted():
        form.code.data = draft.code
    return form


def _rows(shown: Entry | None) -> int:
    """How many places for modules the form has: as many as it had, more where they are asked for."""
    sent = [int(found[1]) for name in request.form if (found := PLACE.fullmatch(name))]
    there = len(shown.modules) + 1 if isinstance(shown, Requirement) else 0
    return max(FEWEST_ROWS, there, *sent, 0) + (MORE_ROWS if "more" in request.form else 0)


@bp.route("/curriculum/<kind>/<code:code>/remove", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def remove(kind: str, code: str) -> ResponseReturnValue:
    """Propose to remove a thing on which nothing hangs."""
    what = kind_of(kind)
    try:
        proposal_id = proposing.propose_removal(actor(), what, code)
    except (Conflict, Invalid) as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".thing", kind=kind, code=code), 303)
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)


@bp.route("/curriculum/import", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def take_in() -> ResponseReturnValue:
    """Propose to put a curriculum.toml in the place of the curriculum."""
    form = FileForm()
    with form.accept() as accepted:
        if accepted:
            proposal_id = _propose_file(form.file.value)
            return redirect(url_for(".proposal", proposal_id=proposal_id), 303)
    return page("programme/import.html", status=form.status_code, crumbs=crumbs(("Take in a file", None)), form=form)


def _propose_file(file: FileStorage) -> int:
    """Propose what a file says. Raises Invalid at the field, with the line."""
    try:
        sent = file.read(LARGEST_FILE + 1)
        if len(sent) > LARGEST_FILE:
            raise Invalid("file", "This file is too large to be a curriculum")
        return proposing.propose_file(actor(), read_curriculum(sent))
    except FileRefused as refusal:
        raise Invalid("file", str(refusal)) from None
    except NotPossible as refusal:
        told = " ".join(f"{lines.KINDS[one.kind].capitalize()} {one.code}: {one.why}" for one in refusal.refusals)
        raise Invalid("file", told) from None
