"""Two guides tell the truth: what they print in bold, since a reader looks for it, stands on a page in these words."""

import re

import pytest

from tracker.wiring import ROOT

GUIDES = ("guide-learner.md", "guide-champion.md")
SOURCES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "tracker").rglob("*.py")]


def even(text: str) -> str:
    """A text without tags, with blanks evened out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="module")
def words_of_pages() -> str:
    """All that pages can say."""
    return even("\n".join(path.read_text(encoding="utf-8") for path in SOURCES)).lower()


@pytest.mark.parametrize("guide", GUIDES)
def test_what_stands_in_bold_stands_on_a_page(words_of_pages: str, guide: str) -> None:
    text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
    bold = {even(words) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)}
    missing = sorted(words for words in bold if words.lower() not in words_of_pages)
    assert not missing, f"no page says {missing}"
