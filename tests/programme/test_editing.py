"""Change the curriculum by form: what is wrong is said where it is, and nothing is saved before it was looked at."""

from dataclasses import replace

import pytest

from tests.programme.conftest import Small, now
from tests.support import make
from tests.support.edits import assert_told, day_words
from tests.support.pages import Page, Pages
from tests.support.settle import figures as settle_figures
from tests.support.trail import verbs
from tracker.core.database import db
from tracker.core.words import day as in_words
from tracker.curriculum import commands as curriculum_commands
from tracker.curriculum.rules import Gate, Module, Requirement
from tracker.programme.commands import overrides
from tracker.programme.models import Proposal
from tracker.programme.words import NOTHING
from tracker.progress.models import GateOverride


def change(office: Pages, kind: str, code: str) -> Page:
    return office.get("programme.change", kind=kind, code=code)


def requirement(code: str) -> Requirement:
    return next(one for one in now().requirements if one.code == code)


def test_a_requirement_is_changed_by_way_of_its_preview(office: Pages, small: Small) -> None:
    page = change(office, "requirement", "YEARLY")
    page = office.submit(page, "Show what would change", level="required", due_date=make.day(10).isoformat())
    assert page.h1 == "Change of The yearly course"
    assert "4 people would become overdue today" in page.text
    assert "Person C" in page.text
    assert requirement("YEARLY") == small.yearly

    page = office.submit(page, "Save this change")
    assert page.messages == ["Saved."]
    assert page.headers["Refresh"] == "3"
    assert requirement("YEARLY") == replace(small.yearly, level="required", due={"date": make.day(10)})
    assert "proposal.saved" in verbs()
    settle_figures()
    assert "Refresh" not in office.open(page.path).headers


def test_everything_a_requirement_can_say_is_kept_by_its_form(office: Pages, small: Small) -> None:
    every = Requirement(
        "ALL",
        "Everything",
        ("TWO", "ONE"),
        "expected",
        make.day(100),
        make.day(-100),
        {"categories": ["faculty"], "roles": ["nonclinical", "unheard"], "units": ["MED"], "functions": ["SEARCH"]},
        {"date": make.day(-10), "days_after_start": 0},
        {"cycle": "07-01", "due_by": "12-31"},
        "Why",
        champions_see_names=True,
    )
    curriculum_commands.set_requirement(make.by(), every)
    settle_figures()
    page = office.submit(change(office, "requirement", "ALL"), "Show what would change", status=422)
    assert page.errors == ["Nothing would change: this is how the curriculum stands."]
    monthly = replace(every, repeat={"months": 12}, due=None, audience=None, last=None)
    curriculum_commands.set_requirement(make.by(), monthly)
    settle_figures()
    page = office.submit(change(office, "requirement", "ALL"), "Show what would change", status=422)
    assert page.errors == ["Nothing would change: this is how the curriculum stands."]


