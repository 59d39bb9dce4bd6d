"""Load a folder of facts into an empty database, or in place of the facts that are there: whole or not at all."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from tracker.accounts.models import Account, SignInLink
from tracker.champions import commands as champions_commands
from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Base, Transaction, transaction
from tracker.core.errors import Conflict
from tracker.core.outbox import Letter, LetterKind
from tracker.core.progress_bar import progress
from tracker.core.statements import count_on_from_here, insert_rows, take_stock, without_indexes
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum.rules import Curriculum
from tracker.exchange import files
from tracker.exchange.commands.reading import Reader
from tracker.people.models import Person
from tracker.progress.figures import bulk
from tracker.progress.models import KeptDay
from tracker.units import commands as unit_commands

FACTS_AND_DERIVED = (
    *("message_recipient", "message", "proposal", "dated_title"),
    *("waiting_claim", "gate_opening", "unit_count", "kept_day", "span", "item", "revision"),
    *("evidence", "reflection"),
    *("request", "bulk_deed_part", "bulk_deed_row", "bulk_deed"),
    *("term_approval", "term_training", "term_certificate", "champion"),
    *("gate_override", "waiver", "completion_entry", "completion", "leave", "function", "appointment"),
    *("roster_line", "roster_file", "roster", "former_name"),
    *("person", "gate_need", "gate", "requirement_module", "requirement", "equivalent", "module"),
    *("unit_path", "unit_span", "unit_row", "unit"),
)
"""Every table of facts and of what follows from them, in the order in which they can be emptied."""


@dataclass(slots=True)
class Loaded:
    """What was loaded: rows by file, and what deserves a second look."""

    rows: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def load(actor: Actor, folder: Path, *, replace: bool = False) -> Loaded:
    """Take in a folder of facts. Raises FileRefused for what the files may not say, Conflict where there are facts
    already and `replace` is not said. Accounts stay; those of the sample institution go with its facts."""
    files.check_folder(folder)
    curriculum = files.curriculum(folder)
    with transaction(actor, is_long=True) as tx, ExitStack() as stack:
        tx.lock_shape()
        there = has_facts(tx)
        if there and not replace:
            raise Conflict("There are facts in this database already; say --replace to put these in their place.")
        terms = champions_commands.hold(tx)
        owners = _empty(tx) if there else {}
        if not there:
            tx.session.execute(delete(KeptDay))  # the worker keeps days of an empty database too
            stack.enter_context(without_indexes(tx.session, "appointment", "completion", "person", "leave", "function"))
        loaded = _take_in(tx, folder, curriculum)
        stack.close()
        _give_back(tx, owners)
        champions_commands.give_back(tx, terms)
        bulk.build(tx, fresh=not there)
        take_stock(tx.session)
        audit.record(tx, "facts.replaced" if there else "facts.loaded", "facts", 0, after=loaded.rows)
    return loaded


def has_facts(tx: Transaction) -> bool:
    """Whether any unit, person or module is recorded."""
    return any(
        tx.session.execute(select(Base.metadata.tables[name].c.id).limit(1)).first()
        for name in ("unit", "person", "module", "requirement", "gate")
    )


def _empty(tx: Transaction) -> dict[int, str]:
    """Delete all facts and what follows from them; which account belonged to whom, by identifier."""
    owned = select(Account.id, Person.identifier).join(Person, Person.id == Account.person_id)
    owners = dict(tx.session.execute(owned.where(~Account.is_sample)).all())
    samples = select(Account.id).where(Account.is_sample)
    tx.session.execute(delete(SignInLink).where(SignInLink.account_id.in_(samples)))
    tx.session.execute(delete(Account).where(Account.is_sample))
    tx.session.execute(update(Account).values(person_id=None))
    replacing = Base.metadata.tables["replacing"]
    tx.session.execute(insert(replacing).values(id=1))
    for name in FACTS_AND_DERIVED:
        tx.session.execute(delete(Base.metadata.tables[name]))
    tx.session.execute(delete(replacing))
    tx.session.execute(delete(Letter).where(Letter.kind == LetterKind.PROGRAMME))
    return owners


def _give_back(tx: Transaction, owners: Mapping[int, str]) -> None:
    """Join accounts to the new rows of the persons they belonged to."""
    for account_id, identifier in owners.items():
        person = select(Person.id).where(Person.identifier == identifier).scalar_subquery()
        tx.session.execute(update(Account).where(Account.id == account_id).values(person_id=person))


def _take_in(tx: Transaction, folder: Path, curriculum: Curriculum) -> Loaded:
    """Insert every file's rows, in an order in which each may name what came before."""
    loaded = Loaded()
    reader = Reader(folder, curriculum, tx.today)
    units = reader.units()
    insert_rows(tx.session, "unit", ("id", "code"), [(number, code) for code, number in reader.unit_ids.items()])
    loaded.rows["units.csv"] = insert_rows(
        tx.session, "unit_row", ("unit_id", "starts_on", "ends_on", "name", "kind", "parent_id"), units
    )
    unit_commands.keep(tx, reader.tree)
    definitions = curriculum_commands.insert_all(tx, curriculum)
    loaded.rows[files.CURRICULUM] = len(curriculum.modules) + len(curriculum.requirements) + len(curriculum.gates)
    size = sum((folder / name).stat().st_size for name in files.COLUMNS if (folder / name).exists())
    with progress("Reading the files", size) as step:
        for name, table, columns, rows in (
            ("people.csv", "person", ("id", "identifier", "name", "email"), reader.people),
            (
                "appointments.csv",
                "appointment",
                ("person_id", "unit_id", "category", "role", "fte", "is_primary", "starts_on", "ends_on"),
                reader.appointments,
            ),
            ("functions.csv", "function", ("person_id", "function", "starts_on", "ends_on"), reader.functions),
            ("leaves.csv", "leave", ("person_id", "starts_on", "ends_on"), reader.leaves),
            (
                "waivers.csv",
                "waiver",
                ("person_id", "requirement_id", "module_id", "starts_on", "ends_on", "reason", "approved_by"),
                lambda: reader.waivers(definitions.requirements, definitions.modules),
            ),
            (
                "completions.csv",
                "completion",
                (
                    *("id", "reference", "person_id", "course", "completed_on", "source", "state", "minutes"),
                    "corrects_id",
                ),
                reader.completions,
            ),
            (
                "gate_overrides.csv",
                "gate_override",
                ("gate_id", "unit_id", "opened_on", "reason", "approved_by"),
                lambda: reader.gate_overrides(definitions.gates),
            ),
            (
                "champions.csv",
                "champion",
                ("person_id", "unit_id", "kind", "fte", "starts_on", "ends_on"),
                reader.champions,
            ),
        ):
            loaded.rows[name] = insert_rows(tx.session, table, columns, rows())
            if (folder / name).exists():
                step((folder / name).stat().st_size)
    count_on_from_here(tx.session, "unit", "person", "completion")
    loaded.warnings = [*files.strangers(folder), *reader.warnings()]
    return loaded
