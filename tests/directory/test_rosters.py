"""Rosters: read for a preview, applied whole or not at all, the same twice without a change."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.directory.rosters import PEOPLE, apply, csv, files, fresh, hand_in, lines, load
from tests.support import make, trail
from tests.support.make import Account, Unit
from tests.support.pages import Pages
from tracker.accounts.queries import account
from tracker.core import clock, jobs
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid
from tracker.directory.commands import rosters, units
from tracker.directory.commands.units import NewUnit
from tracker.directory.models import Roster, RosterFile, RosterLine
from tracker.directory.queries.roster import reading
from tracker.directory.rules import POST_KEYS, PostSaid, RosterState, is_many, last_day_without, meet
from tracker.people.models import Appointment, FormerName, Leave, Person
from tracker.people.queries import person_view
from tracker.progress.figures import check


@pytest.fixture
def medicine() -> Unit:
    """A department, beside another, that is asked for one thing."""
    make.unit("Surgery", code="SURG")
    unit = make.unit("Medicine", code="MED")
    make.requirement(make.module())
    return unit


def person(identifier: str) -> Person:
    """A person by identifier."""
    return db.session.scalars(select(Person).where(Person.identifier == identifier)).one()


def posts_of(identifier: str) -> list[tuple[date, date | None, bool]]:
    """Her posts."""
    rows = db.session.scalars(
        select(Appointment).where(Appointment.person_id == person(identifier).id).order_by(Appointment.starts_on)
    )
    return [(row.starts_on, row.ends_on, row.is_primary) for row in rows]


TWO = files(
    ["00001,Ada,ada@example.edu", "00002,Bo,"],
    ["00001,MED,faculty,clinical,1,yes,2024-01-01,", "00002,MED,staff,manager,0.50,yes,2024-01-01,2099-12-31"],
    leaves=b"person_id,start,end\n00002,2024-02-01,2024-03-01\n",
)
ROWS = {"people.csv": 2, "appointments.csv": 2, "leaves.csv": 1}


def test_a_roster_is_previewed_and_applied(app: object, medicine: Unit) -> None:
    read = hand_in(TWO)
    assert read.state is RosterState.READY
    assert read.counts == {name: {"added": number} for name, number in ROWS.items()}
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    done = apply(read)
    assert done.state is RosterState.APPLIED
    assert person_view(person("00001").id, clock.today()).unit_id == medicine.id
    assert list(check.differences()) == []
    assert db.session.scalar(select(func.count()).select_from(RosterFile)) == 0
    assert db.session.scalar(select(func.count()).select_from(RosterLine)) == 0
    deeds = {"roster.handed_in", "roster.read", "roster.confirmed", "roster.applied", "person.added"}
    assert deeds <= set(trail.verbs())


def test_the_same_files_twice_change_nothing(app: object, medicine: Unit) -> None:
    load(TWO)
    again = hand_in(TWO)
    assert again.state is RosterState.READY
    assert lines(again) == []
    assert again.counts == {name: {"unchanged": number} for name, number in ROWS.items()}


def test_names_change_and_are_remembered(app: object, medicine: Unit) -> None:
    load(TWO)
    load({"people.csv": csv(PEOPLE, "00001,Ada Okafor,ada@example.edu", "00002,Bo,bo@example.edu")})
    assert person("00001").name == "Ada Okafor"
    assert db.session.scalars(select(FormerName.value)).all() == ["Ada"]


def test_a_post_that_is_not_in_the_file_any_more_ends(app: object, medicine: Unit) -> None:
    load(TWO)
    begins = make.day(10)
    moved = files(["00001,Ada,ada@example.edu"], [f"00001,SURG,faculty,clinical,1,yes,{begins},"])
    read = hand_in(moved)
    assert [line[0] for line in lines(read)] == ["added", "ended"]
    apply(read)
    assert posts_of("00001") == [(date(2024, 1, 1), make.day(11), True), (begins, None, True)]
    assert posts_of("00002") == [(date(2024, 1, 1), date(2099, 12, 31), True)]


def test_a_changed_row_is_known_again(app: object, medicine: Unit) -> None:
    load(TWO)
    read = hand_in(files([], ["00001,MED,faculty,manager,1,yes,2024-01-05,2098-01-01"]))
    assert [line[0] for line in lines(read)] == ["changed"]
    apply(read)
    assert posts_of("00001") == [(date(2024, 1, 5), date(2098, 1, 1), True)]


def test_a_unit_that_was_wrong_from_the_first_day_is_put_right(app: object, medicine: Unit) -> None:
    load(TWO)
    read = hand_in(files([], ["00001,SURG,faculty,clinical,1,yes,2024-01-01,"]))
    assert [line[0] for line in lines(read)] == ["changed"]
    assert apply(read).state is RosterState.APPLIED
    assert posts_of("00001") == [(date(2024, 1, 1), None, True)]


def test_whoever_is_missing_ends_only_where_the_roster_is_complete(app: object, medicine: Unit) -> None:
    load(TWO)
    one = files(["00001,Ada,ada@example.edu"], ["00001,MED,faculty,clinical,1,yes,2024-01-01,"])
    assert lines(hand_in(one)) == []
    rosters.put_aside(make.by(), db.session.scalars(select(func.max(Roster.id))).one())
    read = hand_in(one, is_complete=True)
    assert (read.ending, read.here) == (1, 2)
    with pytest.raises(Invalid, match="so many"):
        rosters.confirm(make.by(), read.id)
    done = apply(read, allow_many=True)
    assert done.state is RosterState.APPLIED
    assert posts_of("00002") == [(date(2024, 1, 1), make.day(1), True)]


@pytest.mark.parametrize(
    ("roster", "refused"),
    [
        (files(["1,A,", "1,B,"], []), ("people.csv", 3, "stands in this file already")),
        (files([",A,"], []), ("people.csv", 2, "must not be empty")),
        (files(["1,A,"], ["1,NONE,s,r,,yes,2024-01-01,"]), ("appointments.csv", 2, "is not the code of a unit")),
        (files(["1,A,"], ["2,MED,s,r,,yes,2024-01-01,"]), ("appointments.csv", 2, "nobody here has it")),
        (files(["1,A,"], ["1,MED,s,r,,maybe,2024-01-01,"]), ("appointments.csv", 2, "must be yes or no")),
        (files(["1,A,"], ["1,MED,s,r,2,yes,2024-01-01,"]), ("appointments.csv", 2, "a number from 0 to 1")),
        (files(["1,A,"], ["1,MED,s,r,,yes,2024-01-02,2024-01-01"]), ("appointments.csv", 2, "lies before the start")),
        (
            files(["1,A,"], ["1,MED,s,r,,yes,2024-01-01,", "1,SURG,s,r,,yes,2025-01-01,"]),
            ("appointments.csv", 3, "overlaps another primary"),
        ),
        (
            files(["1,A,"], [], leaves=b"person_id,start,end\n1,2024-01-01,\n1,2025-01-01,\n"),
            ("leaves.csv", 3, "overlaps another leave"),
        ),
        (
            files(["1,A,"], [], units=b"code,from,to,name,kind,parent\nX,,,X,division,NONE\n"),
            ("units.csv", 2, "not the code"),
        ),
        (files(["1,A"], []), ("people.csv", 2, "has 2 fields")),
        ({"people.csv": b"id,name\n"}, ("people.csv", 1, "is not a column")),
    ],
)
def test_what_cannot_be_taken_in_is_named(
    app: object, medicine: Unit, roster: Mapping[str, bytes], refused: tuple[str, int, str]
) -> None:
    read = hand_in(roster)
    assert read.state is RosterState.REFUSED
    found = [line for line in lines(read) if line[0] == "refused"]
    assert [(file, line) for _, file, line, _ in found] == [refused[:2]]
    assert refused[2] in found[0][3]
    with pytest.raises(Conflict):
        rosters.confirm(make.by(), read.id)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_every_refused_row_is_named(app: object, medicine: Unit) -> None:
    read = hand_in(files(["1,A,", "1,B,", ",C,"], ["9,MED,s,r,,yes,2024-01-01,"]))
    assert [line[:3] for line in lines(read) if line[0] == "refused"] == [
        ("refused", "people.csv", 3),
        ("refused", "people.csv", 4),
        ("refused", "appointments.csv", 2),
    ]


def refused(roster: Roster) -> list[tuple[str, int | None, str]]:
    """What its preview says is wrong: file, line, and the column with what stands there."""
    return [(file, line, text) for effect, file, line, text in lines(roster) if effect == "refused"]


def test_all_that_is_wrong_with_a_row_is_named_at_once(pages: Pages, medicine: Unit, office: Account) -> None:
    read = hand_in(
        files(
            ["1,A,", "2,B,"],
            [
                "2,NONE,staff,r ,2,maybe,2024-13-01,never",
                "9,NONE,s,r,,yes,2024-02-02,2024-01-01",
                "2,MED,s,r,,yes,2024-01-01,",
            ],
            units=b"code,from,to,name,kind,parent\nX,soon,2024-02-30,,division,NONE\n",
            functions=b"person_id,function,start,end\n,,,\n",
            leaves=b"person_id,start,end\n2,2024-05-05,2024-05-01\n9,x,y\n",
        )
    )
    assert [(file, line, text.split(" ")[0]) for file, line, text in refused(read)] == [
        *(("units.csv", 2, column) for column in ("from", "to", "name", "parent")),
        *(("appointments.csv", 2, column) for column in ("role", "fte", "primary", "start", "end", "unit")),
        *(("appointments.csv", 3, column) for column in ("end", "unit", "person_id")),
        *(("functions.csv", 2, column) for column in ("person_id", "function", "start")),
        ("leaves.csv", 2, "end"),
        *(("leaves.csv", 3, column) for column in ("start", "end", "person_id")),
    ]
    told = {name: counts["refused"] for name, counts in read.counts.items() if "refused" in counts}
    assert told == {"units.csv": 1, "appointments.csv": 2, "functions.csv": 1, "leaves.csv": 2}
    page = pages.get("directory.roster", roster_id=read.id)
    assert "6 rows cannot be taken in" in page.text
    assert "primary “maybe” must be yes or no" in page.text


def test_who_refers_to_a_refused_row_is_not_blamed_for_it(app: object, medicine: Unit) -> None:
    long = "x" * 501
    read = hand_in(
        files(
            [f"1,A,{long}"],
            ["1,X,s,r,,yes,2024-01-01,", "1,MED,s,r,7,yes,2024-01-01,"],
            units=b"code,from,to,name,kind,parent\nX,,,,division,MED\n",
        )
    )
    assert [(file, line, text.split(" ")[0]) for file, line, text in refused(read)] == [
        ("units.csv", 2, "name"),
        ("people.csv", 2, "email"),
        ("appointments.csv", 3, "fte"),
    ]


def test_what_follows_a_row_that_cannot_be_read_is_said_to_be_unread(app: object, medicine: Unit) -> None:
    read = hand_in(files(["1,A", "2,B,"], ["2,MED,s,r,,yes,2024-01-01,"]))
    assert refused(read) == [("people.csv", 2, "has 2 fields, not 3; what follows was not read")]


def test_so_many_faults_are_named_and_all_rows_counted(
    app: object, medicine: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_REFUSED", 5)
    monkeypatch.setattr(rosters, "LINES_KEPT", 6)
    read = hand_in(files([f"{number},A," for number in range(4)] + [",B,"] * 7, []))
    assert len(refused(read)) == 5
    assert read.counts["people.csv"] == {"added": 4, "refused": 7}
    assert read.note == "2\N{NO-BREAK SPACE}more faults are there than are named. Put these right first."


def test_units_come_along(app: object, medicine: Unit) -> None:
    units = b"code,from,to,name,kind,parent\nONC,2024-01-01,,Oncology,department,MED\nMED,,,Medicine,department,\n"
    done = load(files(["1,A,"], ["1,ONC,s,r,,yes,2024-01-01,"], units=units))
    assert done.state is RosterState.APPLIED
    assert done.counts["units.csv"] == {"added": 1, "unchanged": 1}
    other = hand_in({"units.csv": b"code,from,to,name,kind,parent\nMED,,,Internal Medicine,department,\n"})
    assert other.state is RosterState.REFUSED


def test_a_preview_that_is_not_true_any_more_is_made_anew(app: object, medicine: Unit) -> None:
    read = hand_in(TWO)
    rosters.confirm(make.by(), read.id)
    make.person("Ada", identifier="00001", email="ada@example.edu")
    jobs.run_due()
    again = fresh(read.id)
    assert again.state is RosterState.READY
    assert again.note is not None
    assert "changed since" in again.note
    assert again.counts["people.csv"] == {"added": 1, "unchanged": 1}
    assert posts_of("00001") == []
    assert apply(again).state is RosterState.APPLIED


def test_a_job_that_ran_twice_does_nothing_more(app: object, medicine: Unit) -> None:
    done = load(TWO)
    rosters.read(done.id)
    rosters.apply(done.id)
    rosters.work()
    assert fresh(done.id).state is RosterState.APPLIED
    assert len(posts_of("00001")) == 1


def test_one_roster_at_a_time(app: object, medicine: Unit) -> None:
    read = hand_in(TWO)
    with pytest.raises(Conflict, match="Another roster"):
        rosters.hand_in(make.by(), TWO, is_complete=False)
    rosters.put_aside(make.by(), read.id)
    assert fresh(read.id).state is RosterState.DISCARDED
    with pytest.raises(Conflict):
        rosters.put_aside(make.by(), read.id)


def test_only_the_office_loads_rosters(app: object, medicine: Unit) -> None:
    champion = make.champion(medicine)
    found = account(champion.id, clock.today())
    assert found is not None
    with pytest.raises(Forbidden):
        rosters.hand_in(found.actor, TWO, is_complete=False)
    with pytest.raises(Invalid, match=r"people\.csv"):
        rosters.hand_in(make.by(), {"completions.csv": b""}, is_complete=False)


def test_old_rosters_are_put_aside(app: object, medicine: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    read = hand_in(TWO)
    rosters.forget_old()
    assert fresh(read.id).state is RosterState.READY
    later = clock.now() + rosters.KEPT_OPEN * 2
    monkeypatch.setattr(clock, "now", lambda: later)
    rosters.forget_old()
    assert fresh(read.id).state is RosterState.DISCARDED


def test_a_roster_by_page(pages: Pages, medicine: Unit, office: Account) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, content in TWO.items():
            file.writestr(f"roster/{name}", content)
        file.writestr("roster/notes.txt", "nothing")
    sent = {"archive": (io.BytesIO(archive.getvalue()), "roster.zip"), "csrf_token": pages.token()}
    page = pages._page(pages._send("POST", "/office/rosters/new", data=sent), "/office/rosters/new", 200)
    assert "It is being read." in page.text
    assert page.headers["Refresh"] == "3"
    jobs.run_due()
    ready = pages.open(page.path)
    assert "Ready: 5 added, 0 changed, 0 ended, 0 unchanged, 0 refused" in ready.text
    assert "Refresh" not in ready.headers
    pages.submit(ready, "Apply this roster")
    jobs.run_due()
    assert "Applied: 5 added" in pages.open(page.path).text
    assert "Applied" in pages.get("directory.rosters").text


def test_what_is_no_zip_is_said_so(pages: Pages, medicine: Unit, office: Account) -> None:
    empty = pages.submit(pages.get("directory.new_roster"), "Read these files", status=422)
    assert empty.errors == [rosters.NOTHING]
    sent = {"archive": (io.BytesIO(b"no zip"), "roster.zip"), "csrf_token": pages.token()}
    wrong = pages._page(pages._send("POST", "/office/rosters/new", data=sent), "/office/rosters/new", 422)
    assert wrong.errors == ["This is no zip file that can be opened."]


@pytest.mark.parametrize(
    ("packed_by", "damage"),
    [
        (zipfile.ZIP_DEFLATED, "in the data"),
        (zipfile.ZIP_STORED, "at the end of the data"),
        (zipfile.ZIP_DEFLATED, "in a name"),
        (zipfile.ZIP_LZMA, "none"),
    ],
)
def test_what_is_a_damaged_zip_is_said_so(
    pages: Pages, medicine: Unit, office: Account, packed_by: int, damage: str
) -> None:
    sent = {"archive": (io.BytesIO(damaged(packed_by, damage)), "roster.zip"), "csrf_token": pages.token()}
    wrong = pages._page(pages._send("POST", "/office/rosters/new", data=sent), "/office/rosters/new", 422)
    assert wrong.errors == ["This is no zip file that can be opened."]


def damaged(packed_by: int, where: str) -> bytes:
    """A zip file with one file, and something wrong in it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", packed_by) as file:
        file.writestr("people.csv", "person_id,name,email\n" * 100)
    content = bytearray(archive.getvalue())
    directory = content.rfind(b"PK\x01\x02")
    if where == "in the data":
        content[30 + len("people.csv")] = 0xFF  # a kind of block that there is none of
    elif where == "at the end of the data":
        content[directory + 20 : directory + 28] = (100_000).to_bytes(4, "little") * 2
    elif where == "in a name":
        content[directory + 9] |= 0x08  # it says to be in UTF-8
        content[directory + 46] = 0xFF
    return bytes(content)


