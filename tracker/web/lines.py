"""What components of lists draw, whatever feature a list is of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list of people: who, where her page is, what stands below her name; and, in a list about something
    that is asked, where she stands, in a word and in a text of its own, and the day that goes with it."""

    id: int
    name: str
    url: str
    detail: str
    status: str | None = None
    status_text: str | None = None
    when: str | None = None
