"""Somebody stands in for a champion: on these days, with her sight and deeds, and no longer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.champions.conftest import Here, Trail, row, term_of
from tests.champions.test_terms import actor_of, iso
from tests.guards.test_routes import TABLE, send
from tests.support import make
from tests.support.clocks import pass_time
from tests.support.make import Account
from tests.support.pages import Page, Pages
from tracker.accounts.commands import make_champion
from tracker.champions import commands
from tracker.champions.models import Champion
from tracker.champions.queries import champions_of, units_championed
from tracker.core import clock
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound

OWN = ("/record", "/my-data.zip")
"""Addresses of one's own record, which nobody lends."""


@pytest.fixture
def stand_in(here: Here) -> Account:
    """Sue, at home in the division, who stands in for the champion of the department from today, for ten days."""
    sue = make.learner(here.cast.division, "Sue Substitute")
    name(here, sue)
    return sue


def name(here: Here, somebody: Account, *, first: int = 0, last: int = -9) -> int:
    """Let somebody stand in, as the champion says."""
    assert somebody.person is not None
    return commands.name_substitute(
        actor_of(here.cast.champion),
        here.term,
        somebody.person.id,
        starts_on=make.day(first),
        ends_on=make.day(last),
    )


def search(pages: Pages, who: Account, here: Here, words: str) -> Page:
    """The page to name somebody, after a search."""
    pages.sign_in(who)
    page = pages.get("champions.substitute", champion_id=here.term)
    return pages.submit(page, "Find", q=words)


def test_a_champion_names_somebody_of_her_unit(pages: Pages, here: Here, trail: Trail) -> None:
    sue = make.person("Sue Substitute", unit=here.cast.division)
    page = search(pages, here.cast.champion, here, "sue")
    done = pages.submit(page, "Name this person", person=sue.id, starts_on=iso(0), ends_on=iso(-9))
    assert done.h1 == "Cara Champion"
    assert "Sue Substitute stands in for Cara Champion until" in done.texts(".lede p")[1]
    made = db.session.scalars(select(Champion).where(Champion.person_id == sue.id)).one()
    assert (made.unit_id, made.kind, made.substitute_for_id) == (here.cast.department.id, "staff", here.term)
    assert trail("substitute.named")[0].subject == f"champion:{made.id}"


def test_a_champion_looks_among_the_people_of_her_unit_the_office_everywhere(pages: Pages, here: Here) -> None:
    far = make.person("Faye Far", unit=here.cast.elsewhere)
    assert "Nobody found" in search(pages, here.cast.champion, here, "Faye").text
    with pytest.raises(Invalid):
        commands.name_substitute(
            actor_of(here.cast.champion), here.term, far.id, starts_on=make.day(0), ends_on=make.day(-1)
        )
    page = search(pages, here.cast.office, here, "Faye")
    pages.submit(page, "Name this person", person=far.id, starts_on=iso(0), ends_on=iso(-1))


def test_a_substitute_sees_what_the_champion_sees_on_these_days_and_no_longer(
    pages: Pages, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    sue = make.learner(here.cast.division, "Sue Substitute")
    name(here, sue, first=-1, last=-3)
    for days, may in ((0, False), (1, True), (1, True), (1, True), (1, False)):
        pass_time(monkeypatch, timedelta(days=days))
        assert bool(actor_of(sue).unit_ids) is may
        pages.sign_in(sue)
        pages.get("dashboards.unit", code="CARD", status=200 if may else 403)


def test_a_substitute_may_do_what_the_champion_may(pages: Pages, here: Here, stand_in: Account) -> None:
    champion, substitute = actor_of(here.cast.champion), actor_of(stand_in)
    assert substitute.rights == champion.rights
    assert substitute.unit_ids == champion.unit_ids
    different = []
    for line in TABLE:
        if line.method != "GET" or "{" in line.address or line.address.startswith(OWN):
            continue
        outcomes = []
        for who in (here.cast.champion, stand_in):
            pages.sign_in(who)
            outcomes.append(send(pages, "GET", line.address).status_code)
        if outcomes[0] != outcomes[1]:
            different.append((line.address, outcomes))
    assert not different


def test_a_substitute_names_nobody(pages: Pages, here: Here, stand_in: Account) -> None:
    pages.sign_in(stand_in)
    page = pages.get("champions.term", champion_id=here.term)
    assert "Name who stands in" not in page.text
    pages.get("champions.substitute", champion_id=here.term, status=403)
    pages.get("champions.term", champion_id=term_of(stand_in), status=404)
    pages.get("champions.substitute", champion_id=term_of(stand_in), status=404)
    somebody = make.person(unit=here.cast.division)
    for named, refusal in ((here.term, Forbidden), (term_of(stand_in), NotFound)):
        with pytest.raises(refusal):
            commands.name_substitute(
                actor_of(stand_in), named, somebody.id, starts_on=make.day(-2), ends_on=make.day(-3)
            )
    with pytest.raises(Forbidden):
        commands.end_substitution(actor_of(stand_in), term_of(stand_in))


def test_a_champion_above_or_elsewhere_names_nobody(pages: Pages, here: Here) -> None:
    for who, status in ((here.cast.champion_above, 403), (here.cast.champion_elsewhere, 404)):
        pages.sign_in(who)
        pages.get("champions.substitute", champion_id=here.term, status=status)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (5, 2, "The last day must be today or later."),
        (0, -9_000, "The days must lie within the term."),
        (9_000, 0, "The days must lie within the term."),
        (-4, -2, "The last day must not lie before the first"),
    ],
)
def test_days_that_cannot_be(pages: Pages, here: Here, first: int, last: int, error: str) -> None:
    sue = make.person("Sue Substitute", unit=here.cast.division)
    page = search(pages, here.cast.champion, here, "sue")
    refused = pages.submit(page, "Name this person", status=422, person=sue.id, starts_on=iso(first), ends_on=iso(last))
    assert refused.errors == [error]


