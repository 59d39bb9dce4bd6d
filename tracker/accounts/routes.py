"""The pages of signing in, of one's own password, and of the running system."""

import math

from flask import Blueprint, Flask, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, login_user, logout_user

from tracker.accounts import commands, invitations, queries
from tracker.accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm, SignInForm
from tracker.accounts.queries import SignedIn
from tracker.accounts.rules import LABELS_OF_ROLES
from tracker.accounts.throttle import Throttled
from tracker.core import clock, config
from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.web import access
from tracker.web.access import needs, needs_account, public, safe_next
from tracker.web.addresses import row_id
from tracker.web.errors import error_page
from tracker.web.forms import EmptyForm
from tracker.web.navigation import start_url
from tracker.web.pages import page

bp = Blueprint("accounts", __name__)

CAME_BY_LINK = "came_by_link"
"""In the session of who came by a one-time link: may set a password without the one so far."""


def init_app(app: Flask) -> None:
    """Let flask-login find who is signed in, and serve the pages."""
    login = LoginManager(app, add_context_processor=False)
    login.session_protection = None
    login.user_loader(lambda named: queries.signed_in(named, clock.today()))
    app.register_blueprint(bp)


@bp.errorhandler(Throttled)
def too_many(error: Throttled) -> ResponseReturnValue:
    """Say how long to wait."""
    minutes = "a minute" if error.minutes == 1 else f"{error.minutes} minutes"
    response = error_page(429, wait=f"Please try again in {minutes}.")
    response.headers["Retry-After"] = str(math.ceil(error.wait.total_seconds()))
    return response


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail address and password; or, in the sample institution, as somebody in it."""
    if request.method == "GET" and (visitor := access.signed_in()):
        return redirect(safe_next(request.args.get("next")) or start_url(visitor.actor), 303)
    form = SignInForm()
    if not form.is_submitted():
        form.next.process_data(safe_next(request.args.get("next")))
    with form.accept() as accepted:
        if accepted:
            return _enter(commands.sign_in(form.email.value, form.password.value, _address()), form.next.value)
    samples = queries.sample_accounts() if _offers_samples() else []
    return page("accounts/sign_in.html", form=form, samples=samples, sends_mail=_sends_mail(), status=form.status_code)


@bp.route("/sign-in/sample", methods=["POST"])
@public
def sign_in_to_sample() -> ResponseReturnValue:
    """Enter an account of the sample institution with one click."""
    if not _offers_samples():
        raise NotFound("no samples here")
    account_id = request.form.get("account", type=row_id)
    if account_id is None:
        abort(400)
    return _enter(commands.sign_in_to_sample(account_id), request.form.get("next"))


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> ResponseReturnValue:
    """A one-time link. Opening it changes nothing, since mail scanners do that; the button on it signs in."""
    found = queries.usable_link(token, clock.now())
    if found is None:
        return page("accounts/link_gone.html", status=410, sends_mail=_sends_mail())
    form = EmptyForm()
    with form.accept() as accepted:
        if accepted:
            try:
                account_id = commands.use_link(token)
            except NotFound:
                return page("accounts/link_gone.html", status=410, sends_mail=_sends_mail())
            _enter(account_id, None)
            session[CAME_BY_LINK] = True
            return redirect(url_for(".password"), 303)
    return page("accounts/link.html", name=found.name, form=form, status=form.status_code)


@bp.route("/office/people/<int:person_id>/sign-in-link", methods=["GET", "POST"])
@needs(Right.ACCOUNTS_INVITE)
def link_for(person_id: int) -> ResponseReturnValue:
    """Make a one-time link for somebody, and show it once: to be handed over where no letter helps."""
    way = queries.way_in_of(person_id)
    form = EmptyForm()
    made = None
    with form.accept() as accepted:
        if accepted:
            made = invitations.hand_over(access.actor(), person_id)
    return page(
        "accounts/link_for.html",
        status=form.status_code,
        way=way,
        is_own=person_id == access.actor().person_id,
        form=form,
        made=made,
    )


@bp.route("/sign-in/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Ask for a sign-in link by mail. The answer is the same whether or not there is such an account."""
    if not _sends_mail():
        return page("accounts/no_mail.html")
    form = ForgottenForm()
    with form.accept() as accepted:
        if accepted:
            commands.forgot_password(form.email.value, _address())
            return page("accounts/letter_sent.html", email=form.email.value)
    return page("accounts/forgotten.html", form=form, status=form.status_code)


@bp.route("/password", methods=["GET", "POST"])
@needs_account
def password() -> ResponseReturnValue:
    """Choose or change one's own password."""
    visitor = _visitor()
    if visitor.is_sample:
        return page("accounts/sample_password.html")
    knows_current = visitor.has_password and not session.get(CAME_BY_LINK)
    form = ChangePasswordForm() if knows_current else NewPasswordForm()
    with form.accept() as accepted:
        if accepted:
            current = form.current.value if isinstance(form, ChangePasswordForm) else None
            commands.set_password(visitor.actor, form.password.value, current=current)
            flash("Your password is set. Other sessions of yours have ended.")
            return _enter(_id_of(visitor), None)
    return page("accounts/password.html", form=form, knows_current=knows_current, status=form.status_code)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Leave, on this device."""
    logout_user()
    session.clear()
    flash("You are signed out.")
    return redirect(url_for(".sign_in"), 303)


@bp.post("/sign-out-everywhere")
@needs_account
def sign_out_everywhere() -> ResponseReturnValue:
    """Leave on all devices."""
    commands.sign_out_everywhere(access.actor())
    session.clear()
    flash("You are signed out on all devices.")
    return redirect(url_for(".sign_in"), 303)


@bp.route("/system")
@needs(Right.SYSTEM_RUN)
def system() -> ResponseReturnValue:
    """How the installation is doing."""
    return page("system/system.html", view=queries.system_view(), labels=LABELS_OF_ROLES, sends_mail=_sends_mail())


def _enter(account_id: int, target: str | None) -> ResponseReturnValue:
    """Begin a new session for an account, and go where its holder wanted to go."""
    visitor = queries.account(account_id, clock.today())
    if visitor is None:
        raise NotFound(f"account {account_id}")
    flashes = session.get("_flashes", [])
    session.clear()
    session["_flashes"] = flashes
    session.permanent = True
    login_user(visitor)
    return redirect(safe_next(target) or start_url(visitor.actor), 303)


def _visitor() -> SignedIn:
    visitor = access.signed_in()
    if not isinstance(visitor, SignedIn):
        raise NotFound("nobody is signed in")
    return visitor


def _id_of(visitor: SignedIn) -> int:
    account_id = visitor.actor.account_id
    if account_id is None:
        raise NotFound("no account")
    return account_id


def _address() -> str:
    """The network address that a request came from."""
    return request.remote_addr or "unknown"


def _sends_mail() -> bool:
    return config.settings().mail_url is not None


def _offers_samples() -> bool:
    """Whether this is an installation to try things on: its own default database, reachable from this machine only."""
    return config.settings().is_for_trying
