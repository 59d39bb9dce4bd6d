"""Write all facts as a folder of the plain interchange form, rows sorted: loading it again gives the same."""

import csv
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import aliased

from tracker.champions.models import Champion
from tracker.champions.policy import is_own_term
from tracker.core.database import db, read_one_moment
from tracker.curriculum.models import Gate, Module, Requirement
from tracker.curriculum.queries import curriculum
from tracker.exchange.files import COLUMNS, CURRICULUM, written_curriculum
from tracker.people.models import Appointment, Function, Leave, Person
from tracker.progress.models import Completion, GateOverride, Waiver
from tracker.units.models import SINCE_EVER, Unit, UnitRow
from tracker.units.queries import stands


def dump(folder: Path) -> dict[str, int]:
    """Write every file; how many rows each has. One reading transaction, so that the files fit together."""
    written = dump_some(folder, COLUMNS)
    (folder / CURRICULUM).write_text(written_curriculum(curriculum()), encoding="utf-8")
    return written


def dump_some(folder: Path, names: Collection[str]) -> dict[str, int]:
    """Write these of the CSV files; how many rows each has. They fit together, as all of them do."""
    folder.mkdir(parents=True, exist_ok=True)
    read_one_moment()
    wanted = {name: query for name, query in _queries().items() if name in names}
    return {name: _write(folder / name, COLUMNS[name], _rows(query)) for name, query in wanted.items()}


def _queries() -> dict[str, Select[*tuple[Any, ...]]]:
    """For each file, its columns in order."""
    parent, corrected = aliased(Unit), aliased(Completion)
    return {
        "units.csv": select(
            Unit.code,
            case((UnitRow.starts_on > SINCE_EVER, UnitRow.starts_on)),
            UnitRow.ends_on,
            UnitRow.name,
            UnitRow.kind,
            parent.code.label("parent"),
        )
        .join(Unit, Unit.id == UnitRow.unit_id)
        .outerjoin(parent, parent.id == UnitRow.parent_id)
        .where(stands()),
        "people.csv": select(Person.identifier, Person.name, Person.email),
        "appointments.csv": select(
            Person.identifier,
            Unit.code,
            Appointment.category,
            Appointment.role,
            Appointment.fte,
            Appointment.is_primary,
            Appointment.starts_on,
            Appointment.ends_on,
        )
        .join(Person, Person.id == Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id),
        "functions.csv": select(Person.identifier, Function.function, Function.starts_on, Function.ends_on).join(
            Person, Person.id == Function.person_id
        ),
        "leaves.csv": select(Person.identifier, Leave.starts_on, Leave.ends_on).join(
            Person, Person.id == Leave.person_id
        ),
        "waivers.csv": select(
            Person.identifier,
            Requirement.code.label("requirement"),
            Module.code.label("module"),
            Waiver.starts_on,
            Waiver.ends_on,
            Waiver.reason,
            Waiver.approved_by,
        )
        .join(Person, Person.id == Waiver.person_id)
        .outerjoin(Requirement, Requirement.id == Waiver.requirement_id)
        .outerjoin(Module, Module.id == Waiver.module_id),
        "completions.csv": select(
            Completion.reference,
            Person.identifier,
            Completion.course,
            Completion.completed_on,
            Completion.source,
            Completion.state,
            Completion.minutes,
            corrected.reference.label("corrects"),
        )
        .join(Person, Person.id == Completion.person_id)
        .outerjoin(corrected, corrected.id == Completion.corrects_id),
        "gate_overrides.csv": select(
            Gate.code, Unit.code, GateOverride.opened_on, GateOverride.reason, GateOverride.approved_by
        )
        .join(Gate, Gate.id == GateOverride.gate_id)
        .join(Unit, Unit.id == GateOverride.unit_id),
        "champions.csv": select(
            Person.identifier, Unit.code, Champion.kind, Champion.fte, Champion.starts_on, Champion.ends_on
        )
        .join(Person, Person.id == Champion.person_id)
        .join(Unit, Unit.id == Champion.unit_id)
        .where(is_own_term()),
    }


def _rows(query: Select[*tuple[Any, ...]]) -> list[tuple[str, ...]]:
    rows = db.session.execute(query.execution_options(yield_per=10_000))
    return sorted(tuple(_text(value) for value in row) for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
