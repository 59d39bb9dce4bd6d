"""Gates opened by hand."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.programme.commands import overrides as commands
from tracker.programme.forms import OverrideForm
from tracker.programme.queries import catalogue
from tracker.programme.routes.blueprint import bp, crumbs
from tracker.programme.rules import Kind
from tracker.web.access import actor, needs
from tracker.web.pages import page


@bp.route("/curriculum/gate/<code:code>/open", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def open_by_hand(code: str) -> ResponseReturnValue:
    """Open a gate for a unit, whatever its share."""
    who = actor()
    found = catalogue.curriculum()
    gate = catalogue.entry(found, Kind.GATE, code)
    form = OverrideForm()
    back = url_for(".thing", kind="gate", code=code)
    with form.accept() as accepted:
        if accepted:
            unit = _unit(form.unit.value)
            commands.open_by_hand(
                who, code, unit, on=form.opened_on.value, reason=form.reason.value, approved_by=form.approved_by.value
            )
            flash("The gate is open for this unit.", "success")
            return redirect(back, 303)
    return page(
        "programme/override.html",
        status=form.status_code,
        crumbs=crumbs((gate.title or code, back), ("Open by hand", None)),
        form=form,
        title=gate.title or code,
        unit_name=None,
        override_id=None,
        back=back,
    )


@bp.route("/curriculum/overrides/<int:override_id>", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def override(override_id: int) -> ResponseReturnValue:
    """Put right what was entered when a gate was opened by hand."""
    who = actor()
    found = catalogue.override(override_id, who.today)
    gate = catalogue.entry(catalogue.curriculum(), Kind.GATE, found.gate_code)
    values = {"opened_on": found.opened_on, "reason": found.reason, "approved_by": found.approved_by}
    form = OverrideForm(data=values)
    del form.unit
    back = url_for(".thing", kind="gate", code=found.gate_code)
    with form.accept() as accepted:
        if accepted:
            commands.change_override(
                who,
                override_id,
                on=form.opened_on.value,
                reason=form.reason.value,
                approved_by=form.approved_by.value,
            )
            flash("Saved.", "success")
            return redirect(back, 303)
    return page(
        "programme/override.html",
        status=form.status_code,
        crumbs=crumbs((gate.title or gate.code, back), (found.unit_name, None)),
        form=form,
        title=gate.title or gate.code,
        unit_name=found.unit_name,
        override_id=override_id,
        back=back,
    )


@bp.route("/curriculum/overrides/<int:override_id>/remove", methods=["POST"])
@needs(Right.CURRICULUM_WRITE)
def remove_override(override_id: int) -> ResponseReturnValue:
    """Take back that a gate was opened by hand."""
    who = actor()
    found = catalogue.override(override_id, who.today)
    commands.take_back_override(who, override_id)
    flash(f"The share of {found.unit_name} alone decides again.", "success")
    return redirect(url_for(".thing", kind="gate", code=found.gate_code), 303)


def _unit(typed: str) -> str:
    """The code of the unit that is meant. Raises Invalid."""
    units = catalogue.units_by_word(actor().today)
    if (code := units.get(typed) or units.get(typed.lower())) is None:
        raise Invalid("unit", f"“{typed}” is neither the code of a unit nor the name of one alone")
    return code
