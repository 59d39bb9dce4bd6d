"""`accounts add`, `accounts link` and `accounts invite`, as an operator types them."""

import csv
import re
import stat
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, literal, select, true

from tests.support import clocks, make, trail
from tests.support.make import PASSWORD
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.accounts import commands, invitations
from tracker.accounts.models import Account, SignInLink
from tracker.champions.models import Champion
from tracker.core import clock
from tracker.core.actor import Right, Role, system
from tracker.core.database import db
from tracker.core.errors import Forbidden
from tracker.core.outbox import Letter
from tracker.people.models import Appointment, Person

NEXT = "Next: accounts link taken@example.edu prints a new link into it."
TERM = (
    "Next: accounts add taken@example.edu --role champion --unit CODE lets her champion a unit, as the office does at "
    "/units/CODE/appoint; accounts link taken@example.edu prints a new link into it."
)
HERS = "This person has an account already, with the address taken@example.edu."
LINK = re.compile(r"http://localhost(/sign-in/\S+)")


def run(app: Flask, *words: str, code: int = 0) -> str:
    """Run a command; what it says."""
    db.session.close()
    result = app.test_cli_runner().invoke(args=["accounts", *words])
    assert result.exit_code == code, result.output
    return str(result.output)


def test_add_prints_a_link_that_lets_in(app: Flask, pages: Pages) -> None:
    out = run(app, "add", " Office@Example.edu", "--role", "office")

    assert out.startswith("This link signs in once, within the next seven days:\n")
    link = LINK.search(out)
    assert link is not None
    page = pages.submit(pages.open(link[1]))
    assert page.texts(".account .quiet") == ["Diversity office"]
    assert trail.verbs()[:1] == ["account.added"]
    assert "example" not in str(trail.everything()).lower()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 22), date(2028, 11, 21)),
        (date(2027, 1, 1), date(2028, 12, 31)),
        (date(2028, 2, 29), date(2030, 2, 27)),
    ],
)
def test_a_champion_gets_her_units_for_two_years(
    app: Flask, monkeypatch: pytest.MonkeyPatch, first: date, last: date
) -> None:
    clocks.stop_time(monkeypatch, datetime(first.year, first.month, first.day, 12, tzinfo=UTC))
    medicine, surgery = make.unit(code="MED"), make.unit(code="SURG")
    ada = make.person(unit=medicine, category="staff", identifier="000123")

    run(app, "add", "ada@example.edu", "--role", "champion", "--person", "000123", "--unit", "MED", "--unit", "SURG")

    terms = db.session.scalars(select(Champion).order_by(Champion.id)).all()
    assert [(term.person_id, term.unit_id, term.kind) for term in terms] == [
        (ada.id, medicine.id, "staff"),
        (ada.id, surgery.id, "staff"),
    ]
    assert {(term.starts_on, term.ends_on) for term in terms} == {(first, last)}
    assert trail.verbs().count("champion.appointed") == 2


def test_who_has_an_account_already_gets_the_units(app: Flask) -> None:
    medicine, surgery = make.unit("Medicine", code="MED"), make.unit("Surgery", code="SURG")
    ada = make.learner(medicine, "Ada Asked")
    words = ("add", ada.email, "--role", "champion")

    out = run(app, *words, "--unit", "MED", "--unit", "SURG")
    assert out.splitlines() == [
        f"{ada.email} has an account already, and signs in with it as before.",
        "Medicine (MED) is championed for two years from today.",
        "Surgery (SURG) is championed for two years from today.",
    ]
    assert ada.person is not None
    identifier = db.session.scalars(select(Person.identifier).where(Person.id == ada.person.id)).one()
    again = run(app, *words, "--unit", "SURG", "--person", identifier)
    assert again.splitlines()[1:] == ["Surgery (SURG) was championed already."]
    terms = db.session.execute(select(Champion.person_id, Champion.unit_id).order_by(Champion.id)).all()
    assert [tuple(term) for term in terms] == [(ada.person.id, medicine.id), (ada.person.id, surgery.id)]
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_a_term_goes_to_nobody_else_and_to_no_auditor(app: Flask) -> None:
    unit = make.unit(code="MED")
    ada, auditor = make.learner(unit), make.account(Role.AUDITOR)
    make.person(unit=unit, identifier="another")
    words = ("--role", "champion", "--unit", "MED")
    assert "is another person's." in run(app, "add", ada.email, *words, "--person", "another", code=1)
    assert "is of the role auditor: it holds no term." in run(app, "add", auditor.email, *words, code=1)
    assert "There is an account" in run(app, "add", ada.email, "--role", "learner", "--person", "another", code=1)
    assert db.session.scalar(select(func.count()).select_from(Champion)) == 0


