"""The sample institution: the same for the same day, nothing that is refused, and something of everything."""

import csv
import io
import shutil
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar
from urllib.parse import urlsplit

import pytest

from tests.naive import reading
from tests.naive.facts import Appointment, Completion, Facts, Function, Leave, Waiver
from tracker.exchange.sample import SampleAccount, sample_accounts, write_sample
from tracker.exchange.sample.__main__ import main

DAYS = (date(2026, 11, 22), date(2027, 3, 31))
OTHER_DAYS = (date(2026, 7, 1), date(2027, 8, 5), date(2028, 2, 29))
ONE_SHORT = "BIOCHEM"
STATUSES = {"waived", "on_leave", "satisfied", "pending", "expired", "overdue", "due_soon", "not_started"}
KEYS = {
    "module": {"code", "title", "minutes", "evidence", "equivalents", "summary", "objectives", "links", "after"}
    | {"ideally_after"},
    "requirement": {"code", "title", "modules", "level", "from", "to", "audience", "due", "repeat", "summary"}
    | {"champions_see_names"},
    "gate": {"code", "title", "summary", "unit_kinds", "needs", "percent", "from", "audience"},
}
T = TypeVar("T", Appointment, Completion, Function, Leave, Waiver)
Rows = list[dict[str, str]]
Sample = tuple[Path, date]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample written for each of two days."""
    day: date = request.param
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, today=day)
    return folder, day


@pytest.fixture(scope="module")
def facts(sample: Sample) -> Facts:
    """The facts of the sample."""
    return facts_of(sample[0])


@pytest.fixture(scope="module")
def figures(sample: Sample) -> dict[str, Rows]:
    """The three reports on the day of the sample."""
    return reports(*sample)


# Reading the sample


def reports(folder: Path, day: date) -> dict[str, Rows]:
    """The reports `status`, `rates` and `gates` of a day, by the naive reading.

    It is slow where people are many, so it is given only what bears on an answer: each person's status is read from
    her own facts; rates are those of the introductory sequence and of departments, read from the people who are at
    home there; gates are read from those who ever were. The figures are the same.
    """
    facts = facts_of(folder)
    status: Rows = [row for one in _each_person(facts) for row in _rows(reading.status(one, day))]
    rates: Rows = []
    gates: Rows = []
    for unit in _departments(facts):
        at_home = {row["person_id"] for row in status if row["unit"] in _subtree_ever(facts, unit)}
        rates += _rows(reading.rates(_of_requirement(_only(facts, at_home), "INTRO"), day, unit))
        gates += gates_of(facts, unit, day)
    return {"status": status, "rates": rates, "gates": gates}


def gates_of(facts: Facts, unit: str, day: date) -> Rows:
    """The gates report of a unit and those below it, from the facts of everybody who was ever at home there."""
    units = _subtree_ever(facts, unit)
    ever = _only(facts, {one.person_id for one in facts.appointments if one.unit in units})
    return _rows(reading.gates(_of_requirement(ever, "INTRO"), day, unit))


def _of_requirement(facts: Facts, code: str) -> Facts:
    """The facts with this requirement only, and the completions of its modules; the gate needs the same modules."""
    requirement = next(one for one in facts.requirements if one.code == code)
    modules = [one for one in facts.modules if one.code in requirement.modules]
    courses = {course for one in modules for course in (one.code, *one.equivalents)}
    completions = [one for one in facts.completions if one.module in courses]
    return replace(facts, requirements=[requirement], completions=completions)


def facts_of(folder: Path) -> Facts:
    """The facts in a folder; the naive reading takes a gate without its descriptive keys."""
    with TemporaryDirectory() as copy:
        plain = Path(shutil.copytree(folder, copy, dirs_exist_ok=True))
        curriculum, gate = (plain / "curriculum.toml").read_text(encoding="utf-8").split("[[gate]]")
        lines = [line for line in gate.splitlines() if not line.startswith(("title", "summary"))]
        (plain / "curriculum.toml").write_text(curriculum + "[[gate]]" + "\n".join(lines), encoding="utf-8")
        return reading.read_folder(plain)


def _rows(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text)))


def _departments(facts: Facts) -> list[str]:
    return sorted({unit.code for unit in facts.units if unit.kind == "department"})


def _subtree_ever(facts: Facts, code: str) -> set[str]:
    """A unit and all that ever lay below it."""
    children = {unit.code for unit in facts.units if unit.parent == code}
    return {code} | {below for child in children for below in _subtree_ever(facts, child)}


def _only(facts: Facts, ids: set[str]) -> Facts:
    return replace(
        facts,
        people=[one for one in facts.people if one.person_id in ids],
        appointments=[one for one in facts.appointments if one.person_id in ids],
        functions=[one for one in facts.functions if one.person_id in ids],
        leaves=[one for one in facts.leaves if one.person_id in ids],
        waivers=[one for one in facts.waivers if one.person_id in ids],
        completions=[one for one in facts.completions if one.person_id in ids],
    )


def _each_person(facts: Facts) -> Iterator[Facts]:
    """The facts of each person alone."""
    posts, functions = _by_person(facts.appointments), _by_person(facts.functions)
    leaves, waivers, completions = _by_person(facts.leaves), _by_person(facts.waivers), _by_person(facts.completions)
    for person in facts.people:
        one = person.person_id
        yield replace(
            facts,
            people=[person],
            appointments=posts[one],
            functions=functions[one],
            leaves=leaves[one],
            waivers=waivers[one],
            completions=completions[one],
        )


def _by_person(facts: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for one in facts:
        found[one.person_id].append(one)
    return found


def _standing(facts: Facts) -> Iterator[Completion]:
    """The completions that nothing replaced and nobody rejected."""
    replaced = {one.corrects for one in facts.completions}
    return (one for one in facts.completions if one.id not in replaced and one.state != "rejected")


def _primaries(facts: Facts) -> dict[str, list[Appointment]]:
    return _by_person(one for one in facts.appointments if one.primary)


def _covers(one: Appointment, day: date) -> bool:
    return one.start <= day <= (one.end or date.max)


# Sound


def test_the_same_day_gives_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    folder, day = sample
    began = process_time()
    write_sample(tmp_path, today=day)
    assert process_time() - began < 3
    assert sorted(one.name for one in folder.iterdir()) == sorted(one.name for one in tmp_path.iterdir())
    assert all(one.read_bytes() == (tmp_path / one.name).read_bytes() for one in folder.iterdir())


def test_nothing_is_refused(sample: Sample, facts: Facts) -> None:
    assert reading.refusals(facts, sample[1]) == []


@pytest.mark.parametrize("day", OTHER_DAYS, ids=str)
def test_it_is_alive_on_other_days(day: date, tmp_path: Path) -> None:
    write_sample(tmp_path, today=day)
    facts = facts_of(tmp_path)
    assert reading.refusals(facts, day) == []
    assert _is_one_person_short(gates_of(facts, ONE_SHORT, day)[0])


def test_the_curriculum_has_only_known_keys(sample: Sample) -> None:
    curriculum = tomllib.loads((sample[0] / "curriculum.toml").read_text(encoding="utf-8"))
    assert curriculum.keys() == KEYS.keys()
    for kind, entries in curriculum.items():
        assert {key for entry in entries for key in entry} <= KEYS[kind]


def test_every_module_and_requirement_explains_itself(sample: Sample) -> None:
    curriculum = tomllib.loads((sample[0] / "curriculum.toml").read_text(encoding="utf-8"))
    assert all(one["title"] and one["summary"] for entries in curriculum.values() for one in entries)
    assert all(len(one["objectives"]) >= 2 for one in curriculum["module"])


def test_every_module_has_readings_at_addresses_that_last(sample: Sample) -> None:
    curriculum = tomllib.loads((sample[0] / "curriculum.toml").read_text(encoding="utf-8"))
    lasting = ("doi.org", ".gov", "implicit.harvard.edu", "www.aamc.org", "journalofethics.ama-assn.org")
    for module in curriculum["module"]:
        assert module["links"], module["code"]
        for link in module["links"]:
            address = urlsplit(link["url"])
            assert address.scheme == "https"
            assert (address.hostname or "").endswith(lasting), link


def test_sizes(sample: Sample, facts: Facts) -> None:
    homes = [one for one in facts.appointments if one.primary and _covers(one, sample[1])]
    assert len(facts.people) == 2400
    assert 2100 <= len(homes) <= 2200
    assert 20 <= len(_departments(facts)) <= 24
    assert 12_000 <= len(facts.completions) <= 25_000
    assert len(facts.waivers) >= 40
    assert {one.category for one in homes} == {"staff", "faculty", "resident", "postdoc", "student"}
    assert {one.role for one in homes} == {"manager", "clinical", "trainee", "research", "nonclinical"}


def test_names_and_addresses_are_one_persons_own(facts: Facts) -> None:
    for values in (
        [one.name for one in facts.people],
        [one.email for one in facts.people],
        [one.person_id for one in facts.people],
    ):
        assert len(set(values)) == len(values)
    assert all(one.email.isascii() and one.email.endswith("@example.edu") for one in facts.people)
    assert all(len(one.person_id) == 8 and one.person_id.startswith("0") for one in facts.people)
    assert any(not one.name.isascii() for one in facts.people)


def test_a_second_post_lies_inside_the_first_and_together_they_are_at_most_one(facts: Facts) -> None:
    primaries = _primaries(facts)
    seconds = [one for one in facts.appointments if not one.primary]
    assert len(seconds) > 60
    for second in seconds:
        first = max(primaries[second.person_id], key=lambda one: one.start)
        assert first.start <= second.start
        assert (second.end or date.max) <= (first.end or date.max)
        assert float(first.fte) + float(second.fte) <= 1
        assert first.unit != second.unit


def test_people_complete_things_while_they_are_here_and_not_on_leave(facts: Facts) -> None:
    primaries = _primaries(facts)
    leaves = {one.person_id: one for one in facts.leaves}
    for one in _standing(facts):
        assert any(_covers(post, one.completed_on) for post in primaries[one.person_id]), one
        leave = leaves.get(one.person_id)
        assert not (leave and leave.start <= one.completed_on <= (leave.end or date.max)), one


def test_nobody_skips_what_has_to_come_first(sample: Sample, facts: Facts) -> None:
    curriculum = tomllib.loads((sample[0] / "curriculum.toml").read_text(encoding="utf-8"))
    after = {one["code"]: one["after"] for one in curriculum["module"] if "after" in one}
    first: dict[tuple[str, str], date] = {}
    for one in _standing(facts):
        first[one.person_id, one.module] = min(one.completed_on, first.get((one.person_id, one.module), date.max))
    for (person_id, module), day in first.items():
        assert all(first[person_id, earlier] <= day for earlier in after.get(module, [])), (person_id, module)


# Like life


def test_units_move_change_their_names_come_and_go(facts: Facts) -> None:
    rows = defaultdict(list)
    for unit in facts.units:
        rows[unit.code].append(unit)
    twice = [two for two in rows.values() if len(two) > 1]
    assert any(one.parent != two.parent for one, two in twice)
    assert any(one.name != two.name for one, two in twice)
    assert any(one[0].start for one in rows.values())
    assert any(one[-1].end for one in rows.values())


def test_people_move_leave_come_back_and_take_leave(sample: Sample, facts: Facts) -> None:
    day = sample[1]
    posts = [sorted(one, key=lambda post: post.start) for one in _primaries(facts).values()]
    pairs = [(one[0], one[1]) for one in posts if len(one) > 1]
    touching = [(one, two) for one, two in pairs if one.end and two.start == one.end + timedelta(days=1)]
    assert sum(one.unit != two.unit for one, two in touching) > 50
    assert sum(one.role != two.role for one, two in touching) > 20
    assert len(pairs) - len(touching) > 20
    assert sum((one[-1].end or date.max) < day for one in posts) > 200
    assert sum(one[0].start > day for one in posts) == 6
    assert sum(one.start <= day <= (one.end or date.max) for one in facts.leaves) > 20


def test_the_log_has_every_sort_of_entry(sample: Sample, facts: Facts) -> None:
    by_id = {one.id: one for one in facts.completions}
    changes = Counter((by_id[one.corrects].state, one.state) for one in facts.completions if one.corrects)
    assert {one.source for one in facts.completions} == {"roster", "self", "import"}
    assert changes[("claimed", "verified")] > 100
    assert changes[("claimed", "rejected")] > 20
    assert changes[("rejected", "claimed")] + changes[("rejected", "verified")] > 20
    assert {"NEO-1", "NEO-2", "WEB-AWARE"} <= {one.module for one in facts.completions}
    assert min(one.completed_on for one in facts.completions) < sample[1] - timedelta(days=3 * 365)
    assert max(one.completed_on for one in facts.completions) > sample[1] - timedelta(days=14)


def test_champions(sample: Sample, facts: Facts) -> None:
    day = sample[1]
    running = [one for one in facts.champions if one.start <= day <= (one.end or date.max)]
    kinds = Counter((one.unit, one.kind) for one in running)
    assert all(kinds[unit, kind] == 1 for unit in _departments(facts) for kind in ("faculty", "staff"))
    assert len(running) > 2 * len(_departments(facts))
    assert any(one.end and one.end < day for one in facts.champions)
    assert [one.unit for one in running if one.end and one.end <= day + timedelta(days=90)] == ["RADIOL"]
    homes = {one.person_id: one.unit for one in facts.appointments if one.primary and _covers(one, day)}
    assert all(homes[one.person_id] in _subtree_ever(facts, one.unit) for one in running)


# Spread


def test_every_status_is_there(figures: dict[str, Rows]) -> None:
    counts = Counter(row["status"] for row in figures["status"])
    assert counts.keys() == STATUSES
    assert len(figures["status"]) > 20_000


def test_departments_stand_far_apart_in_the_introductory_sequence(facts: Facts, figures: dict[str, Rows]) -> None:
    rates = {row["unit"]: float(row["rate"]) for row in _of_people(figures["rates"], "INTRO")}
    departments = [rates[unit] for unit in _departments(facts)]
    assert min(departments) < 0.30
    assert max(departments) > 0.85
    assert sum(0.45 < rate < 0.8 for rate in departments) >= 8


def test_gates_are_open_shut_and_one_person_short(figures: dict[str, Rows], facts: Facts) -> None:
    departments = [row for row in figures["gates"] if row["unit"] in _departments(facts)]
    decided = {(one.unit, str(one.opened_on)) for one in facts.gate_overrides}
    assert sum(bool(row["opened_on"]) for row in departments) >= 8
    assert sum(not row["opened_on"] for row in departments) >= 2
    assert [row["unit"] for row in departments if _is_one_person_short(row)].count(ONE_SHORT) == 1
    assert decided & {(row["unit"], row["opened_on"]) for row in departments}


def test_medicine_has_claims_that_wait_for_its_champions(facts: Facts, figures: dict[str, Rows]) -> None:
    units = _subtree_ever(facts, "MED")
    assert sum(row["status"] == "pending" and row["unit"] in units for row in figures["status"]) >= 3


def _of_people(rates: Iterable[dict[str, str]], requirement: str) -> Rows:
    return [row for row in rates if (row["requirement"], row["module"]) == (requirement, "*") and row["rate"]]


def _is_one_person_short(row: dict[str, str]) -> bool:
    """Whether the gate is shut, and one more person who is done would open it."""
    done, people = int(row["numerator"]), int(row["denominator"])
    return not row["opened_on"] and done * 100 <= 50 * people < (done + 1) * 100


# Who can sign in


def test_accounts_of_every_kind(sample: Sample, facts: Facts) -> None:
    accounts = sample_accounts(sample[0])
    people = {one.person_id: one.email for one in facts.people}
    assert {one.role for one in accounts} == {"learner", "champion", "office", "auditor", "administrator"}
    assert len({one.email for one in accounts}) == len(accounts)
    assert all(one.person_id is None or people[one.person_id] == one.email for one in accounts)
    assert [one.role for one in accounts if one.person_id is None] == ["auditor", "administrator"]


def test_accounts_are_what_they_say(sample: Sample, facts: Facts) -> None:
    day = sample[1]
    accounts = {one.email.split("@")[0]: one for one in sample_accounts(sample[0])}
    terms = {
        (one.person_id, one.unit, one.kind) for one in facts.champions if one.start <= day <= (one.end or date.max)
    }
    posts = _primaries(facts)
    assert (accounts["esteban.figueroa"].person_id, "MED", "faculty") in terms
    assert (accounts["renita.claiborne"].person_id, "MED", "staff") in terms
    assert (accounts["yoon-a.kang"].person_id, "PEDS", "faculty") in terms
    champions = {one.person_id for one in accounts.values() if one.role == "champion"}
    assert champions <= {person_id for person_id, _, _ in terms}
    assert not {one.person_id for one in accounts.values() if one.role != "champion"} & {term[0] for term in terms}
    assert not any(_covers(post, day) for post in posts[_id(accounts["ingrid.hallberg"])])
    assert [post.role for post in posts[_id(accounts["olumide.adeyemi"])]] == ["clinical", "manager"]


def test_the_learner_has_one_thing_due_soon_and_one_waiting(sample: Sample, figures: dict[str, Rows]) -> None:
    learner = sample_accounts(sample[0])[0]
    hers = [row for row in figures["status"] if row["person_id"] == learner.person_id and row["level"] != "optional"]
    assert Counter(row["status"] for row in hers if row["status"] != "satisfied") == {"due_soon": 1, "pending": 1}


def test_the_script_writes_the_sample_and_says_who_can_sign_in(
    sample: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, day = sample
    main([str(tmp_path / "new" / "folder"), "--today", str(day)])
    assert (tmp_path / "new" / "folder" / "people.csv").read_bytes() == (folder / "people.csv").read_bytes()
    assert all(account.email in capsys.readouterr().out for account in sample_accounts(folder)[:1])


def _id(account: SampleAccount) -> str:
    assert account.person_id
    return account.person_id
