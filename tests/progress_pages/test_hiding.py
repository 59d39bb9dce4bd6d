"""What is optional can be put out of sight, in this browser, without a trace; nothing else can."""

from sqlalchemy import func, select

from tests.progress_pages.conftest import World
from tests.support import make
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.core.database import Base, db


def rows() -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    for table in Base.metadata.sorted_tables:
        found[table.name] = db.session.scalar(select(func.count()).select_from(table)) or 0
    db.session.rollback()
    return found


def test_it_is_hidden_and_shown_again_and_nothing_is_written(world: World, pages: Pages) -> None:
    make.requirement(make.module("CIRCLE", title="Reading circle"), level="optional")
    make.requirement(make.module("FILM", title="Film night"), level="optional")
    home = pages.get("learner.home")
    before = rows()
    with statements() as ran:
        hidden = pages.submit(home, "Hide this: Reading circle")
    assert not [one for one in ran if not one.startswith("SELECT")]
    assert rows() == before
    assert "Reading circle" not in hidden.text
    assert "Film night" in hidden.text
    assert "1 invitation is hidden in this browser." in hidden.text
    both = pages.submit(hidden, "Hide this: Film night")
    assert "2 invitations are hidden in this browser." in both.text
    assert "Film night" not in both.text
    shown = pages.submit(both, "Show again")
    assert "Reading circle" in shown.text
    assert "Film night" in shown.text
    assert rows() == before


def test_another_account_at_the_same_browser_has_nothing_hidden(world: World, pages: Pages) -> None:
    make.requirement(make.module("CIRCLE", title="Reading circle"), level="optional")
    pages.submit(pages.get("learner.home"), "Hide this: Reading circle")
    kept = pages.client.get_cookie("waymark_hidden")
    assert kept is not None
    assert kept.http_only
    pages.sign_in(make.learner(world.unit))
    pages.client.set_cookie("waymark_hidden", kept.value)
    assert "Reading circle" in pages.get("learner.home").text


def test_what_is_asked_cannot_be_hidden(world: World, pages: Pages) -> None:
    make.requirement(make.module("MUST", title="Must do"))
    home = pages.get("learner.home")
    assert "Hide this" not in home.text
    for module_id in ("1", "999999", ""):
        assert "Must do" in pages.post("learner.hide", {"module": module_id}).text
    pages.client.set_cookie("waymark_hidden", "forged")
    assert "Must do" in pages.get("learner.home").text
