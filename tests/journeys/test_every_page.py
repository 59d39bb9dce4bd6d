"""Every page for everybody who may open it: nothing that axe finds, nothing on the console, nothing too wide.

The list is the table of rights (tests/guards/rights.txt) with the people and records of the sample institution; what
only a deed leads to is in test_every_state.py.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from tests.guards.test_routes import TABLE
from tests.journeys.conftest import Arrive
from tests.support.browser import Installation, Visitor, overflow, violations

WHO = {
    "learner": "Nadia Khoury",
    "leaver": "Ingrid Hallberg",
    "champion": "Esteban Figueroa",
    "office": "Marisol Rentería",
    "auditor": "internal.audit@example.edu",
    "administrator": "waymark.admin@example.edu",
    "nobody": None,
}
DOWNLOADS = (".csv", ".ics", ".pdf", ".zip")
SHOWN = {"200", "409", "410"}
NARROW = 320
NOT_HERE = ("{link}", "{deed}", "{message}", "{dispute}", "{waiver}", "{evidence}", "{private_evidence}", "{stands_in}")
"""What the sample has none of: those pages are seen on the way, where they come up."""


@pytest.fixture(scope="module")
def names(sample: Installation) -> Mapping[str, object]:
    """What the addresses of the table name, in the sample institution."""
    with closing(sqlite3.connect(sample.folder / "instance" / "waymark.db")) as database:

        def one(query: str, *values: object) -> object:
            return database.execute(query, values).fetchone()[0]

        person = one("SELECT id FROM person WHERE name = ?", WHO["learner"])
        of_hers = "FROM completion WHERE person_id = ? AND course = ? ORDER BY completed_on DESC"
        return {
            "person": person,
            "leaver": one("SELECT id FROM person WHERE name = ?", WHO["leaver"]),
            "claim": one(f"SELECT id {of_hers}", person, "USR-CLIN-2"),
            "claim_receipt": one(f"SELECT reference {of_hers}", person, "USR-CLIN-2"),
            "done": one(f"SELECT id {of_hers}", person, "RESPECT"),
            "done_receipt": one(f"SELECT reference {of_hers}", person, "RESPECT"),
            "private_receipt": one(f"SELECT reference {of_hers}", person, "DIV-1"),
            "requirement": one("SELECT id FROM requirement WHERE code = 'YEARLY'"),
            "optional": one("SELECT id FROM requirement WHERE code = 'READING'"),
            "module": one("SELECT id FROM module WHERE code = 'RESPECT'"),
            "module_code": "RESPECT",
            "target": one("SELECT id FROM target WHERE unit_code = 'MED'"),
            "term": one(
                "SELECT id FROM champion WHERE person_id = (SELECT id FROM person WHERE name = ?)", WHO["champion"]
            ),
        }


def addresses(role: str) -> list[str]:
    """The pages of the table that somebody may open in the sample institution."""
    return [address for (address, whose), outcome in OUTCOMES.items() if whose == role and outcome in SHOWN]


OUTCOMES = {
    (line.address, role): line.outcomes[role]
    for line in TABLE
    for role in WHO
    if line.method == "GET" and not any(part in line.address for part in (*DOWNLOADS, *NOT_HERE))
}
FIRST = {address: role for role in reversed(WHO) for address in addresses(role)}
"""Who looks at each page in the dark too: one of those who may open it."""


@pytest.mark.parametrize("role", WHO)
def test_every_page_is_sound(arrive: Arrive, names: Mapping[str, object], role: str) -> None:
    visitor = arrive()
    if (name := WHO[role]) is not None:
        visitor.enter(name)
    problems: list[str] = []
    for address in addresses(role):
        answer = visitor.page.goto(address.format(**names))
        assert answer is not None
        assert answer.status == int(OUTCOMES[address, role]), address
        problems += [f"{address}: {found}" for found in faults(visitor, in_the_dark=FIRST[address] == role)]
    assert not problems, "\n".join(problems)


def faults(visitor: Visitor, *, in_the_dark: bool = False) -> Iterator[str]:
    """What is wrong with the page that a visitor has before her: wide and in light, narrow, and in dark if wanted.

    What stands in panels is looked at too.
    """
    page = visitor.page
    page.evaluate("for (const panel of document.querySelectorAll('main details')) panel.open = true")
    yield from violations(page)
    page.set_viewport_size({"width": NARROW, "height": 740})
    if wider := overflow(page):
        yield f"{wider} pixels wider than a window of {NARROW}"
    if in_the_dark:
        page.emulate_media(color_scheme="dark")
        yield from (f"dark and narrow: {found}" for found in violations(page))
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_fault_is_found(arrive: Arrive) -> None:
    """The instruments work: axe, the measure, and the ear at the console."""
    visitor = arrive()
    visitor.page.goto("/sign-in")
    visitor.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    visitor.page.evaluate("document.querySelector('h1').style.minWidth = '2000px'")
    found = list(faults(visitor))
    assert found[0].startswith("image-alt")
    assert found[-1].endswith(f"wider than a window of {NARROW}")

    with visitor.page.expect_console_message():
        visitor.page.evaluate(
            "document.body.append(Object.assign(document.createElement('img'), {src: 'https://x.invalid/'}))"
        )
    assert any("Content Security Policy" in problem for problem in visitor.watch.problems)
    visitor.watch.problems.clear()
