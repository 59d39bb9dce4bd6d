"""The words of explanations: whom they speak to, and how days, numbers and lists read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.progress.rules import Status

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STATUSES = {
    Status.WAIVED: "waived",
    Status.ON_LEAVE: "on leave",
    Status.SATISFIED: "satisfied",
    Status.PENDING: "pending",
    Status.EXPIRED: "expired",
    Status.OVERDUE: "overdue",
    Status.DUE_SOON: "due soon",
    Status.NOT_STARTED: "not started",
}


class Voice(StrEnum):
    """Whether an explanation speaks to the person it is about, or to somebody else."""

    TO_THEM = "to-them"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Person:
    """What the person an explanation is about is called in its sentences."""

    voice: Voice
    name: str

    @property
    def who(self) -> str:
        """The person inside a sentence."""
        return "you" if self.voice is Voice.TO_THEM else self.name

    @property
    def whose(self) -> str:
        """What is the person's, inside a sentence."""
        return "your" if self.voice is Voice.TO_THEM else f"{self.name}\N{RIGHT SINGLE QUOTATION MARK}s"

    @property
    def who_is(self) -> str:
        """The person and the verb, inside a sentence."""
        return "you are" if self.voice is Voice.TO_THEM else f"{self.name} is"

    @property
    def who_has(self) -> str:
        """The person and that she has something, inside a sentence."""
        return "you have" if self.voice is Voice.TO_THEM else f"{self.name} has"


def sentence(text: str) -> str:
    """A sentence that may begin with "you": those words get their capital, names and codes stay as they are."""
    return f"Y{text[1:]}" if text.startswith(("you ", "your ")) else text


def on(day: int) -> str:
    """A day as people read it: 21 Nov 2026."""
    found = date.fromordinal(day)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 day, 30 days."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as they stand in a sentence: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def quoted(title: str) -> str:
    """A title inside a sentence."""
    return f"“{title}”"
