"""The page of the curriculum, narrowed: it never says that there is nothing where there is some."""

from tests.programme.conftest import Small
from tests.support import make
from tests.support.pages import Pages
from tracker.core.actor import Role


def test_what_does_not_fit_is_told_from_what_is_not_there(office: Pages, small: Small) -> None:
    page = office.get("programme.index", query={"q": "Listening"})
    assert page.texts("tbody th a") == ["Listening well"]
    assert "2 modules, 1 requirement and 1 gate." in page.text
    assert page.texts("main section p.quiet") == ["No requirement fits “Listening”.", "No gate fits “Listening”."]
    assert page.texts(".empty-title") == []


def test_what_nothing_fits_leads_back_to_all(office: Pages, small: Small) -> None:
    page = office.get("programme.index", query={"q": "Nowhere"})
    assert page.texts(".empty-title") == ["Nothing is or was called so"]
    assert "2 modules, 1 requirement and 1 gate." in page.text
    assert office.open(page.link("Show all")).texts("tbody th a") == [
        *("The yearly course", "Listening well", "Speaking up", "Before the sequence"),
    ]


def test_an_empty_curriculum_says_where_to_begin(pages: Pages) -> None:
    pages.sign_in(make.account(Role.OFFICE))
    page = pages.get("programme.index")
    assert page.texts(".empty-title") == ["No requirements yet", "No modules yet", "No gates"]
