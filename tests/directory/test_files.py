"""The tree and the waivers as files to keep."""

import csv
import io
from datetime import timedelta

from tests.support import make
from tests.support.pages import Pages
from tracker.core import clock
from tracker.core.actor import Role
from tracker.progress.commands import waivers
from tracker.progress.commands.waivers import Grant


def rows(pages: Pages, path: str) -> list[dict[str, str]]:
    """The lines of a CSV."""
    return list(csv.DictReader(io.StringIO(pages.download(path).text)))


def test_the_tree_of_a_day_is_a_file(pages: Pages) -> None:
    school = make.unit("School", kind="school", code="SOM")
    make.person(unit=make.unit("=Medicine", parent=school, code="MED"))
    pages.sign_in(make.account(Role.AUDITOR))
    day = (clock.today() + timedelta(days=1)).isoformat()
    found = rows(pages, f"/office/units.csv?as_of={day}")
    assert [(row["unit"], row["parent"], row["people"], row["as_of"]) for row in found] == [
        ("SOM", "", "1", day),
        ("MED", "SOM", "1", day),
    ]
    assert found[1]["name"] == "'=Medicine"
    assert pages.download("/office/units.xlsx").data[:2] == b"PK"
    assert pages.download("/office/units.csv?as_of=never", status=422).status_code == 422


def test_the_waivers_are_a_file_with_reasons_for_the_office_alone(pages: Pages) -> None:
    unit = make.unit("Medicine", code="MED")
    make.requirement(make.module())
    ada = make.person("Ada", unit=unit, identifier="0007")
    waivers.waive_many(make.by(), [ada.id], Grant(None, None, clock.today(), None, "abroad", "the dean"))
    for role, reason in ((Role.OFFICE, "abroad"), (Role.AUDITOR, "")):
        pages.sign_in(make.account(role))
        (row,) = rows(pages, "/office/waivers.csv")
        assert (row["person_id"], row["approved_by"], row["reason"]) == ("0007", "the dean", reason)
        assert row.get("note", "") == ("" if reason else "the reason is read by the office alone")
    assert pages.download("/office/waivers.xlsx").data[:2] == b"PK"
