"""A small institution with a gate, for what happens to figures beside the rules."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.naive import facts as plain
from tests.support import folders

TODAY = date(2026, 11, 22)
DIVISIONS = ("EYE", "EAR", "SKIN", "BONE")


def institution(people: int = 8) -> plain.Facts:
    """A department of four divisions, people spread over them, a requirement of each kind, and a gate above half."""
    persons = [plain.Person(f"{number:04}", f"Person {number}", "") for number in range(people)]
    modules = [plain.Module("M1", "One"), plain.Module("M2", "Two", evidence="verification", equivalents=("OLD",))]
    start = date(2024, 1, 1)
    return plain.Facts(
        units=[
            plain.Unit("SOM", None, None, "School", "school"),
            plain.Unit("MED", None, None, "Medicine", "department", "SOM"),
            *(plain.Unit(code, None, None, code.title(), "division", "MED") for code in DIVISIONS),
        ],
        people=persons,
        appointments=[
            plain.Appointment(
                one.person_id, DIVISIONS[index % len(DIVISIONS)], "staff", "clinical", "1", True, date(2025, 1, 1)
            )
            for index, one in enumerate(persons)
        ],
        modules=modules,
        requirements=[
            plain.Requirement("ONCE", "Once", ("M1", "M2"), "required", start, due_days=90),
            plain.Requirement("MONTHS", "Monthly", ("M1",), "required", start, repeat=plain.Repeat(months=12)),
            plain.Requirement("CYCLE", "Yearly", ("M2",), "expected", start, repeat=plain.Repeat(cycle="07-01")),
        ],
        gates=[plain.Gate("GATE", ("department",), ("M1",), 50, start)],
    )


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> Flask:
    """The application with that institution."""
    folders.load(institution(), tmp_path / "small", TODAY)
    return app
