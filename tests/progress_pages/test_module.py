"""A module's page: what it is, how it can be done, what comes before it, and whether one's department has begun."""

from sqlalchemy import select, update

from tests.progress_pages.conftest import World
from tests.support import make
from tests.support.pages import Pages
from tests.support.statements import statements
from tracker.core.database import db
from tracker.core.words import day as shown
from tracker.curriculum import commands as curriculum
from tracker.curriculum.models import Gate
from tracker.curriculum.rules import Module
from tracker.progress.models import GateOverride, Revision, Stage


def rich_module() -> Module:
    """A module with everything that can be said of one."""
    made = Module(
        code="ACT/1 ü",
        title="Action",
        minutes=90,
        evidence="verification",
        equivalents=("OLD-1", "WEB"),
        summary="From intentions to a habit.",
        objectives=("Find a routine.", "Change it."),
        links=({"title": "A reading", "url": "https://example.org/reading"},),
        ideally_after=("AWARE",),
    )
    make.module("AWARE", title="Awareness")
    curriculum.set_module(make.by(), made)
    return made


def test_it_says_all_there_is_to_know(world: World, pages: Pages) -> None:
    made = rich_module()
    make.requirement(made, title="The sequence", due={"date": make.day(-10)})
    page = pages.get("learner.module", code=made.code)
    assert page.h1 == "Action"
    assert page.texts(".lede p") == ["Due in 10 days.", "It takes 90 minutes."]
    assert "From intentions to a habit." in page.text
    assert page.texts("h2:-soup-contains('able to do') + ul li") == ["Find a routine.", "Change it."]
    assert page.link("A reading") == "https://example.org/reading"
    assert "OLD-1 and WEB count as this module." in page.text
    assert "It counts once Cara Champion has verified it." in page.text
    assert "You may take it now. It is easier after Awareness." in page.text
    assert page.link("Log a completion") == "/log?module=ACT/1+%C3%BC"
    assert page.texts(".reasons li")[0].startswith("The sequence: why Action is asked of me, asked of you since ")


def test_every_title_on_the_start_page_leads_to_it(world: World, pages: Pages) -> None:
    make.requirement(make.module("M-1", title="First"), make.module("M-2", title="Second"))
    done = make.module("M-3", title="Third")
    make.requirement(done, level="optional")
    make.completion(world.ada, done)
    home = pages.get("learner.home")
    for title, code in (("First", "M-1"), ("Second", "M-2"), ("Third", "M-3")):
        assert pages.open(home.link(title)).h1 == title
        assert home.link(title) == f"/modules/{code}"


def test_what_must_come_first_blocks_and_says_why(world: World, pages: Pages) -> None:
    first = make.module("ONE", title="The first", equivalents=["OLD-ONE"])
    make.requirement(first, make.module("TWO", title="The second", after=["ONE"]))
    page = pages.get("learner.module", code="TWO")
    assert "The second builds on The first, so it can be logged once that is done." in page.text
    assert page.link("Begin with The first") == "/modules/ONE"
    assert "Log a completion" not in page.text
    assert "not done yet" in page.text

    make.completion(world.ada, "OLD-ONE", on=make.day(3))
    page = pages.get("learner.module", code="TWO")
    assert "builds on" not in page.text
    assert page.link("Log a completion") == "/log?module=TWO"


def test_what_is_done_or_not_asked_says_so(world: World, pages: Pages) -> None:
    make.module("FREE", title="Free")
    assert pages.get("learner.module", code="FREE").texts(".lede p")[0].startswith("This is not asked of you today.")
    course = make.module("DONE", title="Done")
    make.requirement(course)
    make.completion(world.ada, course, on=make.day(3))
    page = pages.get("learner.module", code="DONE")
    assert page.texts(".lede p")[0].startswith("Done on ")
    assert page.link("Log it again") == "/log?module=DONE"


def test_with_a_gate_it_says_whether_the_department_has_begun(world: World, pages: Pages) -> None:
    needed = make.module("AWARE", title="Awareness")
    follows = Module(code="CORE", title="Core", ideally_after=("AWARE",))
    curriculum.set_module(make.by(), follows)
    make.requirement(needed, follows)
    other = make.module("OTHER")
    made = make.gate(needed, title="Understanding Racism", percent=50)

    for code in ("AWARE", "CORE"):
        page = pages.get("learner.module", code=code)
        assert page.texts(".gate") == [
            "Medicine has not begun yet. Understanding Racism begins there once more than 50 % of its people have done"
            " Awareness."
        ]
    assert not pages.get("learner.module", code=other.code).html.select(".gate")

    with make.transaction() as tx:
        gate_id = db.session.scalar(select(Gate.id).where(Gate.code == made.code))
        tx.session.add(
            GateOverride(gate_id=gate_id, unit_id=world.unit.id, opened_on=make.day(3), reason="r", approved_by="a")
        )
    [opened] = pages.get("learner.module", code="AWARE").texts(".gate")
    assert opened.startswith("Medicine has begun. Understanding Racism: since ")