@pytest.mark.parametrize(("category", "kind"), [("staff", "staff"), ("faculty", "faculty"), ("resident", "faculty")])
def test_the_kind_of_champion_follows_from_her_post(app: Flask, category: str, kind: str) -> None:
    unit = make.unit(code="MED")
    make.person(unit=unit, category=category, identifier="7")
    run(app, "add", "ada@example.edu", "--role", "champion", "--person", "7", "--unit", "MED")
    assert db.session.scalars(select(Champion.kind)).all() == [kind]


def test_a_term_that_runs_is_left_as_it_is(app: Flask) -> None:
    unit = make.unit(code="MED")
    make.appoint(make.person(unit=unit, identifier="7"), unit)
    run(app, "add", "ada@example.edu", "--role", "champion", "--person", "7", "--unit", "MED")
    assert db.session.scalar(select(func.count()).select_from(Champion)) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("ada@example.edu", "--role", "learner"), "A learner's account is a person's: say whose."),
        (("ada@example.edu", "--role", "champion"), "A champion's account is a person's: say whose."),
        (("ada@example.edu", "--role", "learner", "--person", "9"), "There is no person 9."),
        (("ada@example.edu", "--role", "champion", "--person", "7", "--unit", "XX"), "There is no unit XX."),
        (
            ("ada@example.edu", "--role", "office", "--unit", "MED"),
            "--unit is for champions: say --role champion, or leave it out.",
        ),
        (("taken@example.edu", "--role", "office"), f"There is an account for taken@example.edu already. {NEXT}"),
        (("taken@example.edu", "--role", "champion"), f"There is an account for taken@example.edu already. {TERM}"),
        (
            ("taken@example.edu", "--role", "champion", "--person", "8"),
            f"There is an account for taken@example.edu already. {TERM}",
        ),
        (("ada@example.edu", "--role", "learner", "--person", "8"), f"{HERS} {NEXT}"),
        (("ada@example.edu", "--role", "champion", "--person", "8"), f"{HERS} {TERM}"),
        (("ada@example.edu", "--role", "champion", "--person", "8", "--unit", "MED"), f"{HERS} {TERM}"),
        (("ada", "--role", "office"), "ada is no e-mail address."),
        (
            ("ada@example.edu", "--role", "administrator", "--person", "7"),
            "An administrator sees no training records, so the account cannot be a person's.",
        ),
    ],
)
def test_add_refuses_in_one_line_and_changes_nothing(app: Flask, words: tuple[str, ...], why: str) -> None:
    unit = make.unit(code="MED")
    make.person(unit=unit, identifier="7")
    make.account(person=make.person(identifier="8", email="taken@example.edu"))
    before = trail.verbs()

    out = run(app, "add", *words, code=1)

    assert out == f"Error: {why}\n"
    assert trail.verbs() == before
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_add_refuses_an_unknown_role(app: Flask) -> None:
    assert "'dean' is not one of" in run(app, "add", "ada@example.edu", "--role", "dean", code=2)