def test_the_auditor_sees_rosters_and_applies_none(pages: Pages, medicine: Unit) -> None:
    read = hand_in(TWO)
    pages.sign_in(make.account(Role.AUDITOR))
    page = pages.get("directory.roster", roster_id=read.id)
    assert "Apply" not in page.texts("button")
    pages.get("directory.new_roster", status=403)


# The rules


class Says:
    """Something that says something."""

    def __init__(self, said: PostSaid) -> None:
        self.said = said


days = st.integers(1, 40)
posts = st.builds(
    lambda unit, primary, first, length: PostSaid(unit, "staff", "manager", None, primary, first, first + length),
    st.sampled_from(["A", "B"]),
    st.booleans(),
    days,
    days,
)


@given(st.lists(posts, max_size=6), st.lists(posts, max_size=6))
def test_every_row_is_met_once_or_left(now: list[PostSaid], wanted: list[PostSaid]) -> None:
    there, given_ = [Says(said) for said in now], [Says(said) for said in wanted]
    pairs, left, new = meet(there, given_, POST_KEYS, lambda said: (said.unit, said.is_primary))
    assert {id(one) for one, _ in pairs} | {id(one) for one in left} == {id(one) for one in there}
    assert {id(one) for _, one in pairs} | {id(one) for one in new} == {id(one) for one in given_}
    assert len(pairs) + len(left) == len(there)
    assert len(pairs) + len(new) == len(given_)