def test_an_unknown_code_is_no_page(world: World, pages: Pages) -> None:
    pages.get("learner.module", code="NO/SUCH", status=404)


def test_it_takes_as_many_statements_for_many_as_for_one(world: World, pages: Pages) -> None:
    course = make.module("M-0")
    make.requirement(course)

    def count() -> int:
        pages.get("learner.module", code="M-0")
        with statements() as ran:
            pages.get("learner.module", code="M-0")
        return len(ran)

    few = count()
    others = [make.module() for _ in range(6)]
    for _ in range(5):
        make.requirement(course, *others)
        make.gate(course, *others)
    for one in others:
        make.completion(world.ada, one)
    assert count() == few


def test_what_follows_however_far_tells_of_the_gate_and_of_what_opened_it(world: World, pages: Pages) -> None:
    needed = make.module("AWARE", title="Awareness")
    curriculum.set_module(make.by(), Module(code="CORE", title="Core", ideally_after=("AWARE",)))
    make.module("TRACK", title="Track", after=["CORE"])
    make.gate(needed, title="Understanding Racism", percent=50)
    for person in (world.ada, world.champion.person):
        assert person is not None
        make.completion(person, needed, on=make.day(3))
    [opened] = pages.get("learner.module", code="TRACK").texts(".gate")
    day = shown(make.day(3)).replace("\N{NO-BREAK SPACE}", " ")
    assert opened == (
        f"Medicine has begun. Understanding Racism: since {day}, when more than 50 % of its people had done Awareness."
    )


def test_a_gate_opened_by_hand_says_so(world: World, pages: Pages) -> None:
    made = make.gate(make.module("AWARE"), title="Understanding Racism")
    with make.transaction() as tx:
        gate_id = db.session.scalar(select(Gate.id).where(Gate.code == made.code))
        tx.session.add(
            GateOverride(gate_id=gate_id, unit_id=world.unit.id, opened_on=make.day(3), reason="r", approved_by="a")
        )
    [opened] = pages.get("learner.module", code="AWARE").texts(".gate")
    assert opened.endswith(", by decision.")


def test_a_gate_that_is_not_worked_out_or_not_in_force_says_so(world: World, pages: Pages) -> None:
    needed = make.module("AWARE", title="Awareness")
    made = make.gate(needed, title="Understanding Racism", first=make.day(-10))
    [later] = pages.get("learner.module", code="AWARE").texts(".gate")
    day = shown(make.day(-10)).replace("\N{NO-BREAK SPACE}", " ")
    assert later.startswith("Medicine has not begun yet. Understanding Racism begins there once more than 50 % ")
    assert later.endswith(f" That is looked at from {day} on.")
    with make.transaction() as tx:
        tx.session.execute(update(Revision).where(Revision.gate_id.is_not(None)).values(stage=Stage.BUILDING))
    [unknown] = pages.get("learner.module", code="AWARE").texts(".gate")
    assert unknown.startswith("Whether Medicine has begun is being worked out. Understanding Racism begins there once ")
    assert made.code not in unknown


def test_a_unit_of_another_kind_need_not_wait(world: World, pages: Pages) -> None:
    make.gate(make.module("AWARE"), title="Understanding Racism", unit_kinds=["division", "institute"])
    assert pages.get("learner.module", code="AWARE").texts(".gate") == [
        "Medicine need not wait. Understanding Racism waits for more than 50 % of the people only in units of the kind"
        " division or institute."
    ]


def test_to_begin_with_is_the_first_in_line(world: World, pages: Pages) -> None:
    make.module("ONE", title="The first")
    make.module("TWO", title="The second", after=["ONE"])
    make.requirement(make.module("THREE", title="The third", after=["TWO"]), code="SEQ")
    page = pages.get("learner.module", code="THREE")
    assert "The third builds on The second, so it can be logged once that is done." in page.text
    assert page.link("Begin with The first") == "/modules/ONE"
    why = pages.open(str(page.one(".reasons a")["href"]))
    assert why.link("Begin with The first") == "/modules/ONE"
    assert not why.html.select("main a[href^='/log?']")
