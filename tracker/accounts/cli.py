"""The commands `accounts add`, `accounts link` and `accounts invite` of the command line."""

import csv
import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup

from tracker.accounts import invitations, letters, queries
from tracker.accounts.commands import add_account, champion_with_account, make_champion, replace_link
from tracker.accounts.invitations import Invited
from tracker.accounts.rules import normal_email
from tracker.core import clock, config
from tracker.core.actor import Role, system
from tracker.core.database import transaction
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.core.progress_bar import progress
from tracker.core.spreadsheets import harmless
from tracker.units.queries import unit_by_code

accounts = AppGroup("accounts", help="Who can sign in.")


@accounts.command("add")
@click.argument("email")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What the account is for."
)
@click.option("--person", "identifier", help="The identifier of the person whose account it is.")
@click.option("--unit", "codes", multiple=True, help="A unit to champion, for two years from today; may be repeated.")
def add(email: str, role: str, identifier: str | None, codes: Sequence[str]) -> None:
    """Make an account, and print a link that signs in once. Who has one already gets the units to champion."""
    if codes and role != Role.CHAMPION:
        raise click.ClickException("--unit is for champions: say --role champion, or leave it out.")
    actor = system(clock.today())
    try:
        person_id = None if identifier is None else queries.person_id_of(identifier)
        held = queries.address_held(email, person_id)
        if held is not None and not (codes and held == normal_email(email)):
            raise click.ClickException(_next_step(held, email, Role(role)))
        with transaction(actor):
            holder = champion_with_account(email, person_id) if codes else None
            token = None
            if holder is None:
                _, token = add_account(actor, email, role=Role(role), person_id=person_id)
            units = [unit_by_code(code, actor.today) for code in codes]
            begun = {unit.code: make_champion(actor, holder or person_id, unit.id) for unit in units}
    except NotFound as error:
        raise click.ClickException(f"There is no {error}.") from None
    except (Invalid, Conflict) as error:
        raise click.ClickException(error.message) from None
    if token is not None:
        _print_link(token)
        return
    click.echo(f"{email.strip()} has an account already, and signs in with it as before.")
    for unit in units:
        became = "is championed for two years from today" if begun[unit.code] else "was championed already"
        click.echo(f"{unit.name} ({unit.code}) {became}.")


def _next_step(held: str, email: str, role: Role) -> str:
    """What to do where the address, or the person, has an account already: the one with the address `held`."""
    whose = f"There is an account for {held} already"
    if held != normal_email(email):
        whose = f"This person has an account already, with the address {held}"
    steps = f"accounts link {held} prints a new link into it"
    if role is Role.CHAMPION:
        steps = (
            f"accounts add {held} --role champion --unit CODE lets her champion a unit, as the office does at "
            f"/units/CODE/appoint; {steps}"
        )
    return f"{whose}. Next: {steps}."


def _print_link(token: str) -> None:
    click.echo("This link signs in once, within the next seven days:")
    click.echo(letters.link_url(token))


@accounts.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new link that signs in once, into an account that is there. Links of hers that nobody used end."""
    if (account_id := queries.account_with(email)) is None:
        raise click.ClickException(f"There is no account for {email.strip()}. Make it with accounts add or invite.")
    try:
        _print_link(replace_link(system(clock.today()), account_id))
    except Conflict as error:
        raise click.ClickException(error.message) from None


@accounts.command("invite")
@click.option("--unit", "code", help="Only people at home there or below; everybody if not given.")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the links into this file, in place of sending letters.",
)
@click.option("--again", is_flag=True, help="Also a new link for those who were invited and have no password yet.")
def invite(code: str | None, file: Path | None, *, again: bool) -> None:
    """Make accounts for everybody at home there who has none, and send each a link that signs in once."""
    actor = system(clock.today())
    try:
        unit_id = None if code is None else unit_by_code(code, actor.today).id
    except NotFound:
        raise click.ClickException(f"There is no unit {code} today.") from None
    plan = invitations.plan(actor, unit_id, again=again)
    try:
        with nullcontext() if file is None else _private(file) as out:
            links = _Links(out)
            with progress("Inviting", len(plan.invited)) as step:
                for count in invitations.invite(actor, plan.invited, by_mail=out is None, before_commit=links.write):
                    step(count)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; name a file that is not.") from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    except Conflict as error:
        raise click.ClickException(error.message) from None
    for one in plan.left_out:
        click.echo(f"left out: {one.identifier} {one.name}: {one.why}")
    click.echo(_summary(len(plan.invited), len(plan.left_out), file))


def _private(file: Path) -> TextIO:
    """A new file that only its owner can read: it lets people in."""
    return open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="")


class _Links:
    """The file of links, if one is wanted: every row is on its way to the disk before the accounts are."""

    def __init__(self, out: TextIO | None) -> None:
        self.out = out
        self.writer = None if out is None else csv.writer(out, lineterminator="\n")
        if self.writer is not None:
            self.writer.writerow(["identifier", "name", "email", "link"])

    def write(self, invited: Sequence[Invited]) -> None:
        """Write the rows of some people."""
        if self.out is not None and self.writer is not None:
            self.writer.writerows([*map(harmless, (one.identifier, one.name, one.email)), one.link] for one in invited)
            self.out.flush()


def _summary(invited: int, left_out: int, file: Path | None) -> str:
    people = f"{invited:,} {'person' if invited == 1 else 'people'} invited"
    others = f", {left_out:,} left out" if left_out else ""
    if file is not None:
        return f"{people}{others}; the links are in {file}."
    if config.settings().mail_url is None and invited:
        return f"{people}{others}. The letters wait: set MAIL_URL, and the worker sends them."
    return f"{people}{others}."