@given(st.lists(posts, max_size=6))
def test_the_same_rows_meet_themselves(said: list[PostSaid]) -> None:
    pairs, left, new = meet(
        [Says(one) for one in said], [Says(one) for one in said], POST_KEYS, lambda one: (one.unit, one.is_primary)
    )
    assert (left, new) == ([], [])
    assert all(one.said == other.said for one, other in pairs)


@given(posts, st.lists(posts, max_size=4), days)
def test_a_post_that_ends_keeps_at_least_a_day(said: PostSaid, wanted: list[PostSaid], today: int) -> None:
    last = last_day_without(said, wanted, today)
    assert (last is None) == (said.first >= today)
    assert last is None or said.first <= last


@pytest.mark.parametrize(("ending", "here", "many"), [(0, 0, False), (1, 10, False), (11, 100, True), (1, 0, True)])
def test_more_than_a_tenth_is_many(ending: int, here: int, many: bool) -> None:
    assert is_many(ending, here) is many


def test_leaves_of_a_complete_roster_end(app: object, medicine: Unit) -> None:
    open_leave = files(["1,A,"], ["1,MED,s,r,,yes,2024-01-01,"], leaves=b"person_id,start,end\n1,2024-02-01,\n")
    load(open_leave)
    back = files(["1,A,"], ["1,MED,s,r,,yes,2024-01-01,"], leaves=b"person_id,start,end\n")
    load(back)
    assert db.session.scalars(select(Leave.ends_on)).all() == [None]
    load(back, is_complete=True)
    assert db.session.scalars(select(Leave.ends_on)).all() == [make.day(1)]


