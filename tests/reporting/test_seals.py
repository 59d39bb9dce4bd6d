"""A month end is sealed as it is known, and stays so whatever becomes of facts, names and units."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from tests.exchange import folder
from tests.reporting.conftest import Institution
from tests.support import make, settle
from tests.support.pages import Pages
from tests.support.statements import asked_by
from tests.support.trail import everything, verbs
from tracker.accounts.queries import account as account_view
from tracker.core import clock, jobs
from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.core.errors import Conflict, Forbidden, Invalid
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words
from tracker.curriculum import commands as curriculum
from tracker.exchange import commands as exchange
from tracker.progress.figures.revisions import renew_horizons
from tracker.progress.jobs import keep_days
from tracker.progress.models import Revision, Stage
from tracker.reporting.commands.seals import order_seal, seal
from tracker.reporting.jobs import seal_reports
from tracker.reporting.models import How
from tracker.reporting.queries import seals as queries
from tracker.reporting.queries.drawing import StillWorkedIn, being_worked_in
from tracker.units import commands as units

FILES = ("rates.csv", "gates.csv", "sealed.txt", "board.pdf")


def actor_of(account: make.Account) -> Actor:
    """Somebody with an account, today."""
    found = account_view(account.id, clock.today())
    assert found is not None
    return found.actor


def printed(app: Flask, kind: str, day: date) -> str:
    """What the command line prints."""
    result = app.test_cli_runner().invoke(args=["report", kind, "--as-of", day.isoformat()])
    assert result.exit_code == 0
    return result.output


def files(pages: Pages, day: date) -> list[bytes]:
    """A sealed report as all of its files."""
    return [pages.download(f"/office/reports/{day}/{name}").data for name in FILES]


def test_what_is_sealed_is_what_the_report_says_that_day(app: Flask, pages: Pages, institution: Institution) -> None:
    day = institution.seal()
    pages.sign_in(institution.auditor)
    for kind in ("rates", "gates"):
        assert pages.download(f"/office/reports/{day}/{kind}.csv").text == printed(app, kind, day)
    sealed = pages.download(f"/office/reports/{day}/sealed.txt").data
    assert sha256(sealed).hexdigest() == queries.seal_view(actor_of(institution.auditor), day).hash
    assert sha256(sealed).hexdigest() in pages.get("reporting.report", day=day).text


def test_it_stays_to_the_byte_after_facts_names_and_units_have_changed(
    app: Flask, pages: Pages, institution: Institution
) -> None:
    day = institution.seal()
    pages.sign_in(institution.office)
    before = files(pages, day)
    page = pages.get("reporting.report", day=day, query={"unit": "MED"})
    _change_everything(institution)
    assert files(pages, day) == before
    later = pages.get("reporting.report", day=day, query={"unit": "MED"})
    assert later.h1 == page.h1
    assert later.texts("tbody th, tbody td:nth-of-type(1)") == page.texts("tbody th, tbody td:nth-of-type(1)")
    assert printed(app, "rates", day) != before[0].decode()


def _change_everything(institution: Institution) -> None:
    day = institution.day
    make.completion(institution.people[7], institution.course, on=day - timedelta(days=1))
    for code, name, parent in (("MED", "Internal medicine", "SURG"), ("SURG", "Operating", "SOM")):
        kind = "division" if code == "MED" else "department"
        units.set_unit(make.by(), code, name=name, kind=kind, parent=parent, starts_on=day - timedelta(days=40))
    make.requirement(institution.course, code="YEARLY", title="Renamed")


def test_later_corrections_stand_beside_the_report(pages: Pages, institution: Institution) -> None:
    day = institution.seal()
    pages.sign_in(institution.auditor)
    assert "Nothing differs" in pages.get("reporting.changes", day=day).text
    make.completion(institution.people[7], institution.course, on=day - timedelta(days=1))
    page = pages.get("reporting.changes", day=day)
    assert "50 %, 6 of 12" in page.text
    assert "58 %, 7 of 12" in page.text
    assert "+1 satisfied" in page.text
    beside = pages.get("reporting.report", day=day, query={"unit": "MED"})
    assert "other figures are known now" in beside.text
    rows = pages.download(f"/office/reports/{day}/changes.csv").text.splitlines()
    assert [row for row in rows if "as now known" in row and "MED,YEARLY,*" in row]


def test_what_a_report_has_no_name_of_has_that_of_now(pages: Pages, institution: Institution) -> None:
    day = institution.seal()
    make.person(unit=make.unit("Radiology", parent=institution.school, code="RAD"))
    modules = make.module("A B/É", title="Hearing each other"), make.module("NM2", title="A second one")
    make.requirement(*modules, code="NR1", title="A new requirement")
    make.gate(modules[0], code="NG1", title="A new gate")
    make.requirement(institution.course, code="YEARLY", title="Renamed")
    pages.sign_in(institution.auditor)
    page = pages.get("reporting.changes", day=day)
    rows = page.texts("tbody tr")
    for told in ("A new requirement", "Hearing each other", "A module of A new requirement", "A new gate", "Radiology"):
        assert any(told in row for row in rows), told
    for code in ("NR1", "NM2", "A B/É", "NG1", "RAD"):
        assert not any(code in row for row in rows), code
    assert not any("Renamed" in row for row in rows)


def test_the_next_report_names_the_one_before(institution: Institution) -> None:
    institution.seal()
    earlier = month_end(institution.day, -1)
    assert seal(make.by(), earlier, How.SCHEDULE)
    found = {one.day: one for one in queries.all_seals(actor_of(institution.auditor))}
    assert found[institution.day].previous == ""
    assert found[earlier].previous == found[institution.day].hash
    assert not seal(make.by(), earlier, How.HAND)


def test_nobody_changes_or_deletes_one(app: Flask, institution: Institution) -> None:
    institution.seal()
    for table in ("seal", "seal_row"):
        for deed in (f"UPDATE {table} SET hash = ''", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match=f"rows of {table} are never"):
                _while_replacing(deed)


def _while_replacing(deed: str) -> None:
    """Do something while other facts are put in the place of all, when more is allowed than ever else."""
    with make.transaction() as tx:
        tx.session.execute(text("INSERT INTO replacing (id) VALUES (1)"))
        tx.session.execute(text(deed))


def test_it_outlasts_other_facts(pages: Pages, institution: Institution, tmp_path: Path) -> None:
    day = institution.seal()
    pages.sign_in(institution.office)
    before = files(pages, day)
    exchange.load(make.by(), folder.write(tmp_path / "facts"), replace=True)
    assert files(pages, day) == before
    page = pages.get("reporting.report", day=day)
    told = [in_words(one).replace(NO_BREAK_SPACE, " ") for one in (day, clock.today())]
    assert "School of Medicine" in page.h1
    assert f"figures are those of {told[0]}, as known on {told[1]}." in page.text


def test_it_holds_no_person(institution: Institution) -> None:
    day = institution.seal()
    stored = "".join(line for lines in queries.sealed_lines(make.by(), day).values() for line in lines)
    trail = str([event for event in everything() if str(event["verb"]).startswith("report.")])
    for person in institution.people:
        for words in (person.identifier, person.name, person.email):
            assert words not in stored
            assert words not in trail


# By hand and by schedule


@pytest.fixture
def installation(app: Flask) -> Flask:
    """An installation that seals each month on the first of the next."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], seal_days_after=1)
    return app