def test_a_new_requirement_in_order(office: Pages, small: Small) -> None:
    page = office.get("programme.add", kind="requirement")
    page = office.submit(
        page,
        "Show what would change",
        code="NEW",
        title="New",
        module_1="TWO",
        module_2="ONE",
        level="required",
        reach="some",
        categories=["faculty"],
        units="Surgery\nMED",
        first=make.day(30).isoformat(),
        due_days="10",
        repeat="months",
        months="12",
    )
    assert page.h1 == "New requirement: New"
    office.submit(page, "Save this change")
    assert requirement("NEW") == Requirement(
        *("NEW", "New", ("TWO", "ONE"), "required", make.day(30)),
        audience={"categories": ["faculty"], "units": ["MED", "SURG"]},
        due={"days_after_start": 10},
        repeat={"months": 12},
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Enter a title"),
        ("module_1", "", "Select a module"),
        ("first", "", "Enter the first day"),
        ("first", "2026-02-30", "The first day must be a real date, such as 2026-11-21"),
        ("last", "1999-01-01", "The last day lies before the first day"),
        ("due_days", "-3", "The number of days must be a whole number of 0 or more"),
        ("due_days", "999999999", "The number of days must be at most 200000"),
        ("units", "Nowhere", "“Nowhere” is neither the code of a unit nor the name of one alone"),
    ],
)
def test_what_is_wrong_with_a_requirement_is_said_at_its_field(
    office: Pages, small: Small, field: str, value: str, said: str
) -> None:
    values = {"reach": "some"} if field == "units" else {}
    page = change(office, "requirement", "YEARLY")
    page = office.submit(page, "Show what would change", status=422, **values, **{field: value})
    assert page.errors == [said]
    assert page.one(f"#{field}-error").get_text().endswith(said)
    assert db.session.query(Proposal).count() == 0


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"repeat": "months"}, "months", "Enter after how many months it is asked again"),
        ({"repeat": "months", "months": "0"}, "months", "The number of months must be at least 1"),
        ({"repeat": "cycle"}, "cycle", "Enter the day on which the year begins, such as 1 Jul"),
        (
            {"repeat": "cycle", "cycle": "29 Feb"},
            "cycle",
            "The day the year begins must be a day that every year has, such as 1 Jul",
        ),
        ({"module_2": "ONE"}, "module_1", "The list of modules names ONE twice"),
        ({"reach": "some"}, "reach", "Fill in at least one part below, or choose everybody or nobody"),
    ],
)
def test_what_does_not_fit_together_is_said_too(
    office: Pages, small: Small, values: dict[str, str], field: str, said: str
) -> None:
    page = change(office, "requirement", "YEARLY")
    page = office.submit(page, "Show what would change", status=422, **values)
    assert page.errors == [said]
    assert page.one(f"#{field}-error").get_text().endswith(said)


def test_nobody_is_not_everybody(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "requirement", "YEARLY"), "Show what would change", reach="nobody")
    assert "6 people would not be asked any more." in page.text
    office.submit(page, "Save this change")
    assert requirement("YEARLY").audience == {"categories": []}
    page = change(office, "requirement", "YEARLY")
    office.submit(page, "Show what would change", reach="everybody")


def test_an_audience_nobody_fits_is_warned_of(office: Pages, small: Small) -> None:
    page = change(office, "requirement", "YEARLY")
    page = office.submit(page, "Show what would change", reach="some", categories_other="facultyy, staff")
    assert "nobody has “facultyy” among their categories yet" in page.text
    assert "“staff”" not in page.text


def test_more_places_for_modules(office: Pages, small: Small) -> None:
    page = change(office, "requirement", "YEARLY")
    before = len(page.html.select("select[name^=module_]"))
    page = office.submit(page, "More modules", title="Kept as typed")
    assert len(page.html.select("select[name^=module_]")) == before + 3
    assert page.one("#title")["value"] == "Kept as typed"


def test_a_module_and_what_rests_on_it(office: Pages, small: Small) -> None:
    page = change(office, "module", "ONE")
    page = office.submit(
        page,
        "Show what would change",
        evidence="verification",
        equivalents="OLD-1\nOLD-2",
        objectives="Know\nDo",
        links="Reading https://example.edu/",
        after=["TWO"],
        minutes="45",
    )
    assert "The rule of 1 requirement and 1 gate would change." in page.text
    office.submit(page, "Save this change")
    assert next(one for one in now().modules if one.code == "ONE") == Module(
        *("ONE", "Listening well", 45, "verification", ("OLD-1", "OLD-2"), None, ("Know", "Do")),
        links=({"title": "Reading", "url": "https://example.edu/"},),
        after=("TWO",),
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("minutes", "-1", "The number of minutes must be a whole number of 0 or more"),
        ("equivalents", "A\nA", "The list of other codes names A twice"),
        ("links", "No address", "The address of each link must be an address that begins with https:// or http://"),
    ],
)
def test_what_is_wrong_with_a_module_is_said_at_its_field(
    office: Pages, small: Small, field: str, value: str, said: str
) -> None:
    page = office.submit(change(office, "module", "ONE"), "Show what would change", status=422, **{field: value})
    assert page.errors == [said]
    assert page.one(f"#{field}-error").get_text().endswith(said)


def test_a_code_is_taken_once(office: Pages, small: Small) -> None:
    page = office.get("programme.add", kind="module")
    page = office.submit(page, "Show what would change", status=422, code="ONE", title="Another")
    assert page.errors == ["There is a module with the code ONE already"]