def test_a_roster_that_is_refused_steps_aside(pages: Pages, medicine: Unit, office: Account) -> None:
    refused = hand_in(files(["00001,Ada,"], ["00001,NONE,staff,clinical,1,yes,2024-01-01,"]))
    assert refused.state is RosterState.REFUSED
    assert "Hand in a roster" in pages.get("directory.rosters").text
    assert "Hand in the corrected files" in pages.get("directory.roster", roster_id=refused.id).text
    right = hand_in(TWO)
    assert right.state is RosterState.READY
    assert fresh(refused.id).state is RosterState.DISCARDED


def test_the_files_of_today_change_nothing_when_handed_in(pages: Pages, medicine: Unit, office: Account) -> None:
    load(TWO)
    units.create(make.by(), NewUnit("ONC", "=Oncology", "division", "MED"), on=make.day(20))
    units.rename(make.by(), "ONC", name="Onclogy", kind="division", on=make.day(10))
    units.correct(make.by(), "ONC", name="Oncology, new", kind="division", parent="MED", on=make.day(9))
    units.close(make.by(), "SURG", on=make.day(-30))
    packed = pages.download("/office/rosters/files.zip").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        again = {name: archive.read(name) for name in archive.namelist()}
    read = hand_in(again, is_complete=True)
    assert lines(read) == []
    assert read.counts == {"units.csv": {"unchanged": 5}} | {name: {"unchanged": n} for name, n in ROWS.items()}


def test_a_file_parted_by_semicolons_is_told_so(app: object, medicine: Unit) -> None:
    read = hand_in({"people.csv": b"\xef\xbb\xbfperson_id;name;email\r\n1;Ada;\r\n"})
    why = "parts its columns by semicolons; they have to be parted by commas; what follows was not read"
    assert lines(read) == [("refused", "people.csv", 1, why)]
