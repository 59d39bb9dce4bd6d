"""The commands report, explain and check of the command line."""

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.core import clock
from tracker.core.errors import NotFound
from tracker.progress import reports
from tracker.progress.figures.check import differences
from tracker.units.queries import unit_by_code

DAY = click.DateTime(formats=["%Y-%m-%d"])


def day_given(value: datetime | None) -> date:
    """The day of --as-of, or today."""
    return value.date() if value else clock.today()


@click.command("report")
@click.argument("kind", type=click.Choice(reports.KINDS))
@click.option("--as-of", type=DAY, help="The day the figures are asked for; today if not given.")
@click.option("--unit", "code", help="Only this unit and what lies below it on that day.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file in place of the screen.")
def report(kind: str, as_of: datetime | None, code: str | None, output: Path | None) -> None:
    """Print status, rates or gates as CSV."""
    day = day_given(as_of)
    try:
        unit_id = unit_by_code(code, day).id if code is not None else None
    except NotFound:
        raise click.ClickException(f"There is no unit {code} on {day}.") from None
    found = reports.lines(kind, day, unit_id)
    if output is None:
        for line in found:
            click.echo(line, nl=False)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        file.writelines(found)


check = AppGroup("check", help="Recounts that an operator can run at any time.")


@check.command("figures")
def figures() -> None:
    """Compare spans, counts and gates with a recount from the facts; name each difference."""
    found = 0
    for line in differences():
        click.echo(line)
        found += 1
    if found:
        raise click.ClickException(f"{found:,} {'difference' if found == 1 else 'differences'} from the facts.")
    click.echo("All figures agree with the facts.")


COMMANDS: list[click.Command | AppGroup] = [report, check]
