"""Words: each from its day on, given by the office with a preview, said wherever pages speak of the thing."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.support import cast, make, trail
from tests.support.edits import assert_told
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.accounts.queries import account
from tracker.core import clock
from tracker.core.actor import Actor, Role
from tracker.core.database import db
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.terms import queries, rules
from tracker.terms.commands import set_words, take_back_words
from tracker.terms.queries import full_name, say, word
from tracker.terms.rules import DEFAULTS, Named, Term, Words

GUIDES = Words("Equity Ambassador", "ambassador", "ambassadors")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.lists(DAYS, unique=True, max_size=5), DAYS)
def test_the_word_of_a_day_is_the_last_that_began(firsts: list[date], day: date) -> None:
    named = [Named(number, first, Words(str(first), str(first), "s")) for number, first in enumerate(sorted(firsts))]
    found = rules.words_on(named, Term.OFFICE, day)
    begun = [first for first in firsts if first <= day]
    assert found.singular == (str(max(begun)) if begun else DEFAULTS[Term.OFFICE].singular)


@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        ("champion", "a champion"),
        ("ambassador", "an ambassador"),
        ("Equity Champion", "an Equity Champion"),
        ("unit lead", "a unit lead"),
        ("honorary fellow", "an honorary fellow"),
        ("European partner", "a European partner"),
        ("helper", "a helper"),
    ],
)
def test_a_word_brings_its_article(said: str, spoken: str) -> None:
    assert rules.with_article(said) == spoken


def test_sentences_take_words_and_leave_other_braces(app: Flask) -> None:
    assert say("{A champion} writes to the {office}; {Champions} do, {people} and {0} too.") == (
        "A champion writes to the office; Champions do, {people} and {0} too."
    )


def office() -> Actor:
    found = account(make.account(Role.OFFICE).id, clock.today())
    assert found is not None
    return found.actor


def test_a_name_holds_from_its_day_on_and_what_was_issued_keeps_its_own(app: Flask) -> None:
    today = clock.today()
    set_words(office(), Term.CHAMPION, today, GUIDES)
    assert (word("champion"), word("champion", plural=True), full_name("champion")) == (
        *("ambassador", "ambassadors", "Equity Ambassador"),
    )
    assert word("champion", today - timedelta(days=1)) == "champion"
    set_words(office(), Term.CHAMPION, today + timedelta(days=10), Words("Lead", "lead", "leads"))
    assert word("champion", today + timedelta(days=9)) == "ambassador"
    assert word("champion", today + timedelta(days=10)) == "lead"
    assert queries.terms_said("Equity Champion") == queries.terms_said("LEAD") == {Term.CHAMPION}
    assert queries.terms_said("  ") == set()


def test_the_past_keeps_its_names(app: Flask) -> None:
    today, who = clock.today(), office()
    set_words(who, Term.OFFICE, date(2019, 1, 1), Words("Office of Equity", "office", "offices"))
    assert full_name("office", date(2020, 1, 1)) == "Office of Equity"
    with pytest.raises(Invalid):
        set_words(who, Term.OFFICE, today - timedelta(days=1), Words("Other", "other", "others"))
    first = queries.named()[Term.OFFICE][0].id
    with pytest.raises(Conflict):
        take_back_words(who, first)
    set_words(who, Term.OFFICE, today, Words("Other", "other", "others"))
    set_words(who, Term.OFFICE, today, Words("Another", "another", "others"))
    take_back_words(who, queries.named()[Term.OFFICE][1].id)
    assert full_name("office") == "Office of Equity"
    verbs = [verb for verb in trail.verbs() if verb.startswith("display_term.")]
    assert verbs == ["display_term.set", "display_term.set", "display_term.changed", "display_term.removed"]


def test_commands_refuse(app: Flask) -> None:
    auditor = account(make.account(Role.AUDITOR).id, clock.today())
    assert auditor is not None
    with pytest.raises(Forbidden):
        set_words(auditor.actor, Term.LEARNER, clock.today(), GUIDES)
    with pytest.raises(Forbidden):
        take_back_words(auditor.actor, 1)
    with pytest.raises(Invalid):
        set_words(office(), Term.LEARNER, clock.today(), Words("Learner", " ", "learners"))
    with pytest.raises(NotFound):
        take_back_words(office(), 9)


def test_the_office_sees_how_it_reads_before_it_saves(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("terms.change", key="champion")
    preview = pages.submit(
        page, "Show how it reads", full_name=GUIDES.full_name, singular=GUIDES.singular, plural=GUIDES.plural
    )
    rows = [[*map(str.strip, row.stripped_strings)] for row in preview.html.select("tbody tr")]
    assert ["Appoint a champion of Medicine", "Appoint an ambassador of Medicine"] in rows
    assert word("champion") == "champion"
    done = pages.submit(preview, "Save this name")
    assert done.h1 == "Words"
    assert word("champion") == "ambassador"
    after = pages.submit(done, "Take back")
    assert after.messages == ["These words are taken back."]
    assert word("champion") == "champion"
    wrong = pages.submit(pages.get("terms.change", key="learner"), "Show how it reads", status=422, singular="")
    assert wrong.errors == ["Enter the word for one"]


def test_a_preview_gives_examples_and_names_nobody(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    typed = {"full_name": GUIDES.full_name, "singular": GUIDES.singular, "plural": GUIDES.plural}
    preview = pages.submit(pages.get("terms.change", key="champion"), "Show how it reads", **typed)
    assert "For example: staff ambassador of Medicine" in preview.text
    assert "Units, days and numbers are examples." in preview.text
    assert "Figueroa" not in preview.text


def test_a_first_day_that_is_over_is_refused_before_the_preview(pages: Pages) -> None:
    set_words(office(), Term.CHAMPION, clock.today() - timedelta(days=50), GUIDES)
    pages.sign_in(make.account(Role.OFFICE))
    typed = {"full_name": "Lead", "singular": "lead", "plural": "leads"}
    day = (clock.today() - timedelta(days=1)).isoformat()
    form = pages.get("terms.change", key="champion")
    refused = pages.submit(form, "Show how it reads", status=422, **typed, starts_on=day)
    assert refused.errors == ["The first day must be today or later: what was issued keeps its name."]
    assert "Save this name" not in refused.text
    first = pages.submit(pages.get("terms.change", key="office"), "Show how it reads", **typed, starts_on=day)
    assert "Save this name" in first.text


def test_an_unchanged_name_is_said_to_change_nothing(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    same = pages.submit(pages.get("terms.change", key="champion"), "Show how it reads")
    assert "Nothing would change" in same.text
    assert "Save this name" not in same.text
    assert "How it reads" not in same.texts("h2")


def test_the_auditor_reads_the_words_and_changes_none(pages: Pages) -> None:
    pages.sign_in(make.account(Role.AUDITOR))
    page = pages.get("terms.all_terms")
    assert "Equity Champion" in page.text
    assert not page.html.select("main form")
    assert "Give another name" not in page.text


def test_pages_say_the_words_of_today(pages: Pages) -> None:
    people = cast.gather()
    set_words(office(), Term.CHAMPION, clock.today(), GUIDES)
    set_words(office(), Term.OFFICE, clock.today(), Words("Office of Belonging", "belonging office", "offices"))
    pages.sign_in(people.champion)
    page = pages.get("dashboards.coverage", code="MED")
    assert page.h1 == "Ambassadors of Medicine"
    assert page.texts(".account .quiet") == ["Equity Ambassador"]
    pages.sign_in(people.learner)
    text = pages.get("learner.privacy").text
    assert "The belonging office" in text
    assert "champion" not in text.casefold().replace("cara champion", "").replace("paula", "")
    pages.sign_in(people.office)
    assert pages.get("office.hub").h1 == "Belonging office"


def test_pages_that_were_shown_before_say_the_new_words(pages: Pages) -> None:
    """Templates are compiled once in each process: no word may be kept with them."""
    people = cast.gather()
    pages.sign_in(people.office)
    assert "Appoint a champion of Medicine" in pages.get("dashboards.coverage", code="MED").text
    assert pages.get("terms.all_terms").texts(".crumbs a") == ["Office"]
    set_words(office(), Term.CHAMPION, clock.today(), GUIDES)
    set_words(office(), Term.OFFICE, clock.today(), Words("Office of Belonging", "belonging office", "offices"))
    assert "Appoint an ambassador of Medicine" in pages.get("dashboards.coverage", code="MED").text
    assert pages.get("terms.all_terms").texts(".crumbs a") == ["Belonging office"]


def test_words_are_asked_for_once_a_minute(app: Flask) -> None:
    queries.forget()
    with statements() as found:
        assert [word("office"), word("champion"), say("{learners}")] == ["office", "champion", "learners"]
    assert len(found) == 1


def test_two_who_give_another_name(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    form = pages.get("terms.change", key="champion")
    day = (clock.today() + timedelta(days=9)).isoformat()
    typed = {"full_name": "Lead", "singular": "lead", "plural": "leads", "starts_on": day}
    mine = pages.submit(form, "Show how it reads", **typed)
    theirs = {"full_name": GUIDES.full_name, "singular": GUIDES.singular, "plural": GUIDES.plural, "starts_on": day}
    pages.submit(pages.submit(form, "Show how it reads", **theirs), "Save this name")
    told = pages.submit(mine, "Save this name", status=422)
    assert_told(told, *GUIDES.forms)
    assert [one.words for one in queries.named()[Term.CHAMPION]] == [GUIDES]
    again = pages.submit(pages.submit(told, "Show how it reads"), "Save this name")
    assert again.h1 == "Words"
    db.session.close()
    assert [one.words for one in queries.named()[Term.CHAMPION]] == [Words("Lead", "lead", "leads")]
