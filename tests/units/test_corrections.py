"""What was recorded of a unit is put right or taken back: by rows that say so, and none is lost."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import make
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import Conflict, Invalid, NotFound
from tracker.units import commands
from tracker.units.models import Unit, UnitRow
from tracker.units.queries import stands, unit_by_code


@pytest.fixture
def school(app: Flask) -> make.Unit:
    """A school with a department."""
    top = make.unit("School", kind="school", code="SOM")
    make.unit("Sleep Medicine", parent=top, code="SLEEP")
    return top


def soon() -> date:
    """A day to come."""
    return make.day(-10)


def latest(code: str) -> int:
    """The id of the last row of a unit that holds."""
    rows = select(UnitRow.id).join(Unit, Unit.id == UnitRow.unit_id).where(Unit.code == code, stands())
    return db.session.scalars(rows.order_by(UnitRow.starts_on.desc())).all()[0]


def number_of_rows() -> int:
    """How many rows there are, those that were replaced included."""
    return db.session.scalar(select(func.count()).select_from(UnitRow)) or 0


def test_another_name_from_the_same_day_puts_the_wrong_one_right(school: make.Unit) -> None:
    commands.rename_unit(make.by(), "SLEEP", name="Slepe", kind="department", on=soon())
    rows = number_of_rows()
    commands.correct_unit(make.by(), "SLEEP", name="Sleep", kind="department", parent="SOM", on=soon())
    assert unit_by_code("SLEEP", soon()).name == "Sleep"
    assert unit_by_code("SLEEP", clock.today()).name == "Sleep Medicine"
    assert number_of_rows() == rows + 1


def test_another_day_moves_the_change(school: make.Unit) -> None:
    commands.rename_unit(make.by(), "SLEEP", name="Sleep", kind="department", on=soon())
    commands.correct_unit(make.by(), "SLEEP", name="Sleep", kind="department", parent="SOM", on=make.day(-5))
    assert unit_by_code("SLEEP", make.day(-4)).name == "Sleep Medicine"
    assert unit_by_code("SLEEP", make.day(-5)).name == "Sleep"


def test_what_is_taken_back_never_held_and_can_be_said_again(school: make.Unit) -> None:
    commands.rename_unit(make.by(), "SLEEP", name="Slepe", kind="department", on=soon())
    commands.take_back_row(make.by(), latest("SLEEP"))
    assert unit_by_code("SLEEP", soon()).name == "Sleep Medicine"
    commands.rename_unit(make.by(), "SLEEP", name="Sleep", kind="department", on=soon())
    assert unit_by_code("SLEEP", soon()).name == "Sleep"


def test_a_unit_that_was_made_by_mistake_was_never_there(school: make.Unit) -> None:
    commands.create_unit(make.by(), "NEW", name="New", kind="department", parent="SOM", on=clock.today())
    commands.take_back_row(make.by(), latest("NEW"))
    with pytest.raises(NotFound):
        unit_by_code("NEW", clock.today())
    with pytest.raises(NotFound):
        commands.rename_unit(make.by(), "NEW", name="Other", kind="department", on=soon())
    commands.create_unit(make.by(), "NEW", name="Newer", kind="department", parent="SOM", on=soon())
    assert unit_by_code("NEW", soon()).name == "Newer"


def test_a_closing_is_called_off_or_gets_another_day(school: make.Unit) -> None:
    commands.close_unit(make.by(), "SLEEP", on=soon())
    commands.correct_closing(make.by(), "SLEEP", on=make.day(-5))
    assert unit_by_code("SLEEP", make.day(-4)).name == "Sleep Medicine"
    with pytest.raises(NotFound):
        unit_by_code("SLEEP", make.day(-5))
    commands.take_back_row(make.by(), latest("SLEEP"))
    assert unit_by_code("SLEEP", make.day(-500)).name == "Sleep Medicine"
    with pytest.raises(Conflict, match="no closing"):
        commands.correct_closing(make.by(), "SLEEP", on=soon())


def test_only_the_latest_row_is_taken_back_and_once(school: make.Unit) -> None:
    first = latest("SLEEP")
    commands.rename_unit(make.by(), "SLEEP", name="Sleep", kind="department", on=soon())
    with pytest.raises(Conflict, match="changed since"):
        commands.take_back_row(make.by(), first)
    with pytest.raises(Invalid, match="begins on"):
        commands.correct_unit(make.by(), "SLEEP", name="X", kind="department", parent="SOM", on=None)


def test_what_others_lie_below_is_not_taken_back(school: make.Unit) -> None:
    make.unit("Ward", parent=school, code="WARD")
    commands.move_unit(make.by(), "WARD", parent="SLEEP", on=soon())
    with pytest.raises(Invalid, match="does not exist"):
        commands.take_back_row(make.by(), latest("SLEEP"))