def test_the_office_orders_one_and_the_worker_makes_it(pages: Pages, institution: Institution) -> None:
    pages.sign_in(institution.office)
    page = pages.get("reporting.index")
    assert "No month is sealed yet" in page.text
    after = pages.submit(page, "Seal this month end", day=institution.day.isoformat())
    assert "is being sealed" in after.text
    assert after.headers["Refresh"].startswith("5;")
    jobs.run_due()
    db.session.close()
    done = pages.get("reporting.index")
    assert "Refresh" not in done.headers
    assert "1 month is sealed" in done.text
    assert verbs("seal:1") == ["report.sealed"]
    assert "report.ordered" in verbs()


def test_only_the_office_orders_and_the_auditor_reads(pages: Pages, institution: Institution) -> None:
    pages.sign_in(institution.auditor)
    assert not pages.get("reporting.index").html.select("form[method=post] select")
    pages.post("reporting.seal", {"day": institution.day.isoformat()}, status=403)
    champion = make.champion(institution.medicine)
    pages.sign_in(champion)
    pages.get("reporting.index", status=403)
    with pytest.raises(Forbidden):
        order_seal(actor_of(champion), institution.day)


def test_what_cannot_be_sealed_is_refused(pages: Pages, institution: Institution) -> None:
    office = actor_of(institution.office)
    for day in (clock.today(), month_end(clock.today()), institution.day.replace(day=1)):
        with pytest.raises(Invalid):
            order_seal(office, day)
    order_seal(office, institution.day)
    with pytest.raises(Conflict):
        order_seal(office, institution.day)
    seal_reports()
    with pytest.raises(Conflict):
        order_seal(office, institution.day)
    pages.sign_in(institution.office)
    page = pages.post("reporting.seal", {"day": "2026-13-40"}, status=422)
    assert page.errors == ["Select a month end"]


