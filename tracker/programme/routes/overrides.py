"""Gates opened by hand, each after a look at what that changes."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import Invalid
from tracker.core.words import count, day, percent, plural
from tracker.programme.commands import overrides as commands
from tracker.programme.commands.overrides import Opens
from tracker.programme.forms import OverrideForm
from tracker.programme.queries import catalogue
from tracker.programme.routes.blueprint import bp, crumbs
from tracker.programme.rules import Entry, Kind
from tracker.web.access import actor, needs
from tracker.web.pages import page

FIELDS = ("opened_on", "reason", "approved_by")


@bp.route("/curriculum/gate/<code:code>/open", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def open_by_hand(code: str) -> ResponseReturnValue:
    """Open a gate for a unit, whatever its share."""
    who = actor()
    gate = catalogue.entry(catalogue.curriculum(), Kind.GATE, code)
    form = OverrideForm()

    def deed() -> None:
        commands.open_by_hand(who, code, _unit(form.unit.value), **_said(form))

    return _previewed(
        form,
        gate,
        deed,
        lambda: _unit(form.unit.value),
        ("unit", *FIELDS),
        f"Open {gate.title or code} by hand",
        "Open by hand",
        "Open the gate",
        "The gate is open for this unit.",
    )


@bp.route("/curriculum/overrides/<int:override_id>", methods=["GET", "POST"])
@needs(Right.CURRICULUM_WRITE)
def override(override_id: int) -> ResponseReturnValue:
    """Put right what was entered when a gate was opened by hand."""
    who = actor()
    mark, found = catalogue.mark_of_override(override_id), catalogue.override(override_id, who.today)
    gate = catalogue.entry(catalogue.curriculum(), Kind.GATE, found.gate_code)
    form = OverrideForm(mark=mark, opened_on=found.opened_on, reason=found.reason, approved_by=found.approved_by)
    del form.unit

    def deed() -> None:
        commands.change_override(who, override_id, seen=form.was_shown, **_said(form))

    return _previewed(
        form,
        gate,
        deed,
        lambda: found.unit_code,
        ("mark", *FIELDS),
        f"{found.unit_name}: opened by hand",
        found.unit_name,
        "Save",
        "Saved.",
        override_id=override_id,
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


def _previewed(
    form: OverrideForm,
    gate: Entry,
    deed: Callable[[], None],
    unit_code: Callable[[], str],
    fields: Sequence[str],
    heading: str,
    crumb: str,
    submit: str,
    done: str,
    override_id: int | None = None,
) -> ResponseReturnValue:
    """The page of an override: the form, then what it would change, then the deed and back to the gate."""
    back = url_for(".thing", kind="gate", code=gate.code)
    shown: Sequence[str] = ()
    with form.accept() as accepted:
        if accepted and form.is_confirmed:
            deed()
            flash(done, "success")
            return redirect(back, 303)
        if accepted:
            shown = _in_words(commands.what_opens(actor(), gate.code, unit_code(), deed))
            form.remember_preview()
    return page(
        "programme/override.html",
        status=form.status_code,
        crumbs=crumbs((gate.title or gate.code, back), (crumb, None)),
        form=form,
        fields=[form[name] for name in fields],
        heading=heading,
        submit=submit,
        preview=shown,
        override_id=override_id,
        back=back,
    )


def _in_words(opens: Opens) -> list[str]:
    """How the gate stands today, and how it would."""
    unit, gate, figure = opens.unit.name, opens.before.gate, opens.before.figure
    sentences = []
    if figure is not None and figure.denominator:
        done, counted = figure.satisfied, figure.denominator
        sentences.append(
            f"Today {count(done)} of {plural(counted, 'person', 'people')} of {unit} have completed what it asks, "
            f"{percent(done, counted)}. By itself it opens above {percent(gate.percent, 100)}."
        )
    else:
        sentences.append(f"Nobody of {unit} is counted for it today.")
    was, will = gate.opened_on, opens.after.gate.opened_on
    if was == will and was is not None:
        sentences.append(f"It is open from {day(was)} on already, so this opens nothing earlier.")
    elif will is not None:
        instead = f" instead of {day(was)}" if was is not None else ", which it could not so far"
        sentences.append(f"{unit} may begin from {day(will)} on{instead}.")
    return [*sentences, "No rate moves: a gate says when a unit may begin, not who has completed what."]


def _said(form: OverrideForm) -> dict[str, Any]:
    return {"on": form.opened_on.value, "reason": form.reason.value, "approved_by": form.approved_by.value}


def _unit(typed: str) -> str:
    """The code of the unit that is meant. Raises Invalid."""
    units = catalogue.units_by_word(actor().today)
    if (code := units.get(typed) or units.get(typed.lower())) is None:
        raise Invalid("unit", f"“{typed}” is neither the code of a unit nor the name of one alone")
    return code
