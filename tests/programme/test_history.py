"""Former states: who changed what, look at one, put it back; and the whole curriculum as a file."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.programme.conftest import Small, now
from tests.support import make
from tests.support.pages import Page, Pages
from tests.support.settle import figures as settle_figures
from tests.support.statements import asked_by
from tracker.core.database import db
from tracker.curriculum import commands as curriculum_commands
from tracker.exchange import commands as exchange
from tracker.exchange.files import written_curriculum
from tracker.programme.models import CurriculumState


def saved(office: Pages, kind: str, code: str, **values: str) -> Page:
    """A change by form, saved."""
    page = office.get("programme.change", kind=kind, code=code)
    page = office.submit(office.submit(page, "Show what would change", **values), "Save this change")
    settle_figures()
    return page


def test_each_change_is_kept_with_who_and_what(office: Pages, small: Small) -> None:
    saved(office, "requirement", "YEARLY", level="required")
    page = office.get("programme.thing", kind="requirement", code="YEARLY")
    assert page.texts("ol.past summary")[0].endswith(f"{small.office.email}, by form")
    assert page.texts("ol.past > li:first-child tbody tr") == ["Level expected required"]
    page = office.get("programme.history")
    assert "Requirement “The yearly course” changed" in page.text


def test_one_thing_is_put_back(office: Pages, small: Small) -> None:
    saved(office, "requirement", "YEARLY", level="required")
    page = office.get("programme.thing", kind="requirement", code="YEARLY")
    page = office.submit(page, "Put back what was before")
    assert page.h1 == "Change of The yearly course"
    office.submit(page, "Save this change")
    assert now().requirements == (small.yearly,)
    assert "a former state put back" in office.get("programme.history").text


def test_a_whole_state_is_put_back(office: Pages, small: Small) -> None:
    before = db.session.query(CurriculumState).order_by(CurriculumState.id.desc()).first()
    assert before is not None
    number, text = before.id, before.text
    saved(office, "requirement", "YEARLY", level="required", title="Other")
    saved(office, "module", "TWO", title="Speaking out")
    page = office.get("programme.state", state_id=number)
    assert page.one("pre").get_text() == text
    page = office.submit(page, "Put this state back")
    assert page.h1 == "Former state of the curriculum"
    office.submit(page, "Save this change")
    assert written_curriculum(now()) == text


def test_a_change_from_elsewhere_is_kept_too(office: Pages, small: Small) -> None:
    curriculum_commands.set_module(make.by(), replace(small.second, title="Speaking out"))
    page = office.get("programme.history")
    assert page.texts("main .rows > li")[0].endswith("the system, outside these pages Module “Speaking out” changed")


def test_the_file_is_that_of_a_dump(office: Pages, small: Small, tmp_path: Path) -> None:
    exchange.dump(tmp_path)
    answer = office.download("/office/curriculum.toml")
    assert answer.data == (tmp_path / "curriculum.toml").read_bytes()
    assert answer.headers["Content-Disposition"] == "attachment; filename=curriculum.toml"


def take_in(office: Pages, text: str, *, status: int = 200) -> Page:
    """Upload a file."""
    page = office.get("programme.take_in")
    data = {"csrf_token": office.token(), "file": (io.BytesIO(text.encode()), "curriculum.toml")}
    return office._page(office._send("POST", page.path, data=data), page.path, status)


def test_a_file_is_taken_in_whole_after_a_look_at_every_difference(office: Pages, small: Small) -> None:
    text = office.download("/office/curriculum.toml").text
    text = text.replace("Speaking up", "Speaking out").replace('level = "expected"', 'level = "required"')
    text += '\n[[module]]\ncode = "THREE"\ntitle = "Acting"\n'
    page = take_in(office, text)
    assert page.texts("h3")[:3] == [
        "Changed: module Speaking out",
        "Changed: requirement The yearly course",
        "Added: module Acting",
    ]
    office.submit(page, "Save this change")
    assert [one.title for one in now().modules] == ["Listening well", "Speaking out", "Acting"]
    assert now().requirements[0].level == "required"
    assert take_in(office, office.download("/office/curriculum.toml").text, status=422).errors == [
        "Nothing would change: this is how the curriculum stands."
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('level = "expected"', 'level = "must"', 'level: "must": must be one of required, expected, optional'),
        ("[[gate]]", "[[gait]]", "may not stand here; module, requirement and gate may"),
        ('title = "Speaking up"', "title = Speaking up", "cannot be read as TOML"),
        ("percent = 50", "percent = 50\naudience = { unit = [] }", "is not a key that may stand here"),
        ("percent = 50", 'percent = 50\naudience = { units = ["NO"] }', "There is no unit with the code NO."),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_line(
    office: Pages, small: Small, old: str, new: str, said: str
) -> None:
    text = office.download("/office/curriculum.toml").text
    assert old in text
    page = take_in(office, text.replace(old, new), status=422)
    assert said in page.errors[0]
    assert len(now().modules) == 2


def test_a_file_without_what_has_records_is_refused_whole(office: Pages, small: Small) -> None:
    page = take_in(office, '[[module]]\ncode = "TWO"\ntitle = "Two"\n', status=422)
    assert "Module ONE: 2 completions are recorded under ONE, so it has to stay." in page.errors[0]
    assert "Requirement YEARLY: The yearly course cannot be removed" in page.errors[0]
    assert len(now().modules) == 2


def test_pages_ask_as_much_of_the_database_for_many_things_as_for_few(office: Pages, small: Small) -> None:
    paths = ["/office/curriculum", "/office/curriculum/requirement/YEARLY", "/office/curriculum/history"]
    before = [asked_by(office, path) for path in paths]
    for number in range(5):
        make.requirement(make.module(f"X{number}"), code=f"R{number}")
    assert [asked_by(office, path) for path in paths] == before


def test_a_state_before_the_first_change_is_kept(office: Pages, small: Small) -> None:
    """As in a database whose curriculum is older than these tables."""
    with make.transaction() as tx:
        for table in ("curriculum_change", "curriculum_state"):
            tx.session.connection().exec_driver_sql(f"DELETE FROM {table}")
    text = written_curriculum(now())
    saved(office, "requirement", "YEARLY", level="required")
    states = db.session.query(CurriculumState).order_by(CurriculumState.id).all()
    assert [states[0].text, len(states)] == [text, 2]


def test_equivalences_are_listed_with_their_records(office: Pages, small: Small) -> None:
    make.completion(small.people[2], "OLD-1")
    page = office.get("programme.equivalences")
    assert page.texts("tbody tr") == ["OLD-1 counts as Listening well Listening wellONE 1"]