def test_link_prints_a_new_way_into_an_account_and_ends_those_before(app: Flask, pages: Pages) -> None:
    first = LINK.search(run(app, "add", "office@example.edu", "--role", "office"))
    out = run(app, "link", " Office@example.edu")
    assert out.startswith("This link signs in once, within the next seven days:\n")
    link = LINK.search(out)
    assert first is not None
    assert link is not None
    pages.open(first[1], status=410)
    assert pages.submit(pages.open(link[1])).h1 == "Choose a password"
    assert trail.verbs()[:2] == ["account.added", "account.link-made"]


def test_link_says_what_it_cannot_do(app: Flask) -> None:
    commands.add_account(make.by(), "sample@example.edu", role=Role.OFFICE, sample_note="Sees all")
    assert run(app, "link", "sample@example.edu", code=1) == "Error: Sample accounts are entered without a link.\n"
    said = run(app, "link", "nobody@example.edu", code=1)
    assert said == "Error: There is no account for nobody@example.edu. Make it with accounts add or invite.\n"


def test_invite_again_is_for_who_has_not_chosen_a_password(app: Flask, pages: Pages, tmp_path: Path) -> None:
    school = make.unit(code="SOM")
    unit, elsewhere = make.unit(code="MED", parent=school), make.unit(code="SURG")
    make.person("Ada Byron", unit=unit, email="ada@example.edu")
    make.person("Far Away", unit=elsewhere, email="far@example.edu")
    make.account(person=make.person(unit=unit), password=PASSWORD)
    make.account(Role.AUDITOR, make.person(unit=unit))
    first, second, third = (tmp_path / name for name in ("1.csv", "2.csv", "3.csv"))
    assert run(app, "invite", "--csv", str(first)).startswith("2 people invited; ")
    make.person("New Here", unit=unit, email="new@example.edu")

    out = run(app, "invite", "--again", "--unit", "SOM", "--csv", str(second))

    assert out.startswith("2 people invited; ")
    lost, new = links_in(first), links_in(second)
    assert set(new) == {"ada@example.edu", "new@example.edu"}
    pages.open(lost["ada@example.edu"], status=410)
    page = pages.submit(pages.open(new["ada@example.edu"]))
    pages.submit(page, password=PASSWORD, again=PASSWORD)
    pages.open(lost["far@example.edu"])
    assert trail.verbs().count("account.invited") == 4
    run(app, "invite", "--again", "--csv", str(third))
    assert set(links_in(third)) == {"far@example.edu", "new@example.edu"}


