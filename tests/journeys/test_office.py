"""The office looks at the whole, goes down the tree on any day, takes the figures along, and logs for somebody."""

import csv
import io
import re
from collections.abc import Iterator

from tests.journeys.steps import OFFICE, YEARLY_COURSE, download, names, open_filters, strike_out, told
from tests.support.browser import Visitor, even
from tracker.core.words import DASH

PAST = "2026-06-30"


def test_the_day_stays_all_the_way_down_the_tree(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    assert their.path == "/units/SOM"
    their.go(their.page.locator("main a[href='/units/SOM/table']").first)
    today = row_of(their, "Medicine")

    their.page.locator("details.as-of summary").click()
    their.page.get_by_label("Show the figures of").fill(PAST)
    their.go(their.page.locator("details.as-of").get_by_role("button", name="Show"))
    assert f"as_of={PAST}" in their.path
    whole = row_of(their, "Medicine")
    assert whole != today

    their.go(their.page.locator("tbody th").get_by_role("link", name="Medicine", exact=True))
    assert their.heading == "Medicine: all that is asked"
    assert f"as_of={PAST}" in their.path
    assert row_of(their, "Medicine")[0] in whole
    their.go(their.page.locator("tbody th").get_by_role("link", name="Cardiology", exact=True))
    assert f"as_of={PAST}" in their.path
    if not their.heading.startswith("People of"):
        their.follow("People")
    assert their.heading.startswith("People of Cardiology")
    assert f"as_of={PAST}" in their.path
    open_filters(their)
    their.page.get_by_label("Asked for").select_option(label="All that is required")
    their.press("Show the list")
    assert f"as_of={PAST}" in their.path
    their.go(their.page.locator("ul.people a").first)
    assert re.match(r"/people/\d+\?", their.path)
    assert f"as_of={PAST}" in their.path
    their.follow("Back to today")
    assert "as_of" not in their.path


def row_of(visitor: Visitor, unit: str) -> list[str]:
    """The rates in the line of a unit."""
    row = visitor.page.locator("tbody tr", has=visitor.page.locator("th", has_text=re.compile(rf"^\s*{unit}"))).last
    return re.findall(r"\d+ % [\d,]+ of [\d,]+", even(row.inner_text()))


def test_the_file_says_what_the_page_shows(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto(f"/units/MED/table?by=module&beside=rates&requirement=INTRO&as_of={PAST}")
    shown = list(cells(their.texts("tbody td.number")))

    file = download(their, their.page.get_by_role("link", name="Download this table as CSV"))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert {row["as_of"] for row in rows} == {PAST}
    said = [(even(row["shown"]), int(row["satisfied"]), int(row["denominator"])) for row in rows]
    assert said == shown


def cells(texts: list[str]) -> Iterator[tuple[str, int, int]]:
    """The rates among the cells of a table: what is written, numerator and denominator."""
    for text in (text for text in texts if not text.isdigit()):
        found = re.fullmatch(rf"(\d+ %|{DASH}) ?(?:([\d,]+) of ([\d,]+))?", text)
        assert found is not None, text
        yield found[1], int((found[2] or "0").replace(",", "")), int((found[3] or "0").replace(",", ""))


def test_they_log_for_somebody_and_strike_it_out(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/units/NEURO/people?requirement=YEARLY")
    who = names(their)[0]
    their.follow(who)
    assert their.heading == who

    their.follow("Log a completion")
    their.page.get_by_label("Which module was it?").or_(their.page.get_by_label("Which module?")).select_option(
        label=YEARLY_COURSE
    )
    their.press("Log this completion")
    assert their.texts(".error-summary li") == ["Enter why you are entering this"]
    their.page.get_by_label("Why are you entering this?").fill("From the sign-in list of the October session.")
    their.press("Log this completion")
    assert their.path.startswith("/receipts/")
    assert who in told(their)
    receipt = their.path
    their.page.goto(f"/units/NEURO/people?requirement=YEARLY&q={who}")
    assert who not in names(their)

    strike_out(their, receipt)
    their.page.goto(f"/units/NEURO/people?requirement=YEARLY&q={who}")
    assert who in names(their)
