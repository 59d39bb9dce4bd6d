"""Plain facts turned into what `tracker.progress.rules` takes, without a database."""

from datetime import date
from types import ModuleType
from typing import Any

from tests.naive import facts as plain
from tracker.core.days import NEVER_AFTER, NEVER_BEFORE
from tracker.progress import rules as own_rules
from tracker.units.rules import Row, Tree


def number(day: date | None, empty: int = NEVER_AFTER) -> int:
    """A day's number."""
    return empty if day is None else day.toordinal()


class Compiled:
    """One institution as rules, persons and a tree. `rules` is the module that works them out: ours, or a mutant."""

    def __init__(self, facts: plain.Facts, rules: ModuleType = own_rules) -> None:
        self.facts = facts
        self.module: Any = rules
        self.unit_ids = {code: index for index, code in enumerate(sorted({row.code for row in facts.units}), 1)}
        self.tree = Tree(
            Row(
                self.unit_ids[row.code],
                number(row.start, NEVER_BEFORE),
                number(row.end),
                row.name,
                row.kind,
                self.unit_ids.get(row.parent),
            )
            for row in facts.units
        )
        self.modules = {
            one.code: rules.ModuleRule(
                one.code, frozenset({one.code, *one.equivalents}), one.evidence == "verification"
            )
            for one in facts.modules
        }
        self.rules = [self._rule(one) for one in facts.requirements]
        self.gates = [
            rules.GateRule([self.modules[code] for code in one.needs], self._audience(one.audience))
            for one in facts.gates
        ]
        self.people = {one.person_id: self._person(one.person_id) for one in facts.people}

    def _audience(self, audience: plain.Audience) -> Any:
        given = {key: frozenset(values) for key, values in audience.items() if key != "units"}
        units = None
        if "units" in audience:
            units = self.tree.within([self.unit_ids[code] for code in audience["units"]])
        return self.module.Audience(**given, units=units)

    def _rule(self, one: plain.Requirement) -> Any:
        repeat: Any = None
        if one.repeat.months:
            repeat = self.module.Months(one.repeat.months)
        elif one.repeat.cycle:
            due_by = _month_day(one.repeat.due_by) if one.repeat.due_by else None
            repeat = self.module.Cycle(_month_day(one.repeat.cycle), due_by)
        return self.module.Rule(
            code=one.code,
            level=self.module.Level(one.level),
            modules=[self.modules[code] for code in one.modules],
            first=one.start.toordinal(),
            last=number(one.end),
            audience=self._audience(one.audience),
            due_date=None if one.due_date is None else one.due_date.toordinal(),
            days_after_start=one.due_days,
            repeat=repeat,
        )

    def _person(self, person: str) -> Any:
        facts, rules = self.facts, self.module
        replaced = {one.corrects for one in facts.completions}
        return rules.PersonFacts(
            homes=sorted(
                rules.Home(one.start.toordinal(), number(one.end), self.unit_ids[one.unit], one.category, one.role)
                for one in facts.appointments
                if one.person_id == person and one.primary
            ),
            functions=[
                (one.function, one.start.toordinal(), number(one.end))
                for one in facts.functions
                if one.person_id == person
            ],
            leaves=sorted((one.start.toordinal(), number(one.end)) for one in facts.leaves if one.person_id == person),
            waivers=[
                rules.Waived(one.requirement or None, one.module or None, one.start.toordinal(), number(one.end))
                for one in facts.waivers
                if one.person_id == person
            ],
            completions=[
                rules.Done(one.module, one.completed_on.toordinal(), rules.State(one.state))
                for one in facts.completions
                if one.person_id == person and one.id not in replaced and one.state != "rejected"
            ],
        )


def _month_day(text: str) -> tuple[int, int]:
    return int(text[:2]), int(text[3:])