def test_one_at_a_time_and_nobody_who_champions_it_anyway(here: Here, stand_in: Account) -> None:
    other = make.learner(here.cast.division, "Oda Other")
    with pytest.raises(Conflict, match="Somebody stands in"):
        name(here, other, first=-9, last=-20)
    name(here, other, first=-10, last=-20)
    beside = make.champion(here.cast.department, name="Bea Beside", kind="faculty")
    with pytest.raises(Conflict, match="is champion of this unit"):
        name(here, beside, first=-30, last=-40)
    with pytest.raises(Invalid, match="Somebody else"):
        name(here, here.cast.champion, first=-30, last=-40)


def test_nobody_who_has_left_stands_in(here: Here) -> None:
    with pytest.raises(Invalid):
        name(here, here.cast.leaver)


def test_it_can_be_ended_at_once(pages: Pages, here: Here, stand_in: Account, trail: Trail) -> None:
    pages.sign_in(here.cast.champion)
    done = pages.submit(pages.get("champions.term", champion_id=here.term), "End it now: Sue Substitute")
    assert done.messages == ["From now on nobody stands in."]
    assert not actor_of(stand_in).unit_ids
    assert trail("substitute.ended")[0].before is not None


def test_days_that_are_over_stay_on_record(here: Here, stand_in: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    days = term_of(stand_in)
    pass_time(monkeypatch, timedelta(days=3))
    commands.end_substitution(actor_of(here.cast.champion), days)
    assert row(days).ends_on == clock.today() - timedelta(days=1)
    with pytest.raises(Conflict):
        commands.end_substitution(actor_of(here.cast.champion), days)


def test_substitutes_end_with_the_term(here: Here, stand_in: Account, trail: Trail) -> None:
    later = make.learner(here.cast.division, "Lee Later")
    name(here, later, first=-10, last=-20)
    commands.end_term(make.by(), here.term, on=make.day(-4))
    assert row(term_of(stand_in)).ends_on == make.day(-4)
    assert len(trail("substitute.changed")) == len(trail("substitute.ended")) == 1
    assert not actor_of(later).unit_ids


def test_substitutes_are_no_champions_of_their_own(here: Here, stand_in: Account) -> None:
    assert stand_in.person is not None
    assert units_championed(stand_in.person.id, clock.today()) == frozenset()
    make_champion(make.by(), stand_in.person.id, here.cast.department.id)
    assert units_championed(stand_in.person.id, clock.today()) == {here.cast.department.id}


def test_everybody_sees_that_she_stands_in(pages: Pages, here: Here, stand_in: Account) -> None:
    found = {one.name: one.stands_in_for for one in champions_of(here.cast.department.id, clock.today())}
    assert found["Sue Substitute"] == "Cara Champion"
    assert found["Cara Champion"] is None
    pages.sign_in(here.cast.office)
    assert "Stands in for Cara Champion as staff champion" in pages.get("dashboards.unit", code="MED").text


def test_her_people_see_that_she_stands_in(pages: Pages, here: Here, stand_in: Account) -> None:
    pages.sign_in(make.learner(here.cast.division, "Lee Learner"))
    for endpoint in ("learner.home", "learner.privacy"):
        text = pages.get(endpoint).text
        assert "Stands in as staff champion of Medicine" in text, endpoint
        assert "Staff champion of Medicine" in text, endpoint
