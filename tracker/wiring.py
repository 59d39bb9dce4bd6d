"""Puts the application together: the one module that knows every feature."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from tracker.accounts import models as _accounts
from tracker.champions import models as _champions
from tracker.core import config, database
from tracker.core import jobs as core_jobs
from tracker.core import outbox as _outbox
from tracker.core.config import Settings
from tracker.core.database import db
from tracker.exchange import cli as exchange_cli
from tracker.people import commands as people_commands
from tracker.progress import cli as progress_cli
from tracker.progress.figures import rebuild, revisions

ROOT = Path(__file__).resolve().parent.parent
MODELS = (_accounts, _champions, _outbox, core_jobs)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, from the environment's settings or from given ones. Raises SettingError."""
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
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url),
        TIME_ZONE=settings.time_zone,
    )
    app.extensions["before_commit"] = [people_commands.before_commit, revisions.before_commit, rebuild.before_commit]
    app.extensions["jobs"] = {}
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.cli.add_command(exchange_cli.data)
    for command in progress_cli.COMMANDS:
        app.cli.add_command(command)
    return app
