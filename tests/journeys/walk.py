"""The walk: every page of the sample institution, by the table of rights (tests/guards/rights.txt), for each role."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

from playwright.sync_api import Response

from tests.guards.test_routes import TABLE
from tests.support.browser import Installation, Visitor

WHO = {
    "learner": "Nadia Khoury",
    "leaver": "Ingrid Hallberg",
    "champion": "Esteban Figueroa",
    "office": "Marisol Rentería",
    "auditor": "internal.audit@example.edu",
    "administrator": "waymark.admin@example.edu",
    "nobody": None,
}
DOWNLOADS = (".csv", ".ics", ".pdf", ".toml", ".txt", ".xlsx", ".zip")
SHOWN = {"200", "409", "410"}
NOT_HERE = (
    *("{link}", "{deed}", "{message}", "{dispute}", "{waiver}", "{evidence}", "{private_evidence}", "{stands_in}"),
    *("{sealed}", "{mailing}", "{override}", "{proposal}", "{state}", "{change}", "{filter}", "{roster}", "{waived}"),
)
"""What the sample has none of: those pages are seen on the way, where they come up."""
CALLED_HERE = {"/START": "/USR-START"}
"""What the sample calls otherwise than the small world of the table."""
OUTCOMES = {
    (line.address, role): line.outcomes[role]
    for line in TABLE
    for role in WHO
    if line.method == "GET" and not any(part in line.address for part in (*DOWNLOADS, *NOT_HERE))
}
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')


def addresses(role: str) -> list[str]:
    """The pages of the table that somebody may open in the sample institution."""
    return [address for (address, whose), outcome in OUTCOMES.items() if whose == role and outcome in SHOWN]


FIRST = {address: role for role in reversed(WHO) for address in addresses(role)}
"""Who looks at each page first: one of those who may open it."""


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
            "post": one("SELECT id FROM appointment WHERE person_id = ? AND is_primary", person),
            "term": one(
                "SELECT id FROM champion WHERE person_id = (SELECT id FROM person WHERE name = ?)", WHO["champion"]
            ),
        }


def path_of(address: str, found: Mapping[str, object]) -> str:
    """An address of the table as it is here."""
    for there, here in CALLED_HERE.items():
        address = address.replace(there, here)
    return address.format(**found)


def walk(visitor: Visitor, role: str, found: Mapping[str, object]) -> Iterator[tuple[str, Response]]:
    """Go from page to page as somebody; the address in the table, and the answer."""
    if (name := WHO[role]) is not None:
        visitor.enter(name)
    for address in addresses(role):
        answer = visitor.page.goto(path_of(address, found))
        assert answer is not None
        assert answer.status == int(OUTCOMES[address, role]), address
        yield address, answer


def content(visitor: Visitor) -> str:
    """What a page shows below its head, without the tokens that differ from visit to visit."""
    return TOKEN.sub("", visitor.page.locator("main").evaluate("main => main.outerHTML"))
