"""What a completion changes, as pure functions: agreeing with the timeline, and undone by taking it away."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.core.days import NEVER_AFTER
from tracker.progress.effects import effects, verified, without
from tracker.progress.rules import (
    Cycle,
    Done,
    Home,
    Level,
    ModuleRule,
    Months,
    PersonFacts,
    Rule,
    State,
    Status,
    timeline,
)

DAY = 739_000
ESSAY = ModuleRule("ESSAY", frozenset({"ESSAY", "OLD"}), needs_verification=True)
COURSE = ModuleRule("COURSE", frozenset({"COURSE"}), needs_verification=False)
HOMES = (Home(DAY - 2_000, NEVER_AFTER, 1, "staff", "clinical"),)

dones = st.builds(
    Done,
    st.sampled_from(["ESSAY", "OLD", "COURSE", "OTHER"]),
    st.integers(DAY - 1_500, DAY + 100),
    st.sampled_from([State.CLAIMED, State.VERIFIED]),
)
rules = st.builds(
    Rule,
    code=st.just("R"),
    level=st.sampled_from(Level),
    modules=st.sampled_from([(ESSAY,), (COURSE,), (ESSAY, COURSE)]),
    first=st.just(DAY - 1_000),
    due_date=st.none() | st.integers(DAY - 100, DAY + 100),
    repeat=st.sampled_from([None, Months(12), Cycle((7, 1))]),
)


def facts(*completions: Done) -> PersonFacts:
    """Somebody at home for long, with these completions."""
    return PersonFacts(homes=HOMES, completions=completions)


@given(st.lists(dones, max_size=5), dones, st.lists(rules, max_size=3))
def test_before_and_after_are_the_timelines_of_the_day(kept: list[Done], done: Done, asked: list[Rule]) -> None:
    after = facts(*kept, done)
    before = without(after, done)
    assert sorted(before.completions) == sorted(kept)
    found = effects(before, after, done.course, asked, DAY)
    expected = [
        (rule.code, module.code, old[0], new[0])
        for rule in asked
        for module, old, new in zip(
            rule.modules, timeline(before, rule, DAY, DAY), timeline(after, rule, DAY, DAY), strict=False
        )
        if done.course in module.courses
    ]
    assert [(one.requirement, one.module, one.before, one.after) for one in found] == expected


@given(st.lists(dones, max_size=5), dones, rules)
def test_what_does_not_look_at_a_course_is_not_changed_by_it(kept: list[Done], done: Done, rule: Rule) -> None:
    after = facts(*kept, done)
    told = {one.module for one in effects(without(after, done), after, done.course, [rule], DAY)}
    spans = zip(
        rule.modules,
        timeline(without(after, done), rule, DAY, DAY),
        timeline(after, rule, DAY, DAY),
        strict=False,
    )
    assert {module.code for module, old, new in spans if old != new} <= told


def test_of_equal_completions_one_goes() -> None:
    done = Done("COURSE", DAY, State.CLAIMED)
    assert without(facts(done, done), done).completions == [done]
    assert without(facts(), done).completions == []


def test_verifying_a_claim_satisfies() -> None:
    claim = Done("OLD", DAY - 3, State.CLAIMED)
    rule = Rule("R", Level.REQUIRED, (ESSAY,), DAY - 1_000)
    (effect,) = effects(facts(claim), verified(facts(claim), claim), "OLD", [rule], DAY)
    assert (effect.before.status, effect.after.status) == (Status.PENDING, Status.SATISFIED)
    assert effect.after.satisfied_on == DAY - 3


def test_out_of_scope_there_is_nothing_to_change() -> None:
    done = Done("COURSE", DAY, State.VERIFIED)
    rule = Rule("R", Level.REQUIRED, (COURSE,), DAY + 1)
    assert effects(facts(), facts(done), "COURSE", [rule], DAY) == []
