"""What is asked of me, by when and why; what of it I do not want to see; who can see what about me."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask import current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from tracker.core import clock, config
from tracker.core.actor import Actor, Right
from tracker.progress.explain import Voice, explain
from tracker.progress.forms import HideForm
from tracker.progress.queries import homes, records, since
from tracker.progress.queries.catalogue import catalogue, module_view
from tracker.progress.queries.standing import Group, standing
from tracker.progress.routes import lines, wording
from tracker.progress.routes.blueprint import ask_url, bp, deciders, may_log, me
from tracker.web.access import actor, needs, needs_account, signed_in
from tracker.web.addresses import read_day
from tracker.web.navigation import start_url
from tracker.web.pages import page

HIDDEN = "waymark_hidden"
A_YEAR = 365 * 24 * 3600
MOST_HIDDEN = 200


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the day control in the head of a page needs."""

    day: date
    today: date
    action: str
    params: tuple[tuple[str, str], ...] = ()


@bp.route("/")
@needs_account
def home() -> ResponseReturnValue:
    """The start page of whoever has a record; all others begin elsewhere."""
    if not actor().has(Right.RECORDS_READ_OWN):
        return redirect(start_url(actor()), 303)
    who, person_id = me()
    asked, at_home = standing(person_id, who.today), homes.home(person_id, who.today)
    kept, asked_since = records.standing_completions(person_id), since.asked_since(person_id, who.today)
    return page(
        "progress/learner/home.html",
        greeting=wording.greeting(clock.local(clock.now())),
        name=_my_name(),
        answer=wording.answer(asked) if at_home else wording.without_home(_last_day(who, person_id)),
        lists=lines.home_lists(asked, kept, catalogue(), deciders(at_home), asked_since, _hidden(who)),
        changing=asked.changing,
        home=at_home,
        kept=len(kept),
        requests_waiting=current_app.extensions["own_requests"](who),
        may_log=may_log(person_id, at_home, who.today),
        roster_day=since.roster_day(),
        ask=ask_url(),
    )


@bp.route("/hide", methods=["POST"])
@needs(Right.RECORDS_READ_OWN)
def hide() -> ResponseReturnValue:
    """Leave an optional module out of the start page of this browser, or show all again. Kept in a cookie and nowhere
    else: declining what is optional leaves no trace."""
    who, _ = me()
    form = HideForm()
    answer = make_response(redirect(url_for(".home"), 303))
    if form.validate_on_submit():
        module_id = form.module.value
        hidden = sorted({*_hidden(who), module_id})[-MOST_HIDDEN:] if module_id is not None else []
        answer.set_cookie(
            HIDDEN,
            _signer(who).dumps(hidden),
            max_age=A_YEAR,
            path=url_for(".home"),
            secure=config.settings().is_public_https,
            httponly=True,
            samesite="Lax",
        )
    return answer


@bp.route("/why/<int:requirement_id>/<int:module_id>")
@needs(Right.RECORDS_READ_OWN)
def why(requirement_id: int, module_id: int) -> ResponseReturnValue:
    """Why a module is asked of me, and where I stand with it, on any day. Raises Invalid for a day that is none."""
    who, person_id = me()
    day = read_day(request.args.get("as_of"), who.today)
    explanation = explain(who, person_id, requirement_id, module_id, day, voice=Voice.TO_THEM)
    task = next((one for one in standing(person_id, day).tasks if one.module_id == module_id), None)
    module = module_view(module_id)
    is_left = task is None or task.group not in (Group.DONE, Group.WAITING)
    is_open = is_left and day == who.today and may_log(person_id, homes.home(person_id, day), day)
    kept = records.standing_completions(person_id) if is_open else []
    return page(
        "progress/learner/why.html",
        module=module,
        explanation=explanation,
        others=lines.other_reasons(task, requirement_id, day),
        as_of=AsOf(day, who.today, url_for(".why", requirement_id=requirement_id, module_id=module_id)),
        is_open=is_open,
        begin=lines.beginning(module.code, catalogue(), kept) if is_open else None,
    )


@bp.route("/who-can-see")
@needs(Right.RECORDS_READ_OWN)
def privacy() -> ResponseReturnValue:
    """Who can see what about me, today."""
    who, person_id = me()
    named, counted = lines.by_sight(standing(person_id, who.today))
    return page(
        "progress/learner/privacy.html",
        home=homes.home(person_id, who.today),
        named=named,
        counted=counted,
        today=who.today,
    )


# What they share


def _my_name() -> str:
    visitor = signed_in()
    return visitor.name if visitor else ""


def _last_day(who: Actor, person_id: int) -> date | None:
    return since.last_day_at_home(person_id, who.today)


def _signer(who: Actor) -> URLSafeSerializer:
    """Signs for one account: another one at the same browser has nothing hidden by it."""
    return URLSafeSerializer(str(current_app.secret_key), salt=f"hidden:{who.account_id}")


def _hidden(who: Actor) -> Collection[int]:
    """The optional modules that this browser leaves out for her."""
    try:
        kept = _signer(who).loads(request.cookies.get(HIDDEN, ""))
    except BadSignature:
        return frozenset()
    return frozenset(kept)
