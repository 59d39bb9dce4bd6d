"""One deed on a unit at a time, each from a day on; rows follow each other in time and are never taken back."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support import make
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import Invalid, NotFound
from tracker.units import commands
from tracker.units.models import UnitRow
from tracker.units.queries import path_to, unit_by_code


def soon() -> date:
    """A day to come."""
    return make.day(-10)


def later() -> date:
    """A day after that."""
    return make.day(-20)


@pytest.fixture
def school(app: Flask) -> make.Unit:
    """A school with a department, with a division; and a department beside."""
    top = make.unit("School", kind="school", code="SOM")
    medicine = make.unit("Medicine", parent=top, code="MED")
    make.unit("Ward", kind="division", parent=medicine, code="WARD")
    make.unit("Surgery", parent=top, code="SURG")
    return top


def test_each_deed_keeps_what_it_does_not_change(school: make.Unit) -> None:
    commands.rename_unit(make.by(), "WARD", name="Cardiology", kind="division", on=soon())
    commands.move_unit(make.by(), "WARD", parent="SURG", on=later())
    commands.close_unit(make.by(), "WARD", on=make.day(-30))
    assert unit_by_code("WARD", clock.today()).name == "Ward"
    assert unit_by_code("WARD", soon()).name == "Cardiology"
    moved = unit_by_code("WARD", make.day(-29))
    assert (moved.name, moved.kind) == ("Cardiology", "division")
    assert [one.code for one in path_to(moved.id, later())] == ["SOM", "SURG", "WARD"]
    with pytest.raises(NotFound):
        unit_by_code("WARD", make.day(-30))


def test_a_unit_that_is_to_close_stays_so_when_it_is_renamed(school: make.Unit) -> None:
    commands.set_unit(
        make.by(), "NEW", name="New", kind="division", parent="MED", starts_on=make.day(50), ends_on=later()
    )
    unit_id = commands.rename_unit(make.by(), "NEW", name="Newer", kind="division", on=soon())
    rows = select(UnitRow.ends_on).where(UnitRow.unit_id == unit_id).order_by(UnitRow.starts_on)
    assert db.session.scalars(rows).all() == [later(), later()]


REFUSED: list[tuple[Callable[[], object], str, str]] = [
    (lambda: commands.move_unit(make.by(), "MED", parent="WARD", on=soon()), "parent", "cannot lie below itself"),
    (lambda: commands.move_unit(make.by(), "MED", parent="SOM", on=soon()), "parent", "lies there already"),
    (lambda: commands.move_unit(make.by(), "MED", parent="NONE", on=soon()), "parent", "There is no unit"),
    (
        lambda: commands.rename_unit(make.by(), "MED", name="Medicine", kind="department", on=soon()),
        "name",
        "called already",
    ),
    (lambda: commands.rename_unit(make.by(), "MED", name=" ", kind="department", on=soon()), "name", "Enter the name"),
    (
        lambda: commands.create_unit(make.by(), "X" * 501, name="X", kind="division", parent=None, on=soon()),
        "code",
        "500 characters",
    ),
    (lambda: commands.close_unit(make.by(), "MED", on=soon()), "parent", "does not exist on some day"),
]


@pytest.mark.parametrize(("deed", "field", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_what_cannot_be_is_refused_at_its_field(
    school: make.Unit, deed: Callable[[], object], field: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        deed()
    assert refusal.value.field == field


def test_a_unit_that_is_none_is_not_found(school: make.Unit) -> None:
    with pytest.raises(NotFound):
        commands.rename_unit(make.by(), "NONE", name="X", kind="division", on=soon())


def test_a_closed_unit_changes_no_more(school: make.Unit) -> None:
    commands.close_unit(make.by(), "SURG", on=soon())
    with pytest.raises(Invalid, match="is closed from"):
        commands.rename_unit(make.by(), "SURG", name="X", kind="department", on=later())
