"""The background work: what runs, waits or was given up; the administrator can have it run again."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core import jobs
from tracker.core.actor import Right
from tracker.terms.queries import say
from tracker.trail import work
from tracker.web.access import actor, needs
from tracker.web.pages import page

bp = Blueprint("jobs", __name__)


@bp.route("/jobs")
@needs(Right.JOBS_READ)
def overview() -> ResponseReturnValue:
    """What runs, what waits, what was given up and why."""
    who = actor()
    crumbs = [(say("{Office}"), url_for("office.hub")), ("Background work", None)]
    return page(
        "system/jobs.html",
        crumbs=crumbs if who.has(Right.RECORDS_READ_ALL) else [],
        work=work.overview(),
        may_run=who.has(Right.SYSTEM_RUN),
    )


@bp.post("/jobs/<int:job_id>/run-again")
@needs(Right.SYSTEM_RUN)
def run_again(job_id: int) -> ResponseReturnValue:
    """Queue a job that was given up once more."""
    jobs.run_again(actor(), job_id)
    flash("The job waits to be run again.")
    return redirect(url_for(".overview"), 303)
