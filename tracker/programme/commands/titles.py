"""Give modules and requirements another title from a day on. What is about an earlier day keeps the title of it."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from tracker.core import audit, clock
from tracker.core.actor import Actor, Right, system
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum import queries as curriculum_queries
from tracker.curriculum.models import DatedTitle
from tracker.curriculum.queries import title_on, titles
from tracker.curriculum.rules import Module, Requirement
from tracker.programme.commands import keeping
from tracker.programme.rules import How, Kind, entries


def rename(actor: Actor, kind: Kind, code: str, *, title: str, starts_on: date) -> None:
    """Call something by another title from today or a coming day on. Raises NotFound, Invalid or Conflict."""
    with transaction(actor) as tx:
        entry = _entry(tx, kind, code)
        if starts_on < tx.today:
            raise Invalid("starts_on", "The day must be today or later: what was issued before keeps its title.")
        called = titles(kind, tx.session).get((kind, code), [])
        if any(one.starts_on == starts_on for one in called):
            raise Conflict("There is a title from this day on already. Take it back first.")
        if title_on(called, starts_on, entry.title) == title:
            raise Invalid("title", "It has this title on that day already.")
        if not called:
            tx.session.add(DatedTitle(kind=kind, code=code, starts_on=date.min, title=entry.title))
        row = DatedTitle(kind=kind, code=code, starts_on=starts_on, title=title)
        audit.add(tx, "title.dated", row)
        keeping.keep_first(tx)
        _turn(tx, kind, entry)
        keeping.keep(tx, How.RENAMED)


def take_back(actor: Actor, title_id: int) -> tuple[Kind, str]:
    """Take a coming title back; of what. Raises NotFound, and Conflict for one that holds or held."""
    with transaction(actor) as tx:
        _check_right(tx)
        row = tx.session.scalar(select(DatedTitle).where(DatedTitle.id == title_id).with_for_update())
        if row is None:
            raise NotFound(f"title {title_id}")
        if row.starts_on <= tx.today:
            raise Conflict("This title holds already.")
        audit.remove(tx, "title.taken-back", row)
        curriculum_commands.forget_lone_title(tx, row.kind, row.code)
        return Kind(row.kind), row.code


def turn_titles() -> None:
    """Let titles whose day has come take the place of those before. Fit to run again."""
    with transaction(system(clock.today())) as tx:
        found = entries(curriculum_queries.curriculum(tx.session))
        for kind, code in titles(session=tx.session):
            entry = found.get((Kind(kind), code))
            if isinstance(entry, Module | Requirement):
                _turn(tx, Kind(kind), entry)
        if "curriculum" in tx.touched:
            keeping.keep(tx, How.TURNED)


def _turn(tx: Transaction, kind: Kind, entry: Module | Requirement) -> None:
    """Let a thing have the title of today."""
    title = title_on(titles(kind, tx.session)[kind, entry.code], tx.today, entry.title)
    if title == entry.title:
        return
    if isinstance(entry, Module):
        curriculum_commands.set_module(tx.actor, replace(entry, title=title))
    else:
        curriculum_commands.set_requirement(tx.actor, replace(entry, title=title))


def _entry(tx: Transaction, kind: Kind, code: str) -> Module | Requirement:
    _check_right(tx)
    entry = entries(curriculum_queries.curriculum(tx.session)).get((kind, code))
    if not isinstance(entry, Module | Requirement):
        raise NotFound(f"{kind} {code}")
    return entry


def _check_right(tx: Transaction) -> None:
    if not tx.actor.has(Right.CURRICULUM_WRITE):
        raise Forbidden("You cannot rename what is asked.")
