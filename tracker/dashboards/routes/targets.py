"""The targets of a unit, set by the office in one small form."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.dashboards import policy
from tracker.dashboards.forms import targets_form
from tracker.dashboards.queries import items, places
from tracker.dashboards.routes import lines
from tracker.dashboards.routes.blueprint import bp
from tracker.targets.commands import set_targets
from tracker.targets.queries import targets_of
from tracker.web.access import actor, needs
from tracker.web.pages import page
from tracker.web.templating import plural


@bp.route("/units/<unit_code:code>/targets", methods=["GET", "POST"])
@needs(Right.TARGETS_SET)
def targets(code: str) -> ResponseReturnValue:
    """Give a unit a target for each requirement, or none."""
    who = actor()
    unit = policy.get_unit(who, code, who.today)
    asked = items.requirements(who)
    kept = {requirement: percent for (_, requirement), percent in targets_of([code]).items()}
    form = targets_form([(one.code, one.title) for one in asked], kept)
    with form.accept() as accepted:
        if accepted:
            changed = set_targets(who, code, form.wanted)
            flash(f"{plural(changed, 'target', 'targets')} changed." if changed else "Nothing was changed.", "success")
            return redirect(url_for(".unit", code=code), 303)
    return page(
        "dashboards/targets.html",
        status=form.status_code,
        crumbs=lines.crumbs(places.path(who, unit.id, who.today), "Targets"),
        unit=unit,
        form=form,
    )