def test_a_code_that_reports_use_is_refused(office: Pages, small: Small) -> None:
    page = office.get("programme.add", kind="module")
    page = office.submit(page, "Show what would change", status=422, code="*", title="Another")
    assert page.errors == ["The code must not be *, which stands for all modules together in reports"]
    assert page.one("#code-error")


def test_modules_that_would_wait_for_one_another_are_refused(office: Pages, small: Small) -> None:
    curriculum_commands.set_module(make.by(), replace(small.second, after=("ONE",)))
    page = office.submit(change(office, "module", "ONE"), "Show what would change", status=422, after=["TWO"])
    assert page.errors == ["ONE would name TWO, which leads in a circle: ONE after TWO, TWO after ONE."]
    assert page.one("#after-error")
    office.submit(change(office, "module", "ONE"), "Show what would change", ideally_after=["TWO"])


def test_a_title_that_turns_what_follows_is_refused(office: Pages, small: Small) -> None:
    said = "The title contains a character that cannot be shown. Please type it again"
    page = change(office, "requirement", "YEARLY")
    page = office.submit(page, "Show what would change", status=422, title="The \u202eyearly course")
    assert page.errors == [said]


def test_a_code_with_completions_stays(office: Pages, small: Small) -> None:
    make.completion(small.people[2], "OLD-1")
    page = office.submit(change(office, "module", "ONE"), "Show what would change", status=422, equivalents="")
    assert page.errors == ["1 completion is recorded under OLD-1, so it has to stay."]


def test_a_gate_is_changed(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "gate", "START"), "Show what would change", percent="40", needs=["ONE"])
    assert "Open today for 0 units; with the change for 1 unit." in page.text
    assert page.texts("tbody th a, tbody th")[-1] == "Medicine"
    office.submit(page, "Save this change")
    assert now().gates == (replace(small.gate, percent=40),)
    page = office.submit(change(office, "gate", "START"), "Show what would change", status=422, percent="100")
    assert page.errors == ["The percentage must be at most 99"]


def test_only_words_move_no_figure(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "requirement", "YEARLY"), "Show what would change", title="Once a year")
    assert "No figure moves." in page.text
    page = office.submit(page, "Save this change")
    assert "Refresh" not in page.headers


def test_a_form_that_is_out_of_date_asks_to_look_again(office: Pages, small: Small) -> None:
    page = change(office, "requirement", "YEARLY")
    curriculum_commands.set_module(make.by(), replace(small.second, title="Speaking out"))
    page = office.submit(page, "Show what would change", status=422, title="Mine")
    assert page.errors == ["The curriculum was changed meanwhile. Check what stands here, then go on."]
    page = office.submit(page, "Show what would change", title="Mine")
    assert page.h1 == "Change of Mine"


def test_a_preview_that_is_out_of_date_is_made_again(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "requirement", "YEARLY"), "Show what would change", level="required")
    curriculum_commands.set_module(make.by(), replace(small.second, title="Speaking out"))
    refused = office.post("programme.save", proposal_id=db.session.query(Proposal).one().id)
    assert refused.messages == ["The curriculum was changed meanwhile. Look at the preview again before you save."]
    assert requirement("YEARLY").level == "expected"
    page = office.open(page.path)
    assert "The curriculum was changed meanwhile" in page.text
    page = office.submit(page, "Make the preview again")
    office.submit(page, "Save this change")
    assert requirement("YEARLY").level == "required"
    assert [one.title for one in now().modules] == ["Listening well", "Speaking out"]


def test_saving_twice_saves_once(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "requirement", "YEARLY"), "Show what would change", level="required")
    office.submit(page, "Save this change")
    again = office.submit(page, "Save this change")
    assert again.messages == []
    assert verbs().count("proposal.saved") == 1


def test_a_proposal_can_be_left_or_gone_on_with(office: Pages, small: Small) -> None:
    page = office.submit(change(office, "requirement", "YEARLY"), "Show what would change", title="Half done")
    again = office.open(page.link("Go on editing"))
    assert again.one("#title")["value"] == "Half done"
    assert "Half done" in office.get("programme.index").text
    left = office.submit(page, "Leave it")
    assert left.messages == ["Nothing was changed."]
    assert db.session.query(Proposal).count() == 0


