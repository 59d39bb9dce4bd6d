"""The command `report verify`: whether sealed reports are still what was sealed."""

from datetime import datetime

import click
from sqlalchemy import select

from tracker.core.database import db, read_one_moment
from tracker.reporting.models import Seal
from tracker.reporting.queries.checking import check, check_chain, check_gone

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("verify")
@click.argument("seal", type=DAY, required=False)
def verify(seal: datetime | None) -> None:
    """Look whether the sealed report of a month end (or all of them) is what was sealed; name what is not."""
    read_one_moment()
    seals = list(db.session.scalars(select(Seal).order_by(Seal.id)))
    wanted = [one for one in seals if seal is None or one.day == seal.date()]
    gone = [one for one in check_gone(seals) if seal is None or one.where.startswith(str(seal.date()))]
    if seal is not None and not wanted and not gone:
        raise click.ClickException(f"There is no sealed report of {seal.date()}.")
    found = 0
    for one in wanted:
        wrong = list(check(one))
        for finding in wrong:
            click.echo(f"{one.day}: {finding.where}: {finding.words}.")
        if not wrong:
            click.echo(f"{one.day}: {one.rows:,} rows, {one.hash}: as sealed.")
        found += len(wrong)
    for finding in (*gone, *check_chain(seals)):
        click.echo(f"{finding.where}: {finding.words}.")
        found += 1
    if found:
        raise click.ClickException(f"{found:,} {'thing is' if found == 1 else 'things are'} not as sealed.")
    if not wanted:
        click.echo("No report has been sealed yet.")
