"""What sign-in lists say of whom, in the shapes in which they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dashboards.sign_in_lists import (
    MOST_SPELLINGS,
    Entry,
    Row,
    Unreadable,
    canonical,
    decoded,
    joined,
    rows,
    spellings,
)

ADA = Entry("", "ada@example.edu", "Ada Nwosu")
SEVEN = Entry("007", "", "007")


def each(*entries: Entry) -> list[Row]:
    """Rows of a single entry."""
    return [Row((entry,)) for entry in entries]


def beside(line: str, first: str) -> Row:
    """A line beside a table that begins with these words."""
    return Row((Entry(first, "", first),), beside=line)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("000123", each(Entry("000123", "", "000123"))),
        (
            "000123, ada@example.edu; x",
            [Row((Entry("000123", "", "000123"), Entry("", "ada@example.edu"), Entry("x", "", "x")))],
        ),
        ("Ada Nwosu <ada@example.edu>; Bo", [Row((ADA, Entry("Bo", "", "Bo")))]),
        ("000123\tAda Nwosu", [Row((Entry("000123", "", "000123"), Entry("Ada Nwosu", "", "Ada Nwosu")))]),
        (
            "007\n008, 007\n007",
            [Row((Entry("007", "", "007"),), 2), Row((Entry("008", "", "008"), Entry("007", "", "007")))],
        ),
        ("x,x", each(Entry("x", "", "x"))),
        ("Nwosu, Ada", each(Entry("", "", "Nwosu, Ada"))),
        ("Name,E-mail\nAda Nwosu,ada@example.edu", each(ADA)),
        ("\ufeffE-MAIL;NAME\r\nada@example.edu;Ada Nwosu\r\n", each(ADA)),
        ("First name\tLast name\tEmail\nAda\tNwosu\tada@example.edu", each(ADA)),
        ('Name,Email\n"Nwosu, Ada",ada@example.edu', each(Entry("", "ada@example.edu", "Nwosu, Ada"))),
        ("Employee ID,Name\n007,Bo\n007,Bo again", [Row((Entry("007", "", "Bo"),), 2)]),
        (
            "Meeting ID,Topic,User Email\n1,Talk,host@example.edu\n\n"
            "Name (Original Name),User Email,Join Time\nAda Nwosu,ada@example.edu,1\nada,ADA@example.edu,2\nBo (B),,3",
            [
                Row((ADA,), 2),
                Row((Entry("", "", "Bo (B)"),)),
                Row((), beside="Meeting ID, Topic, User Email"),
                Row((), beside="1, Talk, host@example.edu"),
            ],
        ),
        (
            "1. Summary\nMeeting title\tTalk\nAttended participants\t1\n\n2. Participants\n"
            "Name\tFirst Join\tEmail\tParticipant ID (UPN)\tRole\nAda Nwosu\t1\tada@example.edu\tada@x.edu\tPresenter\n"
            "\n3. In-Meeting Activities\nName\tJoin Time\nSomebody Else\t1",
            [
                *each(ADA),
                beside("1. Summary", "Summary"),
                beside("Meeting title, Talk", "Meeting title"),
                beside("Attended participants, 1", "Attended participants"),
                beside("2. Participants", "Participants"),
                beside("3. In-Meeting Activities", "In-Meeting Activities"),
                beside("Name, Join Time", "Name"),
                beside("Somebody Else, 1", "Somebody Else"),
            ],
        ),
        (
            "Identifier\tTimes listed\n007\t3\n008\tmany\n009\t0",
            [Row((Entry("007"),), 3), *each(Entry("008"), Entry("009"))],
        ),
        (
            "Name,E-mail\nAda Nwosu,ada@example.edu\n\nBo Ek,bo@example.edu",
            each(ADA, Entry("", "bo@example.edu", "Bo Ek")),
        ),
        ("Name\nBo Ek\n\nCleo Ruiz", each(Entry("", "", "Bo Ek"), Entry("", "", "Cleo Ruiz"))),
        (
            "007\nada@example.edu\nName\nBo Ek",
            [
                *each(Entry("", "", "Bo Ek")),
                beside("007", "007"),
                Row((Entry("", "ada@example.edu"),), beside="ada@example.edu"),
            ],
        ),
        ("Bo Ek\nEmail", [beside("Bo Ek", "Bo Ek")]),
        ("Seat,Name\n7,Bo Ek\n8", [*each(Entry("", "", "Bo Ek")), beside("8", "8")]),
        (
            "Name,E-mail\nAda Nwosu,ada@example.edu\n\nActivities\nAda Nwosu,raised a hand\nADA@example.edu,left",
            [*each(ADA), beside("Activities", "Activities")],
        ),
        ("Thakkar, Aditi; staff", [Row((Entry("", "", "Thakkar, Aditi"), Entry("staff", "", "staff")))]),
        ("Nadia Khoury, MD", each(Entry("", "", "Nadia Khoury, MD"))),
        ("1. Ada Nwosu\n2) 007", each(Entry("Ada Nwosu", "", "Ada Nwosu"), SEVEN)),
        ("jdoe, \nx, y", [*each(Entry("jdoe", "", "jdoe")), *each(Entry("", "", "x, y"))]),
        ("", []),
        ("  \n,;\t", []),
        ("Name,Email\n", []),
    ],
)
def test_shapes(text: str, found: list[Row]) -> None:
    assert rows(text) == found


ENTRIES = st.builds(Entry, st.sampled_from(["", "1", "a b"]), st.sampled_from(["", "a@b"]), st.text(max_size=9))


@given(st.lists(st.builds(Row, st.tuples(ENTRIES), st.integers(1, 3))))
def test_what_a_page_carries_of_a_list_reads_back_alike(given_rows: list[Row]) -> None:
    once = rows(canonical(given_rows))
    assert rows(canonical(once)) == once


@pytest.mark.parametrize(
    "text",
    [
        "Meeting ID,Topic,User Email\n1,Talk,host@example.edu\n\nName,User Email\nAda,ada@example.edu\nBo,\n",
        "007\nada@example.edu, guest\nName\nBo Ek\n\nTotal, 3\n",
    ],
)
def test_lines_beside_a_table_go_along(text: str) -> None:
    found = rows(text)
    assert any(row.beside for row in found)
    assert rows(canonical(found)) == found


@pytest.mark.parametrize(
    ("typed", "filed", "found"),
    [
        ("", " 007, Ada \n\n", "007, Ada"),
        ("008", "007\nBo", "008\n007\nBo"),
        (
            "008",
            "E-mail\nada@example.edu\nada@example.edu",
            rows("Identifier,E-mail,Name,Times listed\n008,,008\n,ada@example.edu,,2"),
        ),
        ("", "E-mail,Seat\nada@example.edu,7", rows("E-mail\nada@example.edu")),
    ],
)
def test_what_is_typed_and_a_file_make_one_list(typed: str, filed: str, found: str | list[Row]) -> None:
    whole = joined(typed, filed)
    assert whole == found if isinstance(found, str) else rows(whole) == found
    assert "Seat" not in whole


@pytest.mark.parametrize("text", ["Zoë", "Nguyễn", "plain"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark"])
def test_encodings_that_name_themselves(text: str, encoding: str) -> None:
    content = b"\xff\xfe" + text.encode("utf-16-le") if encoding.endswith("mark") else text.encode(encoding)
    assert decoded(content) == (text, None)


def test_any_other_is_guessed_and_said() -> None:
    text, note = decoded("Zoë".encode("cp1252"))
    assert text == "Zoë"
    assert note is not None


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1", b"a\0b", b"x" * 2_000_001])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        decoded(content)


@pytest.mark.parametrize(
    "name",
    [
        *("Ada Nwosu", "ADA  NWOSU", "Nwosu, Ada", "Nwosu Ada", "Ada Nwosu (she)", "Ada N. (Ada Nwosu)"),
        *("Ada Nwosu, MD", "Ada Nwosu MD, PhD", "Nwosu, Ada, M.D.", "Dr. Ada Nwosu", "Prof Dr Ada Nwosu, MPH (she)"),
        *("1. Ada Nwosu", "12) Nwosu, Ada", "3 Ada Nwosu", "- Ada Nwosu"),
    ],
)
def test_a_name_is_found_as_people_write_it(name: str) -> None:
    assert "ada nwosu" in spellings(name)
    assert len(spellings(name)) <= MOST_SPELLINGS


@pytest.mark.parametrize("name", ["Linh Do", "Van Der Berg, Anna", "Anna Van Der Berg"])
def test_a_name_stays_what_it_is(name: str) -> None:
    assert name.lower() in spellings(name)


def test_names_of_several_words_are_turned_round() -> None:
    assert spellings("Figueroa Santos Esteban") >= {"esteban figueroa santos", "santos esteban figueroa"}


def test_names_are_looked_for_as_they_may_stand() -> None:
    assert spellings("Nwosu, Ada (she)") >= {"ada nwosu", "she"}
    assert spellings("Ada N. (Ada Nwosu)") >= {"ada nwosu", "ada n."}
    assert spellings("") == set()
