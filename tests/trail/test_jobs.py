"""The background work: told to administrator, office and auditor; run again by the administrator alone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support import make, trail
from tests.support.clocks import pass_time
from tests.support.pages import Pages
from tracker.core import clock, jobs
from tracker.core.actor import Role
from tracker.core.audit import AuditEvent
from tracker.core.database import db
from tracker.core.jobs import Job, JobState, Kind


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that was given up."""

    def fail() -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(jobs, "MOST_ATTEMPTS", 1)
    app.extensions["jobs"] = {"tests.fail": Kind("tests.fail", fail, every=None)}
    with make.transaction() as tx:
        jobs.enqueue(tx, "tests.fail")
    jobs.run_due()


@pytest.mark.usefixtures("failing")
def test_a_job_that_was_given_up_can_be_run_again(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    assert pages.get("accounts.system").texts(".lede p") == ["1 job was given up and should be looked at."]

    page = pages.open(pages.get("accounts.system").link("What runs, waits or was given up"))
    assert not page.html.select("nav.crumbs")
    assert page.texts(".lede p")[0] == "1 job was given up and should be looked at."
    assert "RuntimeError: the disk is full" in page.text
    done = pages.submit(page, "Run again")

    assert done.messages == ["The job waits to be run again."]
    assert jobs.counts()[JobState.QUEUED] == 1
    assert trail.verbs("job:1") == ["job.queued-again"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "job.queued-again")).one()
    assert event.account_id is not None
    pages.post("jobs.run_again", job_id=1, status=409)
    pages.post("jobs.run_again", job_id=99, status=404)


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize("role", [Role.OFFICE, Role.AUDITOR])
def test_the_office_reads_why_and_leaves_it_to_the_administrator(pages: Pages, role: Role) -> None:
    pages.sign_in(make.account(role))
    page = pages.get("jobs.overview")
    assert "RuntimeError: the disk is full" in page.text
    assert not page.html.select("main form")
    assert page.texts(".main-nav a[aria-current]") == ["Office"]
    assert page.texts("nav.crumbs li") == ["Office", "Background work"]
    pages.post("jobs.run_again", job_id=1, status=403)


def test_what_runs_is_told_with_how_far_it_is(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [make.person(unit=make.unit()) for _ in range(4)]
    make.requirement(code="R")
    with make.transaction() as tx:
        jobs.enqueue(tx, "progress.build_revisions")
    assert jobs._take() is not None
    with make.transaction() as tx:
        revisions = db.metadata.tables["revision"]
        tx.session.execute(update(revisions).values(stage="building", built_to=people[1].id))
    pages.sign_in(make.account(Role.ADMINISTRATOR))

    page = pages.get("jobs.overview")
    assert page.texts(".lede p") == ["1 job runs.", "The worker is there. Look again"]
    assert "Work changed rules into the figures" in page.text
    assert "1 rule, about 50 % of the people" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    pass_time(monkeypatch, timedelta(minutes=4))
    assert page_lede(pages) == "The worker was heard of 4 minutes ago. Look again"


def page_lede(pages: Pages) -> str:
    """What is said of the worker."""
    return pages.get("jobs.overview").texts(".lede p")[1]


def test_a_silent_worker_is_noticed(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    assert page_lede(pages) == "No worker has been heard of yet. Look again"
    with make.transaction() as tx:
        jobs.enqueue(tx, "accounts.tidy")
    pass_time(monkeypatch, timedelta(minutes=16))
    assert page_lede(pages) == "No worker has been heard of yet. Is it running? Look again"
    jobs.run_due()
    assert page_lede(pages) == "The worker is there. Look again"
    assert jobs.last_done()["accounts.tidy"].date() == clock.today()


def test_a_job_that_waits_says_what_went_wrong_before(pages: Pages) -> None:
    with make.transaction() as tx:
        later = tx.now + timedelta(minutes=1)
        tx.session.add(
            Job(name="accounts.tidy", key=None, state=JobState.QUEUED, not_before=later, attempts=2, error="No room.")
        )
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("jobs.overview")
    assert page.texts(".lede p")[0] == "1 job waits."
    assert "2 times" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "No room." in page.text
