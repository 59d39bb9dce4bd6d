"""What the tests of the directory share."""

import pytest

from tests.support import make
from tests.support.make import Account
from tests.support.pages import Pages
from tracker.core.actor import Role


@pytest.fixture
def office(pages: Pages) -> Account:
    """The office, signed in."""
    made = make.account(Role.OFFICE)
    pages.sign_in(made)
    return made