def test_a_month_is_sealed_by_itself_once(installation: Flask, institution: Institution) -> None:
    seal_reports()
    seal_reports()
    found = queries.all_seals(actor_of(institution.auditor))
    assert [(one.day, one.how) for one in found] == [(institution.day, How.SCHEDULE)]


def test_it_is_not_where_that_is_switched_off(app: Flask, institution: Institution) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], seal_days_after=0)
    seal_reports()
    assert queries.all_seals(actor_of(institution.auditor)) == []


def test_an_empty_database_has_nothing_to_seal(installation: Flask) -> None:
    seal_reports()
    assert verbs() == []


# While a changed rule is worked in

WAITS = "waits until the rules for “The yearly course” and “Further courses” are worked in, so that its figures"


def test_an_order_waits_until_a_changed_rule_is_worked_in(pages: Pages, changing: Institution) -> None:
    pages.sign_in(changing.office)
    pages.submit(pages.get("reporting.index"), "Seal this month end", day=changing.day.isoformat())
    seal_reports()
    page = pages.get("reporting.index")
    assert WAITS in page.text
    assert "No month is sealed yet" in page.text
    with pytest.raises(StillWorkedIn, match="The yearly course"):
        seal(make.by(), changing.day, How.HAND)
    db.session.close()
    settle.figures()
    seal_reports()
    done = pages.get("reporting.index")
    assert "1 month is sealed" in done.text
    assert "waits until" not in done.text
    assert "report.sealed" in verbs()


def test_a_month_that_is_due_waits_too_and_the_page_says_so(
    installation: Flask, pages: Pages, changing: Institution
) -> None:
    seal_reports()
    assert queries.all_seals(actor_of(changing.auditor)) == []
    pages.sign_in(changing.auditor)
    told = in_words(changing.day).replace(NO_BREAK_SPACE, " ")
    assert f"{told} is due to be sealed. It {WAITS} are complete." in pages.get("reporting.index").text
    settle.figures()
    assert "is due to be sealed" not in pages.get("reporting.index").text
    seal_reports()
    assert [one.how for one in queries.all_seals(actor_of(changing.auditor))] == [How.SCHEDULE]


def test_it_waits_for_a_requirement_that_is_new(institution: Institution) -> None:
    curriculum.set_requirement(make.by(), replace(institution.yearly, code="NEW", title="New"))
    db.session.close()
    assert being_worked_in() == ["New"]
    with pytest.raises(StillWorkedIn):
        seal(make.by(), institution.day, How.HAND)
    db.session.close()
    settle.figures()
    assert being_worked_in() == []
    institution.seal()


def test_it_waits_for_no_spans_that_only_reach_further(
    institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.requirement(institution.course, repeat={"cycle": "07-01", "due_by": "08-01"})
    later = clock.now() + timedelta(days=800)
    monkeypatch.setattr(clock, "now", lambda: later)
    with make.transaction() as tx:
        renew_horizons(tx)
    building = select(func.count()).select_from(Revision).where(Revision.stage == Stage.BUILDING)
    assert db.session.scalar(building) == 1
    assert being_worked_in() == []


def test_what_was_reported_is_there_for_trends(institution: Institution) -> None:
    day = institution.seal()
    make.completion(institution.people[7], institution.course, on=day - timedelta(days=1))
    days = [day, clock.today()]
    assert queries.figures_as_reported("MED", "YEARLY", None, days) == {day: (6, 12)}
    assert queries.figures_as_reported("MED", "YEARLY", "COURSE", days) == {day: (6, 12)}
    assert queries.figures_as_reported("SURG", "YEARLY", None, days) == {day: (0, 3)}
    assert queries.figures_as_reported("NONE", "YEARLY", None, days) == {}


def test_pages_ask_as_often_for_many_units_as_for_few(pages: Pages, institution: Institution) -> None:
    day, earlier = institution.seal(), month_end(institution.day, -1)
    for _ in range(12):
        unit = make.unit(parent=institution.school)
        make.completion(make.person(unit=unit), institution.course, on=earlier)
    seal(make.by(), earlier, How.HAND)
    pages.sign_in(institution.office)
    for page in ("", "?unit=SOM", "/changes"):
        few, many = (asked_by(pages, f"/office/reports/{one}{page}") for one in (day, earlier))
        assert few == many, page


def test_a_trend_draws_what_was_reported(pages: Pages, institution: Institution) -> None:
    keep_days()
    pages.sign_in(institution.office)
    before = pages.get("dashboards.trends", code="MED", query={"requirement": "YEARLY"})
    assert "as reported" not in before.text.casefold()
    institution.seal()
    after = pages.get("dashboards.trends", code="MED", query={"requirement": "YEARLY"})
    assert "as reported" in after.text.casefold()
