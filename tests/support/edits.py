"""Two people who opened the same form: what the second one is told."""

from datetime import date

from tests.support.pages import Page
from tracker.core.seen import ChangedSince
from tracker.core.words import NO_BREAK_SPACE
from tracker.core.words import day as in_words


def assert_told(page: Page, *stands: str) -> None:
    """A form says that what it showed was changed since, and shows what stands now beside these fields alone."""
    assert page.errors == [ChangedSince().message]
    assert page.texts("[id$='-stands']") == [f"What stands now: {words}" for words in stands]


def day_words(day: date) -> str:
    """A day as a page's text has it."""
    return in_words(day).replace(NO_BREAK_SPACE, " ")
