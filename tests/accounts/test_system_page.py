"""The administrator's page: how the installation is doing, and nothing of anybody's training."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support import cast, make
from tests.support.clocks import pass_time
from tests.support.pages import Pages
from tracker.core import jobs
from tracker.core.actor import Role

ROOT = Path(__file__).resolve().parents[2]


def test_it_shows_how_the_system_is_doing(pages: Pages) -> None:
    pages.sign_in(make.account(Role.ADMINISTRATOR))

    page = pages.get("accounts.system")

    assert page.h1 == "System"
    assert page.texts(".lede p") == ["Everything runs."]
    assert page.texts(".main-nav a[aria-current]") == ["System"]
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert facts["Kind"] in ("SQLite", "PostgreSQL")
    assert facts["Schema"] == max(path.stem for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    assert facts["Administrator"] == "1"
    assert facts["Mail server"] == "none"


def test_a_worker_that_is_not_there_is_noticed(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    with make.transaction() as tx:
        jobs.enqueue(tx, "accounts.tidy")
    pages.sign_in(make.account(Role.ADMINISTRATOR))
    assert pages.get("accounts.system").texts(".lede p") == ["Everything runs."]
    pass_time(monkeypatch, timedelta(minutes=6))
    (line,) = pages.get("accounts.system").texts(".lede p")
    assert line.startswith("A job has waited since ")
    assert line.endswith(". Is the worker running?")


@pytest.mark.parametrize("who", ["learner", "champion", "office", "auditor", "leaver"])
def test_only_the_administrator_may_look(pages: Pages, who: str) -> None:
    pages.sign_in(cast.gather().everybody()[who])
    pages.get("accounts.system", status=403)


def test_who_is_not_signed_in_is_sent_to_sign_in(pages: Pages) -> None:
    assert pages.get("accounts.system").h1 == "Sign in"
