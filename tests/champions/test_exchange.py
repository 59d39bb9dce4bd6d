"""Terms go out and come in as `champions.csv`; what belongs to a term stays with it when it comes in again."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.champions.conftest import Here
from tests.support import make
from tests.support.folders import contents, dumped
from tracker.champions import commands, queries
from tracker.champions.models import Champion, TermApproval, TermCertificate, TermTraining
from tracker.champions.queries import modules_to_certify
from tracker.champions.rules import Term
from tracker.core.database import db
from tracker.exchange.commands import load

EXTRAS = (TermApproval, TermTraining, TermCertificate)


@pytest.fixture
def files(here: Here, tmp_path: Path) -> Path:
    """A dump of the cast, whose champion of the department has all that can belong to a term."""
    make.module(title="Awareness")
    sue = make.person("Sue Substitute", unit=here.cast.division)
    commands.name_substitute(make.by(), here.term, sue.id, starts_on=make.day(0), ends_on=make.day(-30))
    commands.record_approval(make.by(), here.term, "chair", approved_by="x", approved_on=make.day(1), note="n")
    commands.add_training(make.by(), here.term, starts_on=make.day(9), ends_on=make.day(8))
    commands.add_certificate(make.by(), here.term, module_id=modules_to_certify()[0][0], certified_on=make.day(1))
    dumped(tmp_path / "facts")
    return tmp_path / "facts"


def rewrite(files: Path, old: str, new: str) -> None:
    """Change the file of champions."""
    path = files / "champions.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def department_term() -> Term:
    """The term of the champion of the department, as it is now."""
    (found,) = [
        term for term in queries.terms_in(list(db.session.scalars(select(Champion.unit_id)))) if term.name[:4] == "Cara"
    ]
    return found


def test_the_file_has_terms_and_nobody_who_stands_in(files: Path) -> None:
    rows = (files / "champions.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 4
    people = (files / "people.csv").read_text(encoding="utf-8").splitlines()
    (sue,) = [row.split(",")[0] for row in people if "Sue" in row]
    assert not any(row.startswith(sue) for row in rows)


def test_what_belongs_to_a_term_stays_when_it_comes_again(files: Path, tmp_path: Path) -> None:
    before = department_term()
    load(make.by(), files, replace=True)
    after = department_term()
    assert [(one.kind, one.approved_by, one.note) for one in after.approvals] == [("chair", "x", "n")]
    assert [one.starts_on for one in after.trainings] == [one.starts_on for one in before.trainings]
    assert [one.module for one in after.certificates] == ["Awareness"]
    assert [(one.name, one.ends_on) for one in after.substitutes] == [("Sue Substitute", make.day(-30))]
    assert dumped(tmp_path / "again") == contents(files)


def test_who_stands_in_does_so_within_the_new_term(here: Here, files: Path) -> None:
    end = db.session.get_one(Champion, here.term).ends_on
    assert end is not None
    kept = [line for line in (files / "champions.csv").read_text().splitlines() if "MED" in line and str(end) in line]
    rewrite(files, kept[0], kept[0].replace(str(end), str(make.day(-3))))
    load(make.by(), files, replace=True)
    assert [one.ends_on for one in department_term().substitutes] == [make.day(-3)]


def test_what_belongs_to_a_term_that_does_not_come_again_goes(here: Here, files: Path) -> None:
    first = db.session.get_one(Champion, here.term).starts_on
    rewrite(files, str(first), str(date.fromordinal(first.toordinal() + 1)))
    load(make.by(), files, replace=True)
    for model in EXTRAS:
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert db.session.scalar(select(func.count()).select_from(Champion)) == 4


def test_a_term_of_a_file_can_be_worked_with(here: Here, files: Path) -> None:
    load(make.by(), files, replace=True)
    term = department_term()
    commands.end_term(make.by(), term.id, on=make.day(-5))
    assert department_term().ends_on == make.day(-5)
