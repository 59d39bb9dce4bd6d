"""What sign-in lists say of whom, in the shapes in which they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dashboards.sign_in_lists import Entry, Unreadable, canonical, decoded, entries, spellings

ADA = Entry("", "ada@example.edu", "Ada Nwosu")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("000123", [Entry("000123", "", "000123")]),
        (
            "000123, ada@example.edu; x",
            [Entry("000123", "", "000123"), Entry("", "ada@example.edu"), Entry("x", "", "x")],
        ),
        ("Ada Nwosu <ada@example.edu>; Bo", [ADA, Entry("Bo", "", "Bo")]),
        ("Nwosu, Ada", [Entry("", "", "Nwosu, Ada")]),
        ("Name,E-mail\nAda Nwosu,ada@example.edu", [ADA]),
        ("\ufeffE-MAIL;NAME\r\nada@example.edu;Ada Nwosu\r\n", [ADA]),
        ("First name\tLast name\tEmail\nAda\tNwosu\tada@example.edu", [ADA]),
        ('Name,Email\n"Nwosu, Ada",ada@example.edu', [Entry("", "ada@example.edu", "Nwosu, Ada")]),
        ("Employee ID,Name\n007,Bo\n007,Bo again", [Entry("007", "", "Bo")]),
        (
            "Meeting ID,Topic,User Email\n1,Talk,host@example.edu\n\n"
            "Name (Original Name),User Email,Join Time\nAda Nwosu,ada@example.edu,1\nada,ADA@example.edu,2\nBo (B),,3",
            [ADA, Entry("", "", "Bo (B)")],
        ),
        (
            "1. Summary\nMeeting title\tTalk\nAttended participants\t1\n\n2. Participants\n"
            "Name\tFirst Join\tEmail\tParticipant ID (UPN)\tRole\nAda Nwosu\t1\tada@example.edu\tada@x.edu\tPresenter\n"
            "\n3. In-Meeting Activities\nName\tJoin Time\nSomebody Else\t1",
            [ADA],
        ),
        ("", []),
        ("  \n,;\t", []),
        ("Name,Email\n", []),
    ],
)
def test_shapes(text: str, found: list[Entry]) -> None:
    assert entries(text) == found


@given(st.lists(st.builds(Entry, st.sampled_from(["", "1", "a b"]), st.sampled_from(["", "a@b"]), st.text(max_size=9))))
def test_what_a_page_carries_of_a_list_reads_back_alike(given_entries: list[Entry]) -> None:
    once = entries(canonical(given_entries))
    assert entries(canonical(once)) == once


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


def test_names_are_looked_for_as_they_may_stand() -> None:
    assert spellings("Nwosu, Ada (she)") >= {"ada nwosu", "she"}
    assert spellings("Ada N. (Ada Nwosu)") >= {"ada nwosu", "ada n."}
    assert spellings("") == set()
