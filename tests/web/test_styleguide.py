"""The page of components is as sound as any other."""

import pytest
from flask import Flask

from tests.support.pages import Pages
from tracker.web import styleguide

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def pages(app: Flask) -> Pages:
    """A browser on an application that serves the page."""
    app.register_blueprint(styleguide.bp)
    return Pages(app)


def test_it_shows_each_component(pages: Pages) -> None:
    page = pages.open("/styleguide")
    assert page.h1 == "Styles"
    assert page.errors == []


def test_it_shows_what_is_wrong_with_a_form(pages: Pages) -> None:
    page = pages.submit(pages.open("/styleguide"), "Claim a completion", status=422)
    assert len(page.errors) >= 8