def test_what_facts_hang_on_is_not_removed(office: Pages, small: Small) -> None:
    for kind, code, why in (
        ("module", "ONE", "It cannot be removed while these name it: YEARLY, START."),
        (
            "requirement",
            "YEARLY",
            "figures of people rest on it, past ones too. Give it a last day: ",
        ),
        ("gate", "START", "figures of people rest on it"),
    ):
        page = office.submit(office.get("programme.thing", kind=kind, code=code), "Remove")
        assert why in page.messages[0]
    assert len(now().modules) == 2


def test_what_nothing_hangs_on_is_removed(office: Pages, small: Small) -> None:
    empty = Requirement("EMPTY", "Never asked", ("TWO",), "required", make.day(10), audience={"roles": []})
    curriculum_commands.set_requirement(make.by(), empty)
    settle_figures()
    page = office.submit(office.get("programme.thing", kind="requirement", code="EMPTY"), "Remove")
    assert page.h1 == "Remove Never asked"
    office.submit(page, "Save this change")
    page = office.submit(office.get("programme.thing", kind="module", code="TWO"), "Remove")
    office.submit(page, "Save this change")
    assert [one.code for one in now().modules] == ["ONE"]
    assert {"requirement.removed", "module.removed"} <= set(verbs())
    office.get("programme.thing", kind="requirement", code="EMPTY", status=404)


def test_a_gate_is_opened_by_hand(office: Pages, small: Small) -> None:
    page = office.get("programme.open_by_hand", code="START")
    wrong = {"unit": "School of Medicine", "opened_on": make.day(1).isoformat(), "reason": "x", "approved_by": "y"}
    page = office.submit(page, "Preview", status=422, **wrong)
    assert page.errors == ["This gate is for units of the kind department."]
    page = office.submit(page, "Preview", **{**wrong, "unit": "surgery"})
    yesterday = in_words(make.day(1)).replace("\N{NO-BREAK SPACE}", " ")
    assert page.texts(".preview p") == [
        "Today 0 of 2 people of Surgery have completed what it asks, 0 %. By itself it opens above 50 %.",
        f"Surgery may begin from {yesterday} on, which it could not so far.",
        "No rate moves: a gate says when a unit may begin, not who has completed what.",
    ]
    assert "For no unit." in office.get("programme.thing", kind="gate", code="START").text
    page = office.submit(page, "Open the gate")
    assert page.messages == ["The gate is open for this unit."]
    twice = office.get("programme.open_by_hand", code="START")
    twice = office.submit(twice, "Preview", status=422, **{**wrong, "unit": "SURG"})
    assert twice.errors == ["This gate was opened for this unit by hand already."]
    page = office.open(page.link("Surgery"))
    page = office.submit(page, "Preview", reason="Agreed with the dean")
    assert page.texts(".preview p")[1] == f"It is open from {yesterday} on already, so this opens nothing earlier."
    page = office.submit(page, "Save")
    assert "Agreed with the dean" in page.text
    page = office.submit(office.open(page.link("Surgery")), "Take it back")
    assert "For no unit." in page.text
    assert verbs()[-3:] == ["gate.opened_by_hand", "gate_override.changed", "gate_override.removed"]


def test_two_who_put_an_opened_gate_right(office: Pages, small: Small) -> None:
    said = {"on": make.day(1), "reason": "agreed", "approved_by": "the dean"}
    row_id = overrides.open_by_hand(make.by(), "START", "SURG", **said)
    form = office.get("programme.override", override_id=row_id)
    mine = office.submit(form, "Preview", approved_by="the provost")
    office.submit(office.submit(form, "Preview", reason="Agreed in May", opened_on=make.day(3).isoformat()), "Save")
    told = office.submit(mine, "Save", status=422)
    assert_told(told, day_words(make.day(3)), "Agreed in May", "the dean")
    told_at_once = office.submit(form, "Preview", status=422)
    assert_told(told_at_once, day_words(make.day(3)), "Agreed in May")
    db.session.close()
    assert db.session.get_one(GateOverride, row_id).approved_by == "the dean"
    office.submit(office.submit(told, "Preview", reason="Agreed in May"), "Save")
    db.session.close()
    row = db.session.get_one(GateOverride, row_id)
    assert (row.opened_on, row.reason, row.approved_by) == (make.day(1), "Agreed in May", "the provost")