def links_in(file: Path) -> dict[str, str]:
    """The links of a file, by address."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["email"]: row["link"].removeprefix("http://localhost") for row in csv.DictReader(lines)}


def test_invite_writes_to_everybody_at_home_who_has_no_account(app: Flask, pages: Pages) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], mail_url="smtp://127.0.0.1:1")
    unit = make.unit()
    ada = make.person("Ada Byron", unit=unit, email="Ada@Example.edu")
    make.learner(unit)
    make.person("Grace Gone", unit=unit, ends_on=make.day(1))
    make.person("Frida Future", unit=unit, starts_on=make.day(-1))

    out = run(app, "invite")

    assert out == "1 person invited.\n"
    letters = db.session.scalars(select(Letter)).all()
    assert [letter.address for letter in letters] == ["ada@example.edu"]
    link = LINK.search(letters[0].body)
    assert link is not None
    db.session.close()
    page = pages.submit(pages.open(link[1]))
    assert page.texts(".account-name") == [ada.name]
    assert trail.verbs().count("account.invited") == 1
    assert "example" not in str(trail.everything()).lower()
    assert run(app, "invite") == "0 people invited.\n"


def test_invite_for_a_unit_takes_those_at_or_below_it_today(app: Flask) -> None:
    school = make.unit(code="SOM")
    medicine = make.unit(code="MED", parent=school)
    cardiology = make.unit(code="CARD", parent=medicine)
    for unit in (school, medicine, cardiology):
        make.person(unit=unit, email=f"{unit.code}@example.edu")

    run(app, "invite", "--unit", "MED")

    emails = db.session.scalars(select(Account.email).order_by(Account.email)).all()
    assert emails == ["card@example.edu", "med@example.edu"]
    assert "There is no unit XX today." in run(app, "invite", "--unit", "XX", code=1)


def test_invite_names_who_was_left_out_and_why(app: Flask) -> None:
    unit = make.unit()
    make.person("Ada", unit=unit, identifier="1", email="")
    make.person("Bob", unit=unit, identifier="2", email="two@example.edu")
    make.person("Cem", unit=unit, identifier="3", email="Two@Example.edu ")
    make.person("Dee", unit=unit, identifier="4", email="call me")
    make.account(Role.OFFICE)
    office = db.session.scalar(select(Account.email)) or ""
    make.person("Eva", unit=unit, identifier="5", email=office)
    make.person("Fay", unit=unit, identifier="6", email="fay@example.edu")

    out = run(app, "invite")

    assert out.splitlines() == [
        "left out: 1 Ada: no e-mail address",
        "left out: 2 Bob: the e-mail address is somebody else's too",
        "left out: 3 Cem: the e-mail address is somebody else's too",
        "left out: 4 Dee: the e-mail address cannot be written to",
        "left out: 5 Eva: the e-mail address is somebody else's too",
        "1 person invited, 5 left out. The letters wait: set MAIL_URL, and the worker sends them.",
    ]


def test_invite_writes_a_file_of_links_in_place_of_letters(app: Flask, pages: Pages, tmp_path: Path) -> None:
    unit = make.unit()
    make.person("=Ada", unit=unit, identifier="007", email="ada@example.edu")
    file = tmp_path / "links.csv"

    out = run(app, "invite", "--csv", str(file))

    assert out == f"1 person invited; the links are in {file}.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["identifier"], row["name"], row["email"]) for row in rows] == [("007", "'=Ada", "ada@example.edu")]
    assert pages.open(rows[0]["link"].removeprefix("http://localhost")).h1 == "Sign in as =Ada"
    assert db.session.scalars(select(Letter)).all() == []


def test_invite_never_overwrites_a_file(app: Flask, tmp_path: Path) -> None:
    make.person(unit=make.unit())
    file = tmp_path / "links.csv"
    file.write_text("kept")
    assert run(app, "invite", "--csv", str(file), code=1).endswith("is there already; name a file that is not.\n")
    assert "cannot be written" in run(app, "invite", "--csv", str(tmp_path / "no" / "links.csv"), code=1)
    assert file.read_text() == "kept"
    assert db.session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_part_whose_file_cannot_be_written_is_not_done(app: Flask) -> None:
    unit = make.unit()
    for _ in range(3):
        make.person(unit=unit)
    plan = invitations.plan(make.by(), None)

    def fail(_: list[invitations.Invited]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        list(invitations.invite(make.by(), plan.invited, by_mail=True, before_commit=fail))

    assert db.session.scalar(select(func.count()).select_from(Account)) == 0
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_inviting_takes_the_right_to(app: Flask) -> None:
    nobody = replace(system(clock.today()), rights=frozenset(Right) - {Right.ACCOUNTS_INVITE})
    with pytest.raises(Forbidden):
        invitations.plan(nobody, None)


def test_a_thousand_are_invited_by_a_few_statements_each(app: Flask) -> None:
    people = 1_000
    unit = make.unit()
    with make.transaction() as tx:
        tx.session.add_all(
            Person(identifier=f"P{number}", name=f"Person {number}", email=f"p{number}@example.edu")
            for number in range(people)
        )
        tx.session.flush()
        tx.session.execute(
            insert(Appointment).from_select(
                ["person_id", "unit_id", "category", "role", "is_primary", "starts_on"],
                select(Person.id, literal(unit.id), literal("staff"), literal("x"), true(), literal(make.day(9))),
            )
        )
    with statements() as ran:
        out = run(app, "invite")
    assert out.splitlines()[-1].startswith(f"{people:,} people invited")
    assert len(ran) < 5 * people
    assert db.session.scalar(select(func.count()).select_from(SignInLink)) == people
