"""Who sits on committees, champions a unit or is excused from something, at the sample school."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from .facts import ChampionRow, FunctionRow, OverrideRow, WaiverRow
from .people import Member
from .plan import Committee, Plan, WaiverPlan

APPROVER = "Office for Equity in Learning"
OVERRIDE_APPROVER = "Dean's Council"
TERM_DAYS = 730
KINDS = ("faculty", "staff")
CHAMPION_FTE = {"faculty": "0.1", "staff": "0.2"}
SERVED_BEFORE_COMMITTEE = 120


def make_functions(plan: Plan, rng: Random, people: Sequence[Member]) -> list[FunctionRow]:
    """Committee and search members, past and present; nobody sits on the same one twice."""
    rows = [
        FunctionRow(member.person_id, one["function"], plan.before(one["from"]), None)
        for member in people
        if member.cast
        for one in member.cast.functions
    ]
    for committee in plan.committees:
        rows.extend(_members_of(plan, rng, committee, people))
    return rows


def make_champions(plan: Plan, rng: Random, people: Sequence[Member]) -> list[ChampionRow]:
    """A faculty and a staff champion for every department, one for some divisions, and some whose term is over."""
    rows = [
        ChampionRow(
            member.person_id, one["unit"], one["kind"], one["fte"], plan.before(one["from"]), plan.before(one["to"])
        )
        for member in people
        if member.cast
        for one in member.cast.champion
    ]
    taken = {row.person_id for row in rows}
    filled = {(row.unit, row.kind) for row in rows if row.covers(plan.today)}
    for unit, kind, is_over in _champion_posts(plan):
        if is_over or (unit, kind) not in filled:
            row = _champion(plan, rng, people, taken, (unit, kind), is_over=is_over)
            taken.add(row.person_id)
            rows.append(row)
    return rows


def make_waivers(plan: Plan, rng: Random, people: Sequence[Member], busy: set[str]) -> list[WaiverRow]:
    """Waivers for people who are here and not busy with a duty of their own."""
    free = [one for one in people if _is_here(plan, one, 0) and not one.cast and one.person_id not in busy]
    rng.shuffle(free)
    return [row for waiver in plan.waivers for row in _waivers_of(plan, rng, waiver, free)]


def make_overrides(plan: Plan) -> list[OverrideRow]:
    """The gates that were opened by a decision."""
    return [
        OverrideRow(plan.gate, one.unit, plan.before(one.opened), one.reason, OVERRIDE_APPROVER)
        for one in plan.overrides
    ]


def _is_here(plan: Plan, member: Member, days: int) -> bool:
    """Whether somebody is here today and has been for so many days, in her present post."""
    return member.last.covers(plan.before(days)) and member.last.covers(plan.today)


# Committees


def _members_of(plan: Plan, rng: Random, committee: Committee, people: Sequence[Member]) -> Iterator[FunctionRow]:
    fit = [
        one
        for one in people
        if _is_here(plan, one, SERVED_BEFORE_COMMITTEE) and one.last.category in committee.categories and not one.cast
    ]
    chosen = rng.sample(fit, committee.members + committee.former)
    starts = [plan.before(days) for days in committee.joined_lately]
    starts += [_term_start(plan, rng) for _ in range(committee.members - len(starts))]
    for member, start in zip(chosen, starts, strict=False):
        yield FunctionRow(member.person_id, committee.function, max(start, member.started), None)
    for member in chosen[committee.members :]:
        end = plan.before(rng.randint(20, 700))
        start = max(member.started, end - timedelta(days=rng.randint(120, 900)))
        if start <= end:
            yield FunctionRow(member.person_id, committee.function, start, end)


def _term_start(plan: Plan, rng: Random) -> date:
    """The first of September of one of the last four years, in the past."""
    start = date(plan.year - rng.randint(0, 3), 9, 1)
    return start if start < plan.today else date(plan.year - 1, 9, 1)


# Champions


def _champion_posts(plan: Plan) -> Iterator[tuple[str, str, bool]]:
    """Unit, kind and whether the term is over."""
    for unit in plan.departments:
        for kind in KINDS:
            yield unit, kind, False
    for index, unit in enumerate(plan.champion_divisions):
        yield unit, KINDS[index % 2], False
    for index, unit in enumerate(plan.champion_predecessors):
        yield unit, KINDS[index % 2], True


def _champion(
    plan: Plan, rng: Random, people: Sequence[Member], taken: set[str], post: tuple[str, str], *, is_over: bool
) -> ChampionRow:
    """One of those who have been here longest; a term never begins before the post."""
    unit, kind = post
    fit = [
        one
        for one in people
        if one.last.category == kind
        and one.last.role != "manager"
        and unit in (one.last.unit, plan.top(one.last.unit))
        and _is_here(plan, one, 0)
        and not one.leaves
        and not one.cast
        and one.person_id not in taken
    ]
    longest = sorted(fit, key=lambda one: one.last.start)[: max(2, len(fit) // 3)]
    days = rng.randint(760, 860) if is_over else rng.randint(40, 600)
    start = plan.before(days).replace(day=1)
    end = start + timedelta(days=TERM_DAYS - 1)
    chosen = rng.choice(longest)
    return ChampionRow(chosen.person_id, unit, kind, CHAMPION_FTE[kind], max(start, chosen.last.start), end)


# Waivers


def _waivers_of(plan: Plan, rng: Random, waiver: WaiverPlan, free: list[Member]) -> Iterator[WaiverRow]:
    """Takes its people off the list of those who are free."""
    for _ in range(waiver.people):
        member = _next_fitting(plan, waiver, free)
        start = max(plan.before(rng.randint(*waiver.since)), member.started)
        end = plan.before(-rng.randint(*waiver.until)) if waiver.until else None
        for requirement in waiver.requirements:
            for module in waiver.modules:
                yield WaiverRow(member.person_id, requirement, module, start, end, waiver.reason, APPROVER)


def _next_fitting(plan: Plan, waiver: WaiverPlan, free: list[Member]) -> Member:
    """The next free person who has been here long enough, and whom the requirements ask for anything."""
    roles = {role for code in waiver.requirements if code for role in plan.requirements[code].roles}
    for index, member in enumerate(free):
        if _is_here(plan, member, waiver.since[1]) and (not roles or member.last.role in roles):
            return free.pop(index)
    raise ValueError(f"Nobody fits the waiver {waiver.reason!r}; lower its `people` or its `since`.")
