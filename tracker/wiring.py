"""Puts the application together: the one module that knows every feature."""

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from flask_migrate import Migrate
from flask_migrate import cli as migrate_cli
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.accounts import cli as accounts_cli
from tracker.accounts import jobs as accounts_jobs
from tracker.accounts import models as _accounts
from tracker.accounts import queries as accounts_queries
from tracker.accounts import routes as accounts_routes
from tracker.champions import models as _champions
from tracker.champions import routes as champions_routes
from tracker.core import cli as core_cli
from tracker.core import config, database, words
from tracker.core import jobs as core_jobs
from tracker.core import outbox as _outbox
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.dashboards import jobs as dashboards_jobs
from tracker.dashboards import routes as dashboards
from tracker.dashboards.queries import narrowing
from tracker.directory import jobs as directory_jobs
from tracker.directory import models as _directory
from tracker.directory import routes as directory
from tracker.exchange import cli as exchange_cli
from tracker.messages import commands as messages_commands
from tracker.messages import jobs as messages_jobs
from tracker.messages import models as _messages
from tracker.messages import queries as messages_queries
from tracker.messages import routes as messages
from tracker.people import commands as people_commands
from tracker.programme import jobs as programme_jobs
from tracker.programme import routes as programme
from tracker.programme.commands import keeping
from tracker.progress import cli as progress_cli
from tracker.progress import jobs as progress_jobs
from tracker.progress import routes as learner
from tracker.progress.figures import rebuild, revisions, waiting
from tracker.progress.routes import claims
from tracker.reporting import cli as reporting_cli
from tracker.reporting import jobs as reporting_jobs
from tracker.reporting import models as _reporting
from tracker.reporting import routes as reporting
from tracker.reporting.queries import seals as reporting_queries
from tracker.requests import queries as requests_queries
from tracker.requests import routes as requests
from tracker.serving import cli as serving_cli
from tracker.terms import queries as terms_queries
from tracker.terms import routes as terms
from tracker.trail import routes as trail
from tracker.units import queries as units_queries
from tracker.web import access, addresses, errors, headers, navigation, pages, templating

ROOT = Path(__file__).resolve().parent.parent
MODELS = (_accounts, _champions, _directory, _messages, _outbox, _reporting, core_jobs)
"""The tables that no command or page of the wiring names: imported, so that the schema is whole."""
BLUEPRINTS: tuple[Blueprint, ...] = (
    learner.bp,
    claims.bp,
    requests.bp,
    dashboards.bp,
    champions_routes.bp,
    messages.bp,
    programme.bp,
    directory.bp,
    reporting.bp,
    terms.bp,
    *trail.BLUEPRINTS,
)
MEGABYTE = 2**20


def create_app(settings: Settings | None = None, *, is_served: bool = False) -> Flask:
    """The application, from the environment's settings or from given ones. Where it `is_served`, a server has it, whose
    pages do not wait for long work. Raises SettingError."""
    settings = settings or config.from_environment(ROOT / "instance")
    app = Flask(
        "tracker",
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url, is_served=is_served),
        IS_SERVED=is_served,
        TIME_ZONE=settings.time_zone,
        MAX_CONTENT_LENGTH=max(16, settings.evidence_megabytes + 2) * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=12 * MEGABYTE,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_COOKIE_NAME="waymark",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_public_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    hooks = (people_commands, keeping, revisions, rebuild, waiting)
    app.extensions["before_commit"] = [feature.before_commit for feature in hooks]
    features_jobs = (
        *(progress_jobs, accounts_jobs, messages_jobs, dashboards_jobs),
        *(programme_jobs, directory_jobs, reporting_jobs),
    )
    all_jobs = [kind for feature in features_jobs for kind in feature.JOBS]
    app.extensions["look_again"] = messages_commands.look_again
    app.extensions["jobs"] = {kind.name: kind for kind in all_jobs}
    app.extensions["as_reported"] = reporting_queries.figures_as_reported
    app.extensions["own_requests"] = requests_queries.own_waiting
    app.extensions["own_data"] = {
        "account": accounts_queries.own_data,
        "requests": requests_queries.own_data,
        "messages": messages_queries.own_data,
        "saved_filters": narrowing.own_data,
    }
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    progress_cli.report.add_command(reporting_cli.verify)
    groups = (migrate_cli.db, exchange_cli.data, accounts_cli.accounts)
    for command in (*groups, *progress_cli.COMMANDS, *serving_cli.COMMANDS):
        app.cli.add_command(core_cli.say_plainly(command))
    _serve_pages(app, settings)
    access.check_routes(app)
    return app


def _serve_pages(app: Flask, settings: Settings) -> None:
    """The web side: who may come in first, then the token of each form, then the pages of every feature."""
    if settings.is_public_https:
        # People then come in through a proxy, the only one that can say where from and by which address; and where all
        # pages lie below a path, by which.
        told = {"x_for": 1, "x_proto": 1, "x_host": 1, "x_prefix": 1 if urlsplit(settings.public_url).path else 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **told)  # type: ignore[method-assign]
    templating.register(app)
    terms_queries.init_app(app)
    headers.init_app(app, is_public_https=settings.is_public_https)
    addresses.init_app(app, _names(settings))
    access.init_app(app)
    CSRFProtect(app)
    errors.init_app(app)
    counts = {"requests.queue": requests_queries.number_waiting}
    navigation.init_app(app, counts)
    pages.init_app(app, institution_name=_institution_name)
    accounts_routes.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _names(settings: Settings) -> frozenset[str]:
    """By which names of hosts people reach the pages, beside those of this machine: as browsers write them."""
    host = urlsplit(settings.public_url).hostname or ""
    return frozenset({settings.host.lower(), host.encode("idna").decode("ascii")})


def _institution_name(day: date) -> str:
    """What stands at the top of the tree on a day."""
    return words.sentence_list([unit.name for unit in units_queries.roots(day)]) or "no institution loaded yet"
