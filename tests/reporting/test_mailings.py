"""What is sent regularly: each letter with what its reader may see when it is written."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from tests.reporting.conftest import Institution
from tests.support import make, settle
from tests.support.make import Account
from tests.support.pages import Pages
from tests.support.trail import everything, verbs
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.errors import Conflict, Invalid
from tracker.core.outbox import Letter
from tracker.core.words import NO_BREAK_SPACE, sentence_list
from tracker.core.words import day as in_words
from tracker.reporting.commands.mailings import Wanted, make_mailing, resume_mailing, stop_mailing
from tracker.reporting.commands.seals import seal
from tracker.reporting.jobs import send_reports
from tracker.reporting.models import How, Mailing, MailingSent, Shows
from tracker.reporting.rules import Rhythm

SAVE = "Send this regularly"


def mailing(unit: str, *readers: Account, shows: Shows = Shows.TABLE, rhythm: Rhythm = Rhythm.WEEKLY) -> int:
    """Have figures sent to accounts."""
    return make_mailing(make.by(), Wanted(shows, unit, None, rhythm, [one.id for one in readers]))


def letters() -> dict[str, str]:
    """What the outbox holds, by address."""
    db.session.close()
    return {one.address: one.body for one in db.session.scalars(select(Letter).order_by(Letter.id))}


def outcomes() -> list[str]:
    """What became of each letter."""
    db.session.close()
    return [one.value for one in db.session.scalars(select(MailingSent.outcome).order_by(MailingSent.id))]


def test_each_letter_has_what_its_reader_may_see(
    pages: Pages, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = make.champion(institution.medicine, home=institution.school)
    mailing("MED", institution.office, champion)
    _let_it_be_monday(monkeypatch)
    send_reports()
    found = letters()
    to_office, to_champion = found[institution.office.email], found[champion.email]
    assert 'Medicine, "old": 50 %, 6 of 12' in to_office
    assert 'Medicine, "old": 50 %, 6 of 12' in to_champion
    assert 'Medicine, "old": 0 %, 0 of 12' in to_office
    assert "0 of 12" not in to_champion
    assert "under 10 %" in to_champion
    assert "/units/MED/table?as_of=" in to_office
    assert "Person 1" not in to_office


def _let_it_be_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    then = (now + timedelta(days=7 - clock.local(now).weekday())).replace(hour=9, minute=0)
    monkeypatch.setattr(clock, "now", lambda: then)


def test_a_letter_says_that_a_rule_is_being_changed(changing: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    note = "The rule for “The yearly course” is being changed: until that is done, its figures are those of the rule"
    make_mailing(make.by(), Wanted(Shows.UNIT, "MED", None, Rhythm.WEEKLY, [changing.office.id]))
    make_mailing(make.by(), Wanted(Shows.UNIT, "MED", "READING", Rhythm.WEEKLY, [changing.auditor.id]))
    _let_it_be_monday(monkeypatch)
    send_reports()
    found = letters()
    assert f"\n\n{note} before.\n\nThe same figures" in found[changing.office.email]
    assert "is being changed" not in found[changing.auditor.email]
    settle.figures()
    assert outcomes() == ["written", "written"]
    _let_it_be_monday(monkeypatch)
    send_reports()
    db.session.close()
    later = db.session.scalars(select(Letter.body).order_by(Letter.id.desc()).limit(2)).all()
    assert len(outcomes()) == 4
    assert not any("is being changed" in body for body in later)


def test_it_is_written_once_and_goes_on_to_the_next_week(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_id = mailing("SOM", institution.office)
    send_reports()
    assert letters() == {}
    _let_it_be_monday(monkeypatch)
    send_reports()
    send_reports()
    assert len(letters()) == 1
    assert outcomes() == ["written"]
    assert db.session.get_one(Mailing, mailing_id).next_on == clock.today() + timedelta(days=7)
    assert verbs(f"mailing:{mailing_id}") == ["mailing.made", "mailing.sent"]
    assert institution.office.email not in str(everything()[-1])


def test_who_may_see_nothing_there_gets_none(
    pages: Pages, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make.champion(
        institution.medicine, starts_on=make.day(700), ends_on=clock.today(), home=institution.school
    )
    elsewhere = make.champion(institution.surgery)
    mailing_id = mailing("MED", before, elsewhere, institution.auditor)
    _let_it_be_monday(monkeypatch)
    send_reports()
    assert set(letters()) == {institution.auditor.email}
    assert sorted(outcomes()) == ["no_right", "no_right", "written"]
    pages.sign_in(institution.office)
    page = pages.get("reporting.mailing", mailing_id=mailing_id)
    assert page.text.count("not written: on its day the unit was not there, or not theirs to see") == 2


def test_a_month_is_told_on_the_first(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing("MED", institution.office, shows=Shows.UNIT, rhythm=Rhythm.MONTHLY)
    over = _let_the_month_be_over(monkeypatch)
    send_reports()
    assert "6 of 12" in letters()[institution.office.email]
    assert db.session.scalar(select(MailingSent.figures_on)) == over


def test_a_letter_of_a_sealed_day_says_what_was_reported_to_those_who_see_names(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = make.champion(institution.medicine, home=institution.school)
    for person in institution.people[:4]:
        make.completion(person, "BOOK", on=make.day(3))
    mailing("MED", institution.office, champion, rhythm=Rhythm.MONTHLY)
    mailing("SOM", institution.auditor, shows=Shows.UNIT, rhythm=Rhythm.MONTHLY)
    assert seal(make.by(), _let_the_month_be_over(monkeypatch), How.HAND)
    make.completion(institution.people[7], institution.course, on=make.day(5))
    make.completion(institution.people[8], "BOOK", on=make.day(5))
    send_reports()
    found = letters()
    told = in_words(clock.today()).replace(NO_BREAK_SPACE, " ")
    to_office, to_champion = found[institution.office.email], found[champion.email]
    beside = f'Medicine, "old": 58 %, 7 of 12 (as now known; reported {told}: 50 %, 6 of 12)\n'
    for body in (to_office, to_champion):
        assert beside in body
        assert f"was sealed on {told}" in body
    assert f"42 %, 5 of 12 (as now known; reported {told}: 33 %, 4 of 12)" in to_office
    assert to_champion.count("as now known;") == 1
    assert f"44 %, 7 of 16 (as now known; reported {told}: 38 %, 6 of 16)" in found[institution.auditor.email]


def _let_the_month_be_over(monkeypatch: pytest.MonkeyPatch) -> date:
    """Let it be the first of the next month; the end of the month that is over then."""
    over = month_end(clock.today())
    first = (clock.now().replace(day=28) + timedelta(days=7)).replace(day=1, hour=9)
    monkeypatch.setattr(clock, "now", lambda: first)
    return over


def test_a_letter_says_nothing_of_a_seal_that_has_the_same_figures(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing("MED", institution.office, shows=Shows.UNIT, rhythm=Rhythm.MONTHLY)
    assert seal(make.by(), _let_the_month_be_over(monkeypatch), How.HAND)
    send_reports()
    (body,) = letters().values()
    assert "6 of 12\n" in body
    assert "was sealed on" in body
    assert "as now known" not in body


def test_nothing_is_written_at_night(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing("SOM", institution.office)
    _let_it_be_monday(monkeypatch)
    night = clock.now().replace(hour=3)
    monkeypatch.setattr(clock, "now", lambda: night)
    send_reports()
    assert letters() == {}


def test_stopped_and_taken_up_again(institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing_id = mailing("SOM", institution.office)
    stop_mailing(make.by(), mailing_id)
    with pytest.raises(Conflict):
        stop_mailing(make.by(), mailing_id)
    _let_it_be_monday(monkeypatch)
    send_reports()
    assert letters() == {}
    resume_mailing(make.by(), mailing_id)
    with pytest.raises(Conflict):
        resume_mailing(make.by(), mailing_id)
    assert db.session.get_one(Mailing, mailing_id).next_on > clock.today()
    assert verbs(f"mailing:{mailing_id}") == ["mailing.made", "mailing.stopped", "mailing.resumed"]


def test_the_office_makes_one_on_a_page_and_sees_what_was_sent(
    pages: Pages, institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.sign_in(institution.office)
    page = pages.open(pages.get("reporting.index").link("Send figures regularly"))
    given = {"unit": "MED", "shows": "table", "rhythm": "weekly"}
    refused = pages.submit(page, SAVE, status=422, **given, readers="nobody@example.edu")
    assert refused.errors == ["There is no account with the address nobody@example.edu"]
    made = pages.submit(page, SAVE, **given, readers=f"{institution.office.email}\n{institution.auditor.email.upper()}")
    assert "Nothing was sent yet" in made.text
    assert "Every Monday; next on" in made.text
    _let_it_be_monday(monkeypatch)
    send_reports()
    assert made.path == pages.open(made.path).path
    shown = pages.open(made.path)
    assert shown.text.count("waits to be sent") == 2
    stopped = pages.submit(shown, "Stop sending it")
    assert stopped.messages == ["It is no longer sent."]
    pages.submit(stopped, "Send it again")


def test_the_form_names_everybody_who_may_not_see_the_unit(pages: Pages, institution: Institution) -> None:
    elsewhere = [make.champion(institution.surgery).email for _ in range(6)]
    learner = make.learner(institution.medicine).email
    fit = make.champion(institution.medicine).email
    pages.sign_in(institution.office)
    page = pages.get("reporting.new_mailing")
    given = {"unit": "MED", "shows": "unit", "rhythm": "weekly"}
    readers = "\n".join(["nobody@example.edu", *elsewhere, fit, learner])
    refused = pages.submit(page, SAVE, status=422, **given, readers=readers)
    assert refused.errors == [
        "There is no account with the address nobody@example.edu."
        f" {sentence_list([*elsewhere, learner])} may not see this unit today"
    ]
    pages.submit(page, SAVE, **given, readers=fit)


def test_the_same_is_not_sent_twice(pages: Pages, institution: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.sign_in(institution.office)
    given = {"unit": "SOM", "shows": "unit", "rhythm": "weekly", "readers": institution.office.email}
    first = pages.submit(pages.get("reporting.new_mailing"), SAVE, **given)
    refused = pages.submit(pages.get("reporting.new_mailing"), SAVE, status=422, **given)
    assert refused.errors == [
        "This is sent already, every Monday to 1 reader. To send it to others, stop the one that is there first."
    ]
    other = pages.submit(pages.get("reporting.new_mailing"), SAVE, **{**given, "requirement": "YEARLY"})
    assert other.path != first.path
    pages.submit(pages.open(first.path), "Stop sending it")
    again = pages.submit(pages.get("reporting.new_mailing"), SAVE, **given)
    assert again.path != first.path
    refused = pages.submit(pages.open(first.path), "Send it again")
    assert refused.messages == [
        "This is sent already, every Monday to 1 reader. To send it to others, stop the one that is there first."
    ]


def test_the_auditor_reads_and_changes_nothing(pages: Pages, institution: Institution) -> None:
    mailing_id = mailing("SOM", institution.office)
    pages.sign_in(institution.auditor)
    assert not pages.get("reporting.mailing", mailing_id=mailing_id).html.select("main form")
    pages.post("reporting.stop_mailing", mailing_id=mailing_id, status=403)
    pages.get("reporting.new_mailing", status=403)
    pages.get("reporting.mailing", mailing_id=999, status=404)


def test_what_is_not_there_is_refused(institution: Institution) -> None:
    office = [institution.office.id]
    for wanted in (
        Wanted(Shows.UNIT, "NONE", None, Rhythm.WEEKLY, office),
        Wanted(Shows.UNIT, "MED", "NONE", Rhythm.WEEKLY, office),
        Wanted(Shows.UNIT, "MED", None, Rhythm.WEEKLY, []),
        Wanted(Shows.UNIT, "MED", None, Rhythm.WEEKLY, [*office, 9_999]),
    ):
        with pytest.raises(Invalid):
            make_mailing(make.by(), wanted)


def test_readers_are_accounts_that_go_away_with_them(institution: Institution) -> None:
    reader = make.account(Role.OFFICE)
    mailing_id = mailing("SOM", reader)
    with make.transaction() as tx:
        tx.session.execute(text("DELETE FROM account WHERE id = :id"), {"id": reader.id})
    assert db.session.get_one(Mailing, mailing_id).stopped_at is None
