"""Loading and dumping: whole, without loss, and what becomes of accounts and the trail when facts are replaced."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from flask import Flask
from hypothesis import given, seed, settings
from sqlalchemy import select

from tests.naive.facts import Facts
from tests.naive.institutions import institutions
from tests.naive.reading import read_folder
from tests.support import seed as run_seed
from tests.support.folders import contents, dumped, load
from tests.support.trail import everything, verbs
from tracker.accounts.models import Account
from tracker.core.actor import Role, system
from tracker.core.clock import today
from tracker.core.database import db, transaction
from tracker.exchange import commands
from tracker.exchange.files import curriculum
from tracker.people.models import Person
from tracker.progress import reports
from tracker.progress.figures.check import differences
from tracker.progress.jobs import keep_days

from . import folder

TODAY = date(2026, 11, 22)


def figures(day: date) -> list[str]:
    """All reports of a day."""
    return ["".join(reports.lines(kind, day)) for kind in reports.KINDS]


def test_dump_gives_back_what_was_loaded(app: Flask, tmp_path: Path) -> None:
    place = folder.write(tmp_path / "facts")
    result = app.test_cli_runner().invoke(args=["data", "load", str(place)])
    assert result.exit_code == 0
    assert result.output.splitlines()[:3] == ["units.csv: 3", "curriculum.toml: 5", "people.csv: 2"]
    found = dumped(tmp_path / "one")
    for name, text in folder.FILES.items():
        if name.endswith(".csv"):
            header, *rows = text.splitlines(keepends=True)
            assert found[name].decode() == header + "".join(sorted(rows))
    assert curriculum(tmp_path / "one") == curriculum(place)


def test_a_server_that_began_empty_can_be_loaded(app: Flask, tmp_path: Path) -> None:
    keep_days()
    commands.load(system(today()), folder.write(tmp_path / "facts"))
    assert list(differences()) == []


def test_load_dump_load_keeps_facts_and_figures(app: Flask, tmp_path: Path) -> None:
    days = [date(2021, 6, 30), date(2026, 11, 22), date(2060, 1, 1)]

    @seed(run_seed.value())
    @settings(max_examples=20)
    @given(institutions(TODAY))
    def survives(facts: Facts) -> None:
        load(facts, tmp_path / "facts", TODAY)
        found, before = dumped(tmp_path / "one"), [figures(day) for day in days]
        assert _sorted(read_folder(tmp_path / "one")) == _sorted(facts)
        commands.load(system(TODAY), tmp_path / "one", replace=True)
        assert [figures(day) for day in days] == before
        assert dumped(tmp_path / "two") == found
        assert contents(tmp_path / "one") == found

    survives()


def _sorted(facts: Facts) -> dict[str, list[object]]:
    """The rows in order; the curriculum is in order, but what equals its default need not be said."""
    lists = {name: getattr(facts, name) for name in facts.__slots__}
    lists["requirements"] = [
        replace(one, texts={key: value for key, value in one.texts.items() if value is not False})
        for one in facts.requirements
    ]
    in_order = ("modules", "requirements", "gates")
    return {name: rows if name in in_order else sorted(rows, key=repr) for name, rows in lists.items()}


def test_the_first_day_there_is_survives(app: Flask, tmp_path: Path) -> None:
    place = folder.write(
        tmp_path / "facts",
        appointments=folder.spoilt("appointments.csv", "0001,SOM,staff,manager,0.50,yes,2023-01-01,", "")
        + "0002,SOM,staff,manager,,yes,0001-01-01,0001-01-01\n",
        completions=folder.spoilt("completions.csv", "OLD-1,2022-03-01", "OLD-1,0001-01-01"),
    )
    commands.load(system(TODAY), place)
    found = dumped(tmp_path / "one")
    assert b"0002,SOM,staff,manager,,yes,0001-01-01,0001-01-01\n" in found["appointments.csv"]
    assert b"c3,0002,OLD-1,0001-01-01,import" in found["completions.csv"]
    commands.load(system(TODAY), tmp_path / "one", replace=True)
    assert dumped(tmp_path / "two") == found


def test_facts_are_replaced_only_when_that_is_said(app: Flask, tmp_path: Path) -> None:
    runner, place = app.test_cli_runner(), folder.write(tmp_path / "facts")
    assert runner.invoke(args=["data", "load", str(place)]).exit_code == 0
    before = dumped(tmp_path / "one")
    other = folder.write(tmp_path / "other", people=folder.FILES["people.csv"].replace("Ada", "Eva"))
    refused = runner.invoke(args=["data", "load", str(other)])
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: There are facts in this database already; say --replace")
    for answer in ("n\n", ""):
        asked = runner.invoke(args=["data", "load", str(other), "--replace"], input=answer)
        assert asked.exit_code == 1
        assert "All facts in this database will be replaced." in asked.output
    assert dumped(tmp_path / "two") == before
    done = runner.invoke(args=["data", "load", str(other), "--replace"], input="y\n")
    assert done.exit_code == 0
    assert b"Eva" in dumped(tmp_path / "three")["people.csv"]
    assert list(differences()) == []


def test_accounts_stay_but_those_of_the_sample_go(app: Flask, tmp_path: Path) -> None:
    commands.load(system(TODAY), folder.write(tmp_path / "facts"))
    with transaction(system(TODAY)) as tx:
        people = {row.identifier: row.id for row in tx.session.scalars(select(Person))}
        for email, person, is_sample in (
            ("ada@example.edu", "0001", False),
            ("gone@example.edu", "0002", False),
            ("office@example.edu", None, False),
            ("sample@example.edu", None, True),
        ):
            tx.session.add(
                Account(
                    email=email,
                    role=Role.LEARNER,
                    person_id=people.get(person or ""),
                    session_key="key",
                    is_sample=is_sample,
                    created_at=tx.now,
                )
            )
    trail = everything()
    text = folder.FILES["people.csv"].replace("0002", "0003").replace("0001,Ada,ada@example.edu\n", "")
    moved = {name: folder.FILES[f"{name}.csv"].replace("0002", "0003") for name in ("appointments", "completions")}
    place = folder.write(tmp_path / "facts", people=text + "0001,Ada,ada@example.edu\n", **moved)
    commands.load(system(TODAY), place, replace=True)
    accounts = {account.email: account.person_id for account in db.session.scalars(select(Account))}
    ada = db.session.scalar(select(Person.id).where(Person.identifier == "0001"))
    assert accounts == {"ada@example.edu": ada, "gone@example.edu": None, "office@example.edu": None}
    assert everything()[: len(trail)] == trail
    assert verbs("facts:0") == ["facts.loaded", "facts.replaced"]


def test_audience_values_that_no_fact_has_are_warned_of(app: Flask, tmp_path: Path) -> None:
    text = folder.FILES["curriculum.toml"].replace('categories = ["staff"]', 'categories = ["staff", "stuff"]')
    place = folder.write(tmp_path / "facts", curriculum=text.replace('roles = ["clinical"]', 'functions = ["serch"]'))
    result = app.test_cli_runner().invoke(args=["data", "load", str(place)])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        'Warning: requirement R1: no fact has "stuff" among its categories',
        'Warning: gate G1: no fact has "serch" among its functions',
    ]


def test_kinds_that_no_unit_is_of_are_warned_of(app: Flask, tmp_path: Path) -> None:
    kinds = 'unit_kinds = ["department", "departement"]'
    text = folder.spoilt("curriculum.toml", 'unit_kinds = ["department"]', kinds)
    place = folder.write(tmp_path / "facts", curriculum=text)
    result = app.test_cli_runner().invoke(args=["data", "load", str(place)])
    assert result.exit_code == 0
    assert result.stderr == 'Warning: gate G1: no unit is of the kind "departement"\n'


def test_files_that_are_not_read_are_warned_of(app: Flask, tmp_path: Path) -> None:
    place = folder.write(tmp_path / "facts")
    for name in ("leave.csv", "Units.CSV", "terms.toml", "notes.txt"):
        (place / name).touch()
    result = app.test_cli_runner().invoke(args=["data", "load", str(place)])
    assert result.exit_code == 0
    named = [line.split(";")[0] for line in result.stderr.splitlines()]
    assert named == [f"Warning: {name} is not read" for name in ("Units.CSV", "leave.csv", "terms.toml")]


def test_texts_of_several_lines_are_taken(app: Flask, tmp_path: Path) -> None:
    waivers = folder.spoilt("waivers.csv", "agreed", '"agreed,\nin\twriting"')
    curriculum = folder.spoilt("curriculum.toml", "minutes = 60", 'minutes = 60\nsummary = "One\\nTwo"')
    place = folder.write(tmp_path / "facts", waivers=waivers, curriculum=curriculum)
    commands.load(system(today()), place)
    found = dumped(tmp_path / "one")
    assert found["waivers.csv"].decode() == waivers
    assert b'summary = "One\\nTwo"' in found["curriculum.toml"]


def test_files_that_are_there_are_written_over_only_when_that_is_said(app: Flask, tmp_path: Path) -> None:
    runner, place = app.test_cli_runner(), tmp_path / "mine"
    commands.load(system(TODAY), folder.write(tmp_path / "facts"))
    place.mkdir()
    (place / "notes.txt").write_text("Kept")
    assert runner.invoke(args=["data", "dump", str(place)]).exit_code == 0
    whole = contents(place)
    (place / "units.csv").unlink()
    (place / "people.csv").write_text("Mine")
    before = contents(place)
    refused = runner.invoke(args=["data", "dump", str(place)])
    assert refused.exit_code == 1
    told = f"Nothing was written. There is people.csv in {place} already; say --replace to write over the files."
    assert refused.output == f"Error: {told}\n"
    assert contents(place) == before
    assert runner.invoke(args=["data", "dump", str(place), "--replace"]).exit_code == 0
    assert contents(place) == whole


def test_files_that_may_be_missing_and_columns_in_any_order(app: Flask, tmp_path: Path) -> None:
    optional = ("functions", "leaves", "waivers", "completions", "gate_overrides", "champions")
    people = "\ufeffemail,person_id,name\r\nada@example.edu,0001,Ada\r\n,0002,Ben\r\n\r\n"
    place = folder.write(tmp_path / "facts", people=people, **dict.fromkeys(optional))
    commands.load(system(today()), place)
    found = dumped(tmp_path / "one")
    assert found["people.csv"].decode() == folder.FILES["people.csv"]
    assert found["leaves.csv"] == b"person_id,start,end\n"
