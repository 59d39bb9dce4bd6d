"""Who can sign in to the sample institution."""

import csv
from pathlib import Path
from typing import NamedTuple

from .plan import load_accounts, load_cast


class SampleAccount(NamedTuple):
    """An account: its address, its kind, whose it is (if a person's), and what it shows.

    The kinds are learner, champion, office, auditor and administrator. What a champion may see follows from
    champions.csv; somebody whose term is over is a learner like any other.
    """

    email: str
    role: str
    person_id: str | None
    description: str


def sample_accounts(folder: Path) -> list[SampleAccount]:
    """The accounts for a folder that `write_sample` wrote."""
    with (folder / "people.csv").open(encoding="utf-8", newline="") as file:
        people = {row["name"]: row for row in csv.DictReader(file)}
    named = [
        SampleAccount(people[one.name]["email"], one.account, people[one.name]["person_id"], one.about)
        for one in load_cast()
        if one.account
    ]
    others = [SampleAccount(one.email, one.account, None, one.about) for one in load_accounts()]
    return named + others
