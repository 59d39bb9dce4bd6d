"""What a request can be about, who answers it and how, and until when a day can be disputed. Pure."""

from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What somebody asks for. The last two are for champions, about the people of their units."""

    DISPUTE = "dispute"
    OLDER = "older"
    EQUIVALENCE = "equivalence"
    WAIVER = "waiver"
    ACCOMMODATION = "accommodation"
    NOT_OURS = "not-ours"
    MISSING = "missing"


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    ANSWERED = "answered"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


REPORTS = frozenset({Kind.NOT_OURS, Kind.MISSING})
"""What a champion reports about her units' people."""
CHAMPIONS_ANSWER = frozenset({Kind.DISPUTE})
"""What the champions of somebody's home may answer too; everything else is for the office alone."""
FOR_THE_OFFICE_ALONE = frozenset({Kind.WAIVER, Kind.ACCOMMODATION})
"""Whose words nobody reads but the office: they may touch on health in spite of all."""
MAKES_COMPLETION = frozenset({Kind.EQUIVALENCE, Kind.OLDER})
"""What, once granted, is a completion."""
TAKES_EVIDENCE = MAKES_COMPLETION | {Kind.DISPUTE}
"""With what a file or a link can be given. Waivers and accommodations take none: it would speak of health."""
ASKED_ONCE = frozenset({Kind.DISPUTE, Kind.OLDER})
"""What is asked once of one thing and one day, until it is settled."""
GRANTED_OR_DECLINED = MAKES_COMPLETION | {Kind.WAIVER}
OUTCOMES = (State.ANSWERED, State.GRANTED, State.DECLINED)


def outcomes_of(kind: Kind) -> frozenset[State]:
    """How a request of a kind can be answered: by granting or declining it, or with words alone."""
    return frozenset({State.GRANTED, State.DECLINED} if kind in GRANTED_OR_DECLINED else {State.ANSWERED})


def needs_words(outcome: State) -> bool:
    """Whether an answer has to say something: all but a plain yes has."""
    return outcome is not State.GRANTED


def kinds_open_to(*, champions_units: bool) -> tuple[Kind, ...]:
    """What somebody may ask, in the order in which it is offered."""
    return tuple(kind for kind in Kind if champions_units or kind not in REPORTS)


def first_disputable(today: date, window_days: int) -> date:
    """The earliest day that can still be disputed."""
    return today - timedelta(days=window_days)
