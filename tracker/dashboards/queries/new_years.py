"""On which days what is asked each year begins anew: from then on, what was completed before no longer counts."""

from collections.abc import Iterable
from datetime import date

from tracker.core.database import db
from tracker.dashboards.queries.items import RequirementView
from tracker.progress.figures import answers
from tracker.progress.rules import Cycle, Rule, cycle_on


def between(asked: Iterable[RequirementView], one: date, other: date) -> list[tuple[RequirementView, date]]:
    """Those of these requirements that began anew between two days, each with the last day on which it did: one
    statement."""
    first, last = sorted((one, other))
    rules = {measure.requirement_id: measure.rule for measure in answers.live_measures(db.session())}
    days = ((requirement, beginnings(rules.get(requirement.id), first, last)) for requirement in asked)
    return [(requirement, found[-1]) for requirement, found in days if found]


def beginnings(rule: Rule | None, after: date, until: date) -> list[date]:
    """The days after one day until another on which a rule begins anew, in order; its own first day is none of them."""
    if rule is None or not isinstance(rule.repeat, Cycle):
        return []
    day, last = max(after.toordinal(), rule.first) + 1, min(until.toordinal(), rule.last)
    found = []
    while day <= last:
        begins, ends = cycle_on(rule.repeat, day)
        found += [date.fromordinal(begins)] if begins >= day else []
        day = ends + 1
    return found
