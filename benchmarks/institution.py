"""Writes a made-up institution of any size as a folder of facts: the same seed and size give the same files.

    python benchmarks/institution.py FOLDER --people 100000

600 units in a tree of three levels (fewer for small sizes), 8 modules a person in 4 requirements, 4 completions a
person over 4 years, some leaves, transfers and joint appointments, a gate on departments and divisions.
"""

import argparse
import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

DEPARTMENTS = 30
DIVISIONS = 19
CATEGORIES = ("staff", "staff", "staff", "faculty", "faculty", "resident", "postdoc", "student")
ROLES = ("clinical", "clinical", "nonclinical", "nonclinical", "research", "trainee", "manager")
SHORTEST_AGO, LONGEST_AGO = 30, 3_000
"""Days since somebody joined: any number between these is as likely."""
MODULES = ("D1", "D2", "D3", "D4", "YEARLY", "BIAS", "CORE1", "CORE2")

CURRICULUM = """\
{modules}
[[requirement]]
code = "INTRO"
title = "Introductory sequence"
modules = ["D1", "D2", "D3", "D4"]
level = "required"
from = {year3}-01-01
due = {{ date = {year2}-06-30, days_after_start = 365 }}

[[requirement]]
code = "YEARLY"
title = "Yearly course"
modules = ["YEARLY"]
level = "required"
from = {year3}-07-01
repeat = {{ cycle = "07-01", due_by = "12-31" }}

[[requirement]]
code = "BIAS"
title = "Bias course"
modules = ["BIAS"]
level = "required"
from = {year3}-01-01
due = {{ days_after_start = 90 }}
repeat = {{ months = 24 }}

[[requirement]]
code = "CORE"
title = "Core"
modules = ["CORE1", "CORE2"]
level = "expected"
from = {year2}-01-01

[[gate]]
code = "CORE-START"
title = "Core"
unit_kinds = ["department", "division"]
needs = ["D1", "D2", "D3", "D4"]
percent = 50
from = {year3}-01-01
"""


def write(folder: Path, people: int, today: date, seed: int = 1) -> None:
    """Write the folder; `today` is the day nothing lies after."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)  # noqa: S311 - made-up facts
    units = _units()
    _csv(folder / "units.csv", "code,from,to,name,kind,parent", units)
    homes = [unit[0] for unit in units if unit[4] != "school"]
    _csv(
        folder / "people.csv",
        "person_id,name,email",
        ((f"{n:07d}", f"Person {n:07d}", f"person{n:07d}@bench.example") for n in range(1, people + 1)),
    )
    starts = [today - timedelta(days=rng.randrange(SHORTEST_AGO, LONGEST_AGO)) for _ in range(people)]
    header = "person_id,unit,category,role,fte,primary,start,end"
    _csv(folder / "appointments.csv", header, _appointments(starts, homes, today, rng))
    _csv(folder / "leaves.csv", "person_id,start,end", _leaves(people, today, rng))
    header = "id,person_id,module,completed_on,source,state,minutes,corrects"
    _csv(folder / "completions.csv", header, _completions(people, today, rng))
    _csv(folder / "champions.csv", "person_id,unit,kind,fte,start,end", _champions(units, people, today))
    modules = "".join(f'[[module]]\ncode = "{code}"\ntitle = "Module {code}"\nminutes = 60\n\n' for code in MODULES)
    text = CURRICULUM.format(modules=modules, year2=today.year - 2, year3=today.year - 3)
    (folder / "curriculum.toml").write_text(text, encoding="utf-8")


def _units() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("SOM", "", "", "School of Medicine", "school", "")]
    for department in range(DEPARTMENTS):
        code = f"D{department:02d}"
        rows.append((code, "", "", f"Department {department:02d}", "department", "SOM"))
        rows += [(f"{code}-{n:02d}", "", "", f"Division {n:02d}", "division", code) for n in range(DIVISIONS)]
    return rows[:600]


def _appointments(starts: list[date], homes: list[str], today: date, rng: Random) -> Iterator[tuple[str, ...]]:
    for number, start in enumerate(starts, 1):
        person, category, role = f"{number:07d}", rng.choice(CATEGORIES), rng.choice(ROLES)
        unit, luck = rng.choice(homes), rng.random()
        if luck < 0.05 and start < today - timedelta(days=200):
            moved = start + timedelta(days=rng.randrange(100, (today - start).days))
            yield person, unit, category, role, "1.0", "yes", f"{start}", f"{moved - timedelta(days=1)}"
            yield person, rng.choice(homes), category, role, "1.0", "yes", f"{moved}", ""
        elif luck < 0.08:
            yield person, unit, category, role, "1.0", "yes", f"{start}", f"{today - timedelta(days=rng.randrange(30))}"
        else:
            yield person, unit, category, role, "1.0", "yes", f"{start}", ""
        if luck > 0.9:
            yield person, rng.choice(homes), "faculty", "research", "0", "no", f"{start}", ""


def _leaves(people: int, today: date, rng: Random) -> Iterator[tuple[str, ...]]:
    for number in range(1, people + 1):
        if rng.random() < 0.05:
            start = today - timedelta(days=rng.randrange(-60, 900))
            yield f"{number:07d}", f"{start}", f"{start + timedelta(days=rng.randrange(7, 120))}"


def _completions(people: int, today: date, rng: Random) -> Iterator[tuple[str, ...]]:
    count = 0
    for number in range(1, people + 1):
        for module in rng.sample(MODULES, 4):
            count += 1
            day = today - timedelta(days=rng.randrange(4 * 365))
            state = "verified" if rng.random() < 0.8 else "claimed"
            yield f"c{count:08d}", f"{number:07d}", module, f"{day}", "import", state, "60", ""


def _champions(units: list[tuple[str, ...]], people: int, today: date) -> Iterator[tuple[str, ...]]:
    for index, unit in enumerate(units[1:], 1):
        if index <= people:
            yield f"{index:07d}", unit[0], "staff", "0.1", f"{today - timedelta(days=300)}", ""


def _csv(path: Path, header: str, rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)  # type: ignore[arg-type]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())  # noqa: DTZ011 - a made-up day
    given = parser.parse_args()
    write(given.folder, given.people, given.today)
