"""The office seals a month, looks at it beside what is known now, takes it along, and has figures sent regularly."""

import io
import re
from datetime import date

import openpyxl

from tests.journeys.steps import AUDITOR, OFFICE, cells, download, names, strike_out, told
from tests.support.browser import Visitor, even

MINUTES = 120_000


def test_a_month_is_sealed_and_later_corrections_stand_beside_it(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/reports")
    option = their.page.get_by_label("Month end").locator("option").nth(1)
    month, day = even(str(option.text_content())), date.fromisoformat(str(option.get_attribute("value")))
    their.page.get_by_label("Month end").select_option(index=1)
    their.press("Seal this month end")
    assert f"{month} is being sealed" in told(their)
    their.page.get_by_role("link", name=month, exact=True).wait_for(timeout=MINUTES)  # the page looks again by itself
    their.follow(month)
    assert their.heading == f"Larkwater School of Medicine on {month}, as reported"
    report, seal = their.path, even(their.page.locator("code.hash").first.inner_text())
    assert re.fullmatch(r"[0-9a-f]{64}", seal)
    reported = cells(their, "What is asked in Larkwater School of Medicine")

    rates = download(their, their.page.get_by_role("link", name="as XLSX of the rates"))
    assert openpyxl.load_workbook(io.BytesIO(rates.read_bytes()))["Figures"].freeze_panes == "B5"
    board = download(their, their.page.get_by_role("link", name="For the board (PDF)"))
    assert board.read_bytes().startswith(b"%PDF-")

    their.page.goto("/units/NEURO/people?requirement=INTRO")
    who = names(their)[0]
    their.follow(who)
    their.follow("Log a completion")
    their.page.locator("select[name=course]").select_option(label="Reading circle")
    their.page.get_by_label("When").fill(str(day.replace(day=1)))
    their.page.get_by_label("Why are you entering this?").fill("From the sign-in list.")
    their.press("Log this completion")
    receipt = their.path

    their.page.goto(report)
    assert their.page.locator("code.hash").first.inner_text() == seal
    now = cells(their, "What is asked in Larkwater School of Medicine")
    assert [row[1] for row in now] == [row[1] for row in reported]
    assert now != reported
    their.follow("What is known now, beside what was reported")
    assert any("Neurology" in row[0] for row in cells(their, "Rates that differ"))
    their.look("what differs")
    strike_out(their, receipt)


def test_the_board_gets_its_figures_of_today(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/reports")
    file = download(their, their.page.get_by_role("button", name="Make the PDF"))
    assert file.read_bytes().startswith(b"%PDF-")


def test_figures_are_sent_regularly(visitor: Visitor) -> None:
    their = visitor
    their.enter(OFFICE)
    their.page.goto("/office/reports")
    their.go(their.page.get_by_role("link", name="Send figures regularly"))
    their.press("Send this regularly")
    assert "Select a unit" in their.texts(".error-summary li")
    their.page.get_by_label("Unit", exact=True).select_option("MED")
    their.page.get_by_label("The units right below it").check()
    their.page.get_by_label("Every Monday").check()
    their.page.get_by_label("Who gets it?").fill("nobody@example.org")
    their.press("Send this regularly")
    assert their.texts(".error-summary li") == ["There is no account with the address nobody@example.org"]
    their.look()

    their.page.get_by_label("Who gets it?").fill(AUDITOR)
    their.press("Send this regularly")
    assert their.heading == "Medicine, sent regularly"
    their.look("nothing sent yet")
    their.press("Stop sending it")
    assert their.page.get_by_role("button", name="Send it again").count() == 1
