"""Who comes to the sample institution, and steps that several journeys take."""

import re
from pathlib import Path

from playwright.sync_api import Locator

from tests.support.browser import Visitor, even

LEARNER, MANAGER, CHAMPION = "Linh Phạm", "Olumide Adeyemi", "Esteban Figueroa"
"""A learner of Medicine, the chief of one of its divisions, and its champion."""
OFFICE, AUDITOR = "Marisol Rentería", "internal.audit@example.edu"
YEARLY_COURSE = "Respect at work: the yearly course"


def section(visitor: Visitor, heading: str) -> Locator:
    """The part of a page below a heading."""
    return visitor.page.locator("section", has=visitor.page.get_by_role("heading", name=heading))


def links(part: Locator, words: str) -> Locator:
    """The links that begin with these words."""
    return part.get_by_role("link", name=re.compile(f"^{re.escape(words)}"))


def open_links(visitor: Visitor, words: str) -> None:
    """Follow the first link of the page that begins with these words."""
    visitor.go(links(visitor.page.locator("main"), words).first)


def open_filters(visitor: Visitor) -> None:
    """Unfold what narrows a page, which only a phone folds."""
    if not visitor.is_wide:
        visitor.page.locator("details.filters > summary").click()


def cells(visitor: Visitor, caption: str) -> list[list[str]]:
    """What the lines of a table say."""
    table = visitor.page.locator("table", has=visitor.page.locator(f"caption:text-is('{caption}')"))
    return [[even(cell) for cell in row.locator("th, td").all_inner_texts()] for row in table.locator("tbody tr").all()]


def counts(visitor: Visitor, title: str) -> tuple[int, int]:
    """The two numbers of a rate in the tables of what is asked, of the line with this title; opens the modules."""
    table = visitor.page.locator("table", has=visitor.page.locator("caption", has_text="What is asked here"))
    row = table.locator("tr:has(td)", has=visitor.page.locator("th", has_text=title)).first
    if not row.is_visible():
        visitor.page.get_by_text("Module by module", exact=True).click()
    found = re.search(r"([\d,]+) of ([\d,]+)", even(row.inner_text()))
    assert found is not None, f"no figure in the line {title!r}"
    numerator, denominator = (int(number.replace(",", "")) for number in found.groups())
    return numerator, denominator


def names(visitor: Visitor) -> list[str]:
    """The people on a list of people."""
    return visitor.texts("ul.people .person-name a")


def told(visitor: Visitor) -> str:
    """What the page says below its head."""
    return even(visitor.page.locator("main").inner_text())


def download(visitor: Visitor, link: Locator) -> Path:
    """The file that a link or button brings."""
    with visitor.page.expect_download() as waiting:
        link.click()
    return waiting.value.path()


def withdraw(her: Visitor, words: str = "") -> None:
    """Take back what has just been logged; the page says these words before."""
    her.follow("Withdraw it")
    assert words in " ".join(her.texts(".lede p"))
    her.press("Withdraw it")


def undo_latest(his: Visitor) -> str:
    """Take back what was done last for many; what the page then says."""
    his.page.goto("/deeds")
    his.go(his.page.get_by_role("button", name="Undo").first)
    return his.heading


def strike_out(office: Visitor, receipt: str) -> None:
    """Let a record count no more, as the office, from its receipt."""
    office.page.goto(receipt)
    office.follow("Correct or strike out")
    office.page.get_by_label("Strike the record out").check()
    office.page.get_by_label("Why?").fill("Entered on the wrong person.")
    office.press("Save")
