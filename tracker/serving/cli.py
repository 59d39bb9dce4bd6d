"""The commands `serve` and `worker`."""

import logging
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.accounts import queries as accounts
from tracker.core import config
from tracker.core.config import SettingError, Settings, check_listening
from tracker.core.database import db
from tracker.serving import preparing, supervising
from tracker.serving import worker as working
from tracker.serving.preparing import CannotStart

ROOT = Path(__file__).resolve().parent.parent.parent


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date, and serve the pages with the worker until told to stop."""
    settings = config.settings()
    try:
        check_listening(settings)
        address = preparing.check_port(settings.host, settings.port)
        preparing.check_database(settings)
        if copy := preparing.migrate(ROOT, settings):
            click.echo(f"The database was copied to {copy} before its schema was brought up to date.")
        if preparing.wants_sample(settings):
            click.echo("This database is empty: loading a made-up school of medicine to look around in …")
            preparing.load_sample()
    except (CannotStart, SettingError) as error:
        raise click.ClickException(str(error)) from None
    announce = "\n".join(_greeting(settings)) + "\n"
    db.session.remove()
    db.engine.dispose()
    commands = {
        "server": supervising.server_command(address, settings.port, ROOT),
        "worker": supervising.worker_command(),
    }
    if ended := supervising.run(commands, ROOT, address, settings.port, announce):
        raise click.ClickException(f"The {ended} ended by itself, so everything was stopped. Its last lines say why.")
    click.echo("Stopped.")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run jobs and send letters until told to stop; `serve` starts one by itself."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    working.work(config.settings())


def _greeting(settings: Settings) -> Iterator[str]:
    """Where it is, and who can sign in."""
    yield f"Waymark is at {settings.public_url}"
    samples = accounts.sample_accounts() if settings.is_for_trying else []
    if samples:
        yield "The sample institution is loaded. The sign-in page lets you in as any of these, without a password:"
        for one in samples:
            yield f"  {one.name} ({one.role_label}): {one.note}"
    elif not preparing.has_accounts():
        yield "Nobody can sign in yet. Make the first account with"
        yield "  .venv/bin/flask --app app accounts add you@example.edu --role office"
    yield "Stop it with Ctrl+C."


COMMANDS = (serve, worker)
