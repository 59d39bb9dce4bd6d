"""An institution in which happens what is rare among random ones."""

from datetime import date

from tests.naive.facts import Appointment, Facts, Function, Module, Person, Requirement, Unit

AWKWARD = Facts(
    units=[
        Unit("SOM", None, None, "School", "school"),
        Unit("MED", None, None, "Medicine", "department", "SOM"),
        Unit("SUR", None, None, "Surgery", "department", "SOM"),
        Unit("EYE", None, None, "Eyes", "division", "MED"),
        Unit("EYE", date(2025, 3, 1), None, "Eyes", "division", "SUR"),
        Unit("EYE", date(2026, 3, 1), None, "Eyes", "division", "MED"),
    ],
    people=[Person("moves with her division", "", ""), Person("sits on two committees", "", "")],
    appointments=[
        Appointment("moves with her division", "EYE", "staff", "clinical", "1", True, date(2024, 1, 1)),
        Appointment("sits on two committees", "MED", "staff", "clinical", "1", True, date(2024, 1, 1)),
    ],
    functions=[
        Function("sits on two committees", "admissions", date(2024, 5, 1), date(2024, 10, 31)),
        Function("sits on two committees", "search", date(2024, 8, 1), date(2025, 1, 31)),
        Function("sits on two committees", "search", date(2025, 2, 1), date(2025, 4, 30)),
    ],
    modules=[Module("M1", "One")],
    requirements=[
        Requirement(
            "OF-MED", "Of a unit", ("M1",), "required", date(2020, 1, 1), audience={"units": ("MED",)}, due_days=60
        ),
        Requirement(
            "OF-TWO",
            "Of committees",
            ("M1",),
            "required",
            date(2020, 1, 1),
            audience={"functions": ("admissions", "search")},
            due_days=200,
        ),
    ],
)
