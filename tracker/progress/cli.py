"""The commands report, explain and check of the command line."""

from datetime import date, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from tracker.core import clock
from tracker.core.actor import system
from tracker.core.database import db, read_one_moment
from tracker.core.errors import NotFound
from tracker.curriculum.models import Module, Requirement
from tracker.people.models import Person
from tracker.progress import reports
from tracker.progress.explain import explain
from tracker.progress.figures.answers import EVERYTHING
from tracker.progress.figures.check import differences
from tracker.progress.queries.changing import gates_changing, note_on, requirements_changing
from tracker.units.queries import unit_by_code

DAY = click.DateTime(formats=["%Y-%m-%d"])


def day_given(value: datetime | None) -> date:
    """The day of --as-of, or today."""
    return value.date() if value else clock.today()


report = AppGroup("report", help="The reports as CSV; and whether those that were sealed are still as sealed.")
"""Commands of later features join it."""


def _add_report(kind: str) -> None:
    """The command of one report."""

    @report.command(kind, help=f"Print {kind} as CSV.")
    @click.option("--as-of", type=DAY, help="The day the figures are asked for; today if not given.")
    @click.option("--unit", "code", help="Only this unit and what lies below it on that day.")
    @click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file in place of the screen.")
    def print_it(as_of: datetime | None, code: str | None, output: Path | None) -> None:
        _print_report(kind, as_of, code, output)


for kind in reports.KINDS:
    _add_report(kind)


def _print_report(kind: str, as_of: datetime | None, code: str | None, output: Path | None) -> None:
    day = day_given(as_of)
    try:
        unit_id = unit_by_code(code, day).id if code is not None else None
    except NotFound:
        raise click.ClickException(f"There is no unit {code} on {day}.") from None
    read_one_moment()
    found = reports.lines(kind, day, unit_id)
    if note := note_on(gates_changing() if kind == "gates" else requirements_changing()):
        click.echo(note, err=True)
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


@click.command("explain")
@click.argument("person")
@click.argument("requirement")
@click.argument("module")
@click.option("--as-of", type=DAY, help="The day the status is asked for; today if not given.")
def explain_status(person: str, requirement: str, module: str, as_of: datetime | None) -> None:
    """Say why somebody stands where they do: a person's identifier, a requirement's code, a module's code or "*"."""
    person_id = _id_of(Person.id, Person.identifier == person, f"There is no person {person}.")
    requirement_id = _id_of(Requirement.id, Requirement.code == requirement, f"There is no requirement {requirement}.")
    module_id = None
    if module != EVERYTHING:
        module_id = _id_of(Module.id, Module.code == module, f"There is no module {module}.")
    try:
        actor = system(clock.today())
        found = explain(actor, person_id, requirement_id, module_id, day_given(as_of), called=person)
    except NotFound:
        raise click.ClickException(f"There are no figures for module {module} in {requirement}.") from None
    click.echo(found.summary)
    for sentence in found.sentences:
        click.echo(sentence)


def _id_of(column: InstrumentedAttribute[int], is_it: ColumnElement[bool], missing: str) -> int:
    """The number of the row that is meant; else one clear line and exit code 1."""
    found = db.session.scalar(select(column).where(is_it))
    if found is None:
        raise click.ClickException(missing)
    return found


COMMANDS: list[click.Command | AppGroup] = [report, explain_status, check]
