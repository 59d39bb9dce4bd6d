"""The lines of lists on the pages of claims that wait."""

from dataclasses import dataclass
from datetime import date

from tracker.core.words import day as shown_day
from tracker.progress.queries.claims import Claim, Earlier
from tracker.progress.routes.lines import Line
from tracker.progress.routes.wording import home_of, how_text, waits
from tracker.progress.rules import State


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A claim in the list of those that wait."""

    id: int
    person: str
    home: str
    title: str
    said: str
    waits: str
    note: str | None
    already: str | None


def claim_card(claim: Claim, today: date, counts_since: date | None) -> ClaimCard:
    """A claim as the list shows it."""
    said = f"finished on {shown_day(claim.completed_on)}"
    if how := how_text(claim.how):
        said = f"{said}, {how}"
    return ClaimCard(
        claim.id,
        claim.person,
        home_of(claim),
        claim.title,
        said,
        f"Waiting {waits(claim, today)}",
        claim.note,
        already_counts(counts_since),
    )


def already_counts(since: date | None) -> str | None:
    """What is said of a claim that changes nothing any more, as its module has been done otherwise."""
    return f"The module already counts since {shown_day(since)}, without this claim." if since else None


def earlier_line(one: Earlier) -> Line:
    """Another completion of the module a claim is about."""
    shape, words = EARLIER[one.state]
    return Line(shape, one.title, "", shown_day(one.completed_on), words)


EARLIER = {
    State.VERIFIED: ("satisfied", "Verified"),
    State.CLAIMED: ("pending", "Claimed"),
    State.REJECTED: ("waived", "Not verified, withdrawn or struck out"),
}
