"""Five years of one person under a proposed rule."""

from dataclasses import replace

import pytest

from tests.programme.conftest import Small
from tests.support import make
from tests.support.pages import Page, Pages
from tracker.curriculum.queries import curriculum
from tracker.programme.commands import proposing


@pytest.fixture
def proposal(small: Small) -> int:
    """The yearly course becomes required, due after 90 days, and again after 24 months."""
    found = curriculum()
    strict = replace(found.requirements[0], level="required", due={"days_after_start": 90}, repeat={"months": 24})
    return proposing.propose_file(make.by(), replace(found, requirements=(strict,)))


def periods(page: Page) -> list[str]:
    """The lines of the table."""
    return page.texts(".lane tbody tr")


def test_a_real_person_is_found_by_identifier_or_name(office: Pages, small: Small, proposal: int) -> None:
    for typed in (small.people[0].identifier, "person a"):
        found = office.get("programme.sample", proposal_id=proposal, query={"q": typed})
        assert found.texts("h2")[0].startswith("Person A, ")
    several = office.get("programme.sample", proposal_id=proposal, query={"q": "Person"})
    one = office.open(several.link("Person B"))
    assert [" Expired" in line for line in periods(one)] == [False, True]
    nobody = office.get("programme.sample", proposal_id=proposal, query={"q": "nobody like this"})
    assert "Nobody has this identifier or name." in nobody.text


def test_somebody_made_up_joins_on_a_day(office: Pages, small: Small, proposal: int) -> None:
    joins = make.day(-20)
    asked = {"category": "staff", "role": "manager", "unit": "surgery", "joined": joins.isoformat()}
    page = office.get("programme.sample", proposal_id=proposal, query=asked)
    lines = [line.replace("\xa0", " ") for line in periods(page)]
    assert ["overdue" in line.lower() for line in lines] == [False, False, True]
    assert len(page.html.select(".lane-strip")) == 2


def test_what_is_wrong_is_said_at_its_field(office: Pages, small: Small, proposal: int) -> None:
    asked = {"category": "staff", "role": "", "unit": "Nowhere", "joined": "2026-01-01"}
    page = office.get("programme.sample", proposal_id=proposal, query=asked, status=422)
    assert page.errors == ["Enter a role"]
    page = office.get("programme.sample", proposal_id=proposal, query={**asked, "role": "x"}, status=422)
    assert "“Nowhere” is neither" in page.errors[0]
    office.get("programme.sample", proposal_id=proposal, query={"person": "999999"}, status=404)
    office.get("programme.sample", proposal_id=proposal, query={"requirement": "NONE"}, status=404)


def test_a_saved_change_is_drawn_as_it_stands(office: Pages, small: Small, proposal: int) -> None:
    proposing.save(make.by(), proposal)
    query = {"person": str(small.people[0].id)}
    page = office.get("programme.sample", proposal_id=proposal, query=query)
    assert "This change was saved on" in page.text
    assert "With the change" not in page.text
    assert len(page.html.select(".lane-strip")) == 1
