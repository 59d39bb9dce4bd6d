"""What the people of the sample school completed: waves after sessions, orientations, yearly courses, claims."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from . import sessions
from .facts import ChampionRow, CompletionRow, FunctionRow
from .ledger import Ledger
from .people import Member
from .plan import CastMember, Plan
from .sessions import Days

ORIENTATION = {"DIV-1": "NEO-1", "DIV-2": "NEO-2"}
OLD_COURSE = "WEB-AWARE"  # the online course from before the programme; counts as 1.0
YEARLY, YEARLY_LIVE = "RESPECT", "RESPECT-LIVE"
SELECTION, CIRCLE = "ADM-BIAS", "CIRCLE"
SELECTION_LASTS = 730
NEWCOMER_CATEGORIES = ("staff", "faculty", "postdoc", "resident")
PROMPT = 0.75  # times the pace of her unit: the chance that somebody takes the next session she could attend
WAITING_CLAIM = 75  # days a claim may wait for its decision


class Learning:
    """Fills the log for everybody; `done` keeps, for each person, the day on which each module was first done."""

    def __init__(
        self,
        plan: Plan,
        rng: Random,
        people: Sequence[Member],
        functions: Sequence[FunctionRow],
        champions: Sequence[ChampionRow],
    ) -> None:
        self.plan = plan
        self.rng = rng
        self.people = people
        self.functions = functions
        self.ledger = Ledger(plan.today, rng)
        self.done: dict[str, dict[str, date]] = {member.person_id: {} for member in people}
        self.champion_ids = {row.person_id for row in champions}
        self.committee_ids = {row.person_id for row in functions}
        self.begin = sessions.first_session(plan)
        self.circle_days = sessions.circle_days(plan)
        self.intro = plan.requirements["INTRO"].modules
        self.core = plan.requirements["USR-CORE"].modules

    def rows(self) -> list[CompletionRow]:
        """Let everybody learn, and give the log."""
        others = [member for member in self.people if not member.cast]
        for member in self.people:
            if member.cast:
                self._follow_script(member, member.cast)
            self._yearly(member)
        self._introductions(others)
        self._hold_one_person_short()
        self._workshops(others)
        for row in self.functions:
            if row.function == "admissions-committee":
                self._selection_course(row)
        for member in others:
            self._circles(member)
            self._claim_in_error(member)
        return self.ledger.rows()

    def _attend(self, member: Member, module: str, day: date, *, course: str = "", source: str = "") -> None:
        self.ledger.attend(member.person_id, course or module, day, self.plan.modules[module].minutes, source)
        self._note(member, module, day)

    def _note(self, member: Member, module: str, day: date) -> None:
        done = self.done[member.person_id]
        done[module] = min(day, done.get(module, day))

    def _finished(self, member: Member, modules: Sequence[str]) -> date | None:
        """The day on which the last of these modules was done, if all are."""
        done = self.done[member.person_id]
        return max(done[code] for code in modules) if all(code in done for code in modules) else None

    # People known by name

    def _follow_script(self, member: Member, cast: CastMember) -> None:
        orientation = {course: module for module, course in ORIENTATION.items()}
        for course, days in cast.done.items():
            module = orientation.get(course, course)
            day = self.plan.before(days)
            if module == YEARLY:
                day = max(day, date(self.plan.year, 7, 1))
            minutes = self.plan.modules[module].minutes
            source = "import" if module == YEARLY or course in orientation else "roster"
            self.ledger.enter(member.person_id, course, day, minutes, source)
            self._note(member, module, day)
        for course, days in cast.claimed.items():
            self.ledger.claim(member.person_id, course, self.plan.before(days), self.plan.modules[course].minutes)

    # The introductory sequence

    def _introductions(self, members: Sequence[Member]) -> None:
        open_days = sessions.open_intro(self.plan)
        tops = sorted({self.plan.top(member.last.unit) for member in members})
        days_of = {top: sessions.merged(open_days, sessions.intro_series(self.plan, self.rng)) for top in tops}
        for member in members:
            self._introduction(member, days_of[self.plan.top(member.last.unit)])

    def _introduction(self, member: Member, days: Days) -> None:
        self._before_the_programme(member)
        self._orientation(member)
        target = len(self.intro) if self.rng.random() < self._pace(member) else self.rng.choice((0, 0, 1, 1, 2, 3))
        day = max(self.begin, member.started)
        for code in self.intro[:target]:
            known = self.done[member.person_id].get(code)
            if known is None:
                found = self._session(member, days[code], day)
                if found is None:
                    return
                self._attend(member, code, found)
            day = max(day, self.done[member.person_id][code])

    def _pace(self, member: Member) -> float:
        """How likely somebody finishes: as the unit does; leaders and committees more, champions always."""
        pace = self.plan.units[member.last.unit].pace
        if member.person_id in self.champion_ids:
            return 1.0
        if member.last.role == "manager" or member.person_id in self.committee_ids:
            return max(pace, 0.82)
        return pace

    def _before_the_programme(self, member: Member) -> None:
        served = (self.begin - member.started).days
        if served > 200 and self.rng.random() < 0.08:
            day = self.begin - timedelta(days=self.rng.randint(20, min(served, 700)))
            if member.is_present(day):
                self._attend(member, self.intro[0], day, course=OLD_COURSE, source="import")

    def _orientation(self, member: Member) -> None:
        """The first two parts, given on one day in the first two weeks of a newcomer."""
        if member.started < self.begin or member.last.category not in NEWCOMER_CATEGORIES:
            return
        day = sessions.workday(member.started + timedelta(days=self.rng.randint(4, 13)))
        if day <= self.plan.today and member.is_present(day) and self.rng.random() < 0.75:
            for module, course in ORIENTATION.items():
                self._attend(member, module, day, course=course, source="import")

    def _session(self, member: Member, days: Sequence[date], after: date) -> date | None:
        """A session somebody could attend after a day: the next one, or with falling chance a later one."""
        prompt = self.plan.units[member.last.unit].pace * PROMPT
        last = None
        for day in days:
            if day > after and member.is_present(day):
                last = day
                if self.rng.random() < prompt:
                    break
        return last

    # The gate

    def _gate_members(self, unit: str) -> list[Member]:
        """The people a department's gate counts today."""
        return [
            member
            for member in self.people
            if self.plan.top(member.last.unit) == unit
            and member.is_present(self.plan.today)
            and member.last.category in self.plan.gate_categories
        ]

    def _hold_one_person_short(self) -> None:
        """Bring one department to exactly half of its people, with a catch-up round in the last weeks."""
        members = self._gate_members(self.plan.one_person_short)
        missing = len(members) // 2 - sum(1 for one in members if self._finished(one, self.intro))
        eager = sorted(members, key=lambda one: -len(self.done[one.person_id]))
        for member in [one for one in eager if not self._finished(one, self.intro)][: max(0, missing)]:
            for part, code in enumerate(self.intro):
                if code not in self.done[member.person_id]:
                    day = sessions.workday(self.plan.before(2 + 7 * (len(self.intro) - 1 - part)))
                    self._attend(member, code, day, source="roster")

    def _opening(self, unit: str) -> date | None:
        """When about a gate opened: once more than half of those here today had finished, or by decision."""
        decided = [self.plan.before(one.opened) for one in self.plan.overrides if one.unit == unit]
        members = self._gate_members(unit)
        days = sorted(day for one in members if (day := self._finished(one, self.intro)))
        half = len(members) // 2
        return min([*decided, *days[half : half + 1]], default=None)

    # Understanding Systemic Racism

    def _workshops(self, members: Sequence[Member]) -> None:
        cohorts = sessions.open_core(self.plan)
        series = {unit: self._core_days(unit, cohorts) for unit in self.plan.departments}
        for member in members:
            own = series.get(self.plan.top(member.last.unit))
            self._core(member, own or cohorts, share=0.76 if own else 0.16)

    def _core_days(self, unit: str, cohorts: Days) -> Days | None:
        opened = self._opening(unit)
        return sessions.merged(cohorts, sessions.core_series(self.plan, self.rng, opened)) if opened else None

    def _core(self, member: Member, days: Days, *, share: float) -> None:
        day = self._finished(member, self.intro)
        if day is None or (member.person_id not in self.champion_ids and self.rng.random() > share):
            return
        for code in self.core:
            day = self._session(member, days[code], day)
            if day is None:
                return
            self._attend(member, code, day)
        self._track(member, day)

    def _track(self, member: Member, day: date) -> None:
        """The modules for a person's role, one after the other, some weeks apart."""
        for code in self._track_modules(member):
            day = sessions.workday(day + timedelta(days=self.rng.randint(17, 80)))
            if self.rng.random() > 0.85 or day > self.plan.today or not member.is_present(day):
                return
            if not self.plan.modules[code].needs_verification:
                self._attend(member, code, day, source=self.rng.choice(("roster", "roster", "self")))
            elif not self._submit(member, code, day):
                return

    def _track_modules(self, member: Member) -> Sequence[str]:
        tracks = (one for code, one in self.plan.requirements.items() if code.startswith("USR-"))
        return next(one.modules for one in tracks if member.last.role in one.roles)

    def _submit(self, member: Member, module: str, day: date) -> bool:
        """A piece of work handed in: decided after some days, or waiting; whether it was accepted."""
        minutes = self.plan.modules[module].minutes
        place = self.ledger.claim(member.person_id, module, day, minutes)
        if (self.plan.today - day).days < self.rng.randint(0, WAITING_CLAIM):
            return False
        if self.rng.random() < 0.1:
            self.ledger.reject(place)
            return False
        self.ledger.verify(place)
        self._note(member, module, day)
        return True

    # Other courses

    def _yearly(self, member: Member) -> None:
        """The yearly course in each cycle, most of it in autumn; a share is late, and some never take it."""
        for year in range(self.plan.year - 3, self.plan.year + 1):
            luck, day = self.rng.random(), self._yearly_day(member, year)
            is_scripted = member.cast is not None and year == self.plan.year
            if luck < 0.93 and day <= self.plan.today and member.is_present(day) and not is_scripted:
                is_live = self.rng.random() < 0.04
                course, source = (YEARLY_LIVE, "roster") if is_live else (YEARLY, "import")
                self._attend(member, YEARLY, day, course=course, source=source)

    def _yearly_day(self, member: Member, year: int) -> date:
        if self.rng.random() < 0.05:
            return date(year + 1, 1, 4) + timedelta(days=self.rng.randint(0, 70))
        day = date(year, 8, 20) + timedelta(days=round(self.rng.triangular(0, 130, 95)))
        is_new = day < member.started < date(year + 1, 6, 1)
        return member.started + timedelta(days=self.rng.randint(2, 29)) if is_new else day

    def _selection_course(self, row: FunctionRow) -> None:
        """The admissions course soon after joining the committee, and again before it runs out, mostly."""
        member = next(one for one in self.people if one.person_id == row.person_id)
        if member.cast:
            return
        day = row.start + timedelta(days=self.rng.randint(8, 85))
        minutes = self.plan.modules[SELECTION].minutes
        while self.rng.random() < 0.86 and day <= min(self.plan.today, row.end or self.plan.today):
            if member.is_present(day):
                place = self.ledger.claim(row.person_id, SELECTION, day, minutes)
                if (self.plan.today - day).days > self.rng.randint(0, WAITING_CLAIM):
                    self.ledger.verify(place)
            day += timedelta(days=SELECTION_LASTS - self.rng.randint(-20, 60))

    def _circles(self, member: Member) -> None:
        """Reading circles: a few people come, most of them again."""
        if self.rng.random() > 0.09:
            return
        for day in sorted(self.rng.sample(self.circle_days, self.rng.choice((1, 2, 2, 3, 5)))):
            if member.is_present(day):
                self._attend(member, CIRCLE, day, source="self")

    def _claim_in_error(self, member: Member) -> None:
        """A claim for a session that somebody had signed up for and missed, taken back or rejected later."""
        missing = [code for code in self.intro if code not in self.done[member.person_id]]
        if not missing or self.rng.random() > 0.06:
            return
        day = self.plan.before(self.rng.randint(15, 600))
        if member.is_present(day):
            place = self.ledger.claim(member.person_id, missing[0], day, self.plan.modules[missing[0]].minutes)
            self.ledger.reject(place)
