"""What happens before the server listens: the checks, the copy, the migration, the sample institution."""

import errno
import os
import socket
import sqlite3
import tempfile
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from tracker.accounts import commands as accounts
from tracker.accounts.models import Account
from tracker.accounts.queries import person_id_of
from tracker.core import clock
from tracker.core.actor import Role, system
from tracker.core.config import Settings
from tracker.core.database import db, transaction
from tracker.exchange import commands as exchange
from tracker.exchange.commands.load import has_facts
from tracker.exchange.sample import sample_accounts, write_sample
from tracker.serving.sample_targets import settle_targets
from tracker.serving.sample_terms import settle_terms


class CannotStart(Exception):
    """Something that the operator has to see to; its text is the line to read."""


def check_port(host: str, port: int) -> str:
    """Find the port free; the address to bind, as numbers. Raises CannotStart."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise CannotStart(f"HOST {host} is not an address of this machine.") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CannotStart(_why_not_bound(error, host, port)) from None
    return str(address[0])


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: something else listens on {host}. Set PORT to another, such as {port + 1}."
    if error.errno == errno.EACCES:
        return f"Port {port} is not for this user to listen on. Set PORT to one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST {host} is not an address of this machine."
    return f"Port {port} of {host} cannot be listened on: {error.strerror}."


def check_database(settings: Settings) -> None:
    """Find the database there. Raises CannotStart."""
    url = make_url(settings.database_url)
    try:
        with db.engine.connect() as connection:
            connection.execute(select(1))
    except (DBAPIError, sqlite3.Error) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        shown = url.render_as_string(hide_password=True)
        raise CannotStart(f"The database {shown} cannot be used: {cause[0] if cause else 'no answer'}") from None


def migrate(root: Path, settings: Settings) -> Path | None:
    """Bring the schema up to date; where the copy of the database made before lies, if one was needed.

    Raises CannotStart for a database that a later release has been at.
    """
    scripts = ScriptDirectory(str(root / "migrations"))
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return None
    try:
        known = current is None or scripts.get_revision(current) is not None
    except (CommandError, ResolutionError):
        known = False
    if not known:
        raise CannotStart(
            f"This database is of a later release (schema {current}). Start that release, or a newer one."
        )
    copy = None if current is None else copy_aside(settings, current)
    db.engine.dispose()
    upgrade(str(root / "migrations"))
    return copy


def copy_aside(settings: Settings, revision: str) -> Path | None:
    """A copy of an SQLite database as it is, beside the instance's other files; none for other databases."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    folder = settings.instance / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"waymark-{revision}-{clock.now():%Y%m%dT%H%M%S}.db"
    unfinished = copy.with_suffix(".part")
    source, target = sqlite3.connect(url.database), sqlite3.connect(unfinished)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    os.replace(unfinished, copy)
    return copy


def wants_sample(settings: Settings) -> bool:
    """Whether this is an installation for trying things, and nothing is in it yet."""
    if not settings.is_for_trying or has_accounts():
        return False
    with transaction(system(clock.today())) as tx:
        return not has_facts(tx)


def load_sample() -> None:
    """Load the sample institution with its accounts, in one transaction."""
    actor = system(clock.today())
    with transaction(actor), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder, today=actor.today)
        exchange.load(actor, folder)
        for one in sample_accounts(folder):
            person_id = None if one.person_id is None else person_id_of(one.person_id)
            accounts.add_account(
                actor, one.email, role=Role(one.role), person_id=person_id, sample_note=one.description
            )
        settle_terms(actor)
        settle_targets(actor)


def has_accounts() -> bool:
    """Whether anybody can sign in."""
    return db.session.scalar(select(Account.id).limit(1)) is not None
