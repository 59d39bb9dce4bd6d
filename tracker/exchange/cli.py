"""The commands data load and data dump of the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.errors import Conflict
from tracker.exchange import commands
from tracker.exchange.files import FileRefused, already_there

data = AppGroup("data", help="Facts in and out, as a folder of plain files.")


@data.command("load")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put these facts in the place of those that are there.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
def load(folder: Path, replace: bool, yes: bool) -> None:
    """Load a folder of facts: whole, or not at all."""
    if replace and not yes:
        click.confirm("All facts in this database will be replaced. Accounts and the trail stay. Go on?", abort=True)
    try:
        loaded = commands.load(system(clock.today()), folder, replace=replace)
    except FileRefused as error:
        raise click.ClickException(f"Nothing was loaded. {error}") from None
    except Conflict as error:
        raise click.ClickException(error.message) from None
    for warning in loaded.warnings:
        click.echo(f"Warning: {warning}", err=True)
    for name, rows in loaded.rows.items():
        click.echo(f"{name}: {rows:,}")


@data.command("dump")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--replace", is_flag=True, help="Write over files that are there already.")
def dump(folder: Path, replace: bool) -> None:
    """Write all facts as a folder of files that load again to the same."""
    if not replace and (there := already_there(folder)):
        raise click.ClickException(
            f"Nothing was written. There is {there[0]} in {folder} already; say --replace to write over the files."
        )
    for name, rows in commands.dump(folder).items():
        click.echo(f"{name}: {rows:,}")