def test_the_auditor_reads_and_changes_nothing(pages: Pages, small: Small) -> None:
    pages.sign_in(small.auditor)
    page = pages.get("programme.thing", kind="requirement", code="YEARLY")
    assert page.html.select("main form") == []
    assert "Change" not in page.texts("main a.button")
    pages.get("programme.change", kind="requirement", code="YEARLY", status=403)


def test_a_gate_of_everything(office: Pages, small: Small) -> None:
    page = office.get("programme.add", kind="gate")
    page = office.submit(
        page,
        "Show what would change",
        code="G2",
        unit_kinds=["department", "school"],
        needs=["TWO", "ONE"],
        percent="0",
        first=make.day(50).isoformat(),
    )
    office.submit(page, "Save this change")
    assert now().gates[1] == Gate("G2", ("department", "school"), ("TWO", "ONE"), 0, make.day(50))


def new_module(office: Pages, *, status: int = 200, **values: str) -> Page:
    page = office.get("programme.add", kind="module")
    return office.submit(page, "Show what would change", status=status, **{"title": "Acting", **values})


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"code": "A B"}, "The code must not have blanks or slashes in it"),
        ({"code": "A/É"}, "The code must not have blanks or slashes in it"),
        ({"code": "=1+1"}, "The code must begin with a letter or a digit"),
        ({"code": "A" * 51}, "The code must be 50 characters or fewer"),
        ({"equivalents": "has space, =cmd"}, "The other code has space, =cmd must not have blanks or slashes in it"),
        ({"equivalents": "=cmd"}, "The other code =cmd must begin with a letter or a digit"),
        ({"equivalents": "B" * 51}, "Each other code must have at most 50 characters"),
        ({"equivalents": "THREE"}, "The list of other codes names the module itself, THREE"),
    ],
)
def test_a_new_code_has_the_shape_of_one(office: Pages, small: Small, values: dict[str, str], said: str) -> None:
    assert new_module(office, status=422, **{"code": "THREE", **values}).errors == [said]


def test_a_code_that_a_file_brought_stays(office: Pages, small: Small) -> None:
    curriculum_commands.set_module(make.by(), Module("A B/É", "Acting", equivalents=("OLD 2", "=old")))
    page = change(office, "module", "A B/É")
    assert office.submit(page, "Show what would change", title="Deeds").h1 == "Change of Deeds"


def test_codes_that_are_like_others_are_warned_of(office: Pages, small: Small) -> None:
    text = new_module(office, code="one", equivalents="TWO").text
    assert "one differs from ONE of Listening well only in small and capital letters." in text
    both = "too: what is recorded under it will count as both modules."
    assert f"TWO counts as Speaking up (TWO) {both}" in text
    assert f"OLD-1 counts as Listening well (ONE) {both}" in new_module(office, code="OLD-1").text


def test_the_preview_of_something_new_says_everything_its_code_first(office: Pages, small: Small) -> None:
    page = new_module(office, code="THREE")
    assert page.texts("tbody tr")[0] == f"Code {NOTHING} THREE"
    assert "Nothing asks for what is added yet." in page.text
    page = office.get("programme.add", kind="requirement")
    values = {"code": "NEW", "title": "New", "module_1": "TWO", "level": "expected", "reach": "everybody"}
    page = office.submit(
        page,
        "Show what would change",
        **values,
        first=make.day(0).isoformat(),
        categories=["faculty"],
        units="MED",
    )
    assert "1 new requirement would be added." in page.text
    assert page.texts("tbody tr")[0] == f"Code {NOTHING} NEW"
    assert f"Who is asked {NOTHING} everybody" in page.texts("tbody tr")
    left_out = "What was filled in for some people was left out: Categories (faculty); Units (MED)."
    assert f"You chose everybody. {left_out}" in page.text


def test_what_is_removed_moves_no_figure(office: Pages, small: Small) -> None:
    page = office.submit(office.get("programme.thing", kind="module", code="TWO"), "Remove")
    assert "No figure rests on what is removed." in page.text
