"""How statuses, records and sources read on pages. Pure words: no figure is worked out here."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from tracker.core.paging import Page
from tracker.core.words import DASH, ago, count, day, day_short, moment, plural, sentence_list
from tracker.progress.queries.claims import Claim
from tracker.progress.queries.lasting import asking_for, counts_no_more, cycle_of
from tracker.progress.queries.modules import Blocked
from tracker.progress.queries.records import Deed, Entry, Outcome, Record
from tracker.progress.queries.standing import Group, Says, Standing, Task
from tracker.progress.rules import Cycle, Level, Months, Rule, Status, cycle_on
from tracker.terms.queries import say

HOW_WORDS = {
    "workshop": "in a workshop or session",
    "online": "online, self-paced",
    "orientation": "at new-employee orientation",
    "elsewhere": "an equivalent course elsewhere",
    "other": "another way",
}
SOURCE_WORDS = {
    "office": "entered by the {office}",
    "roster": "from a sign-in list",
    "import": "brought over from another system",
}
OUTCOMES = {
    Outcome.COUNTS: ("satisfied", "Counts"),
    Outcome.WAITING: ("pending", "Waits for a decision"),
    Outcome.TURNED_DOWN: ("waived", "Not verified"),
    Outcome.WITHDRAWN: ("waived", "Withdrawn"),
    Outcome.STRUCK_OUT: ("waived", "Struck out"),
}
DEED_WORDS = {
    Deed.LOGGED: "recorded",
    Deed.CORRECTED: "corrected",
    Deed.VERIFIED: "verified",
    Deed.TURNED_DOWN: "not verified",
    Deed.WITHDRAWN: "withdrawn",
    Deed.STRUCK_OUT: "struck out",
    Deed.REOPENED: "decision taken back",
}
DECISIONS = {
    Deed.VERIFIED: "Verified",
    Deed.TURNED_DOWN: "Not verified",
    Deed.STRUCK_OUT: "Struck out by the {office}",
}


def greeting(now: datetime) -> str:
    """By the time of day where the institution is; at night, whoever is still or already up is just greeted."""
    if now.hour < 5:
        return "Hello"
    if now.hour < 12:
        return "Good morning"
    return "Good afternoon" if now.hour < 18 else "Good evening"


def without_home(last_day: date | None) -> list[str]:
    """What somebody reads who works nowhere today: `last_day` is that of her last appointment, if she had one."""
    if last_day is None:
        return ["You have no current appointment, so nothing is asked of you.", "Your record stays yours."]
    return [
        f"Your appointment ended on {day(last_day)}, so nothing is asked of you any more.",
        "Your record stays yours. You can still see it, print it and take it with you.",
    ]


def answer(standing: Standing) -> list[str]:
    """What a learner came for: a sentence, and quieter ones that belong to it."""
    to_do, expected = standing.within(Group.TO_DO), standing.within(Group.EXPECTED)
    waiting, paused = standing.within(Group.WAITING), standing.within(Group.PAUSED)
    if paused:
        return [
            "You are on leave, so nothing is due.",
            "Once you are back, due days move later by the days you were away.",
        ]
    if to_do:
        quiet = [_also_expected(expected), _also_waiting(waiting)]
        number = plural(len(to_do), "thing", "things")
        return [f"You have {number} to do.{_next(to_do, standing.day)}", *filter(None, quiet)]
    if expected:
        number = plural(len(expected), "thing is", "things are")
        return [f"Nothing is due. {number} expected of you, in your own time.", *filter(None, [_also_waiting(waiting)])]
    if waiting:
        return ["There is nothing left for you to do.", _also_waiting(waiting)]
    if standing.within(Group.DONE):
        return ["You are up to date."]
    if standing.within(Group.WAIVED):
        return ["Everything asked of you is waived for now."]
    return ["Nothing is asked of you today."]


def _next(to_do: list[Task], today: date) -> str:
    """Of what has to be done, the day that comes first."""
    said, only = to_do[0].lead.says, len(to_do) == 1
    if said.due_on is None:
        return ""
    if said.due_on >= today and said.status is not Status.EXPIRED:
        return f" {'It' if only else 'The next'} is due on {day(said.due_on)}."
    verb = "lapsed" if said.status is Status.EXPIRED else "was due"
    return f" {'It' if only else 'The first'} {verb} on {day(said.due_on)}."


def _also_expected(expected: list[Task]) -> str:
    if not expected:
        return ""
    return f"{plural(len(expected), 'more thing is', 'more things are')} expected of you, in your own time."


def _also_waiting(waiting: list[Task]) -> str:
    if not waiting:
        return ""
    return f"{plural(len(waiting), 'thing waits', 'things wait')} for a decision."


def status_text(said: Says, level: Level, today: date) -> str:
    """A status with the day that matters, as a card or a line begins."""
    match said.status:
        case Status.DUE_SOON if said.due_on:
            return f"Due {ago(said.due_on, today)}"
        case Status.OVERDUE:
            return f"Overdue since {day(said.due_on)}"
        case Status.EXPIRED:
            return f"Lapsed on {day(said.expires_on)}"
        case Status.SATISFIED:
            return f"Done on {day(said.satisfied_on)}"
        case Status.PENDING:
            return "Waits for a decision"
        case Status.ON_LEAVE:
            return "On leave"
        case Status.WAIVED:
            return "Waived"
    return "Expected, not started" if level is Level.EXPECTED else "Not started"


def stands(task: Task | None, today: date, *, may_log: bool) -> str:
    """Where somebody stands with a module: the sentence its page begins with."""
    if task is None:
        asked = "This is not asked of you today."
        return f"{asked} If you take it all the same, log it: it is kept." if may_log else asked
    lead = task.lead
    said = status_text(lead.says, lead.level, today)
    match task.group:
        case Group.OPTIONAL:
            return "This is open to you. Nobody keeps score."
        case Group.DONE if lead.says.expires_on:
            return f"{said}. It holds until {day(lead.says.expires_on - timedelta(days=1))}."
        case Group.TO_DO | Group.EXPECTED if lead.says.due_on and lead.says.status is Status.NOT_STARTED:
            return f"{said}. {'Due' if task.group is Group.TO_DO else 'Hoped for'} by {day(lead.says.due_on)}."
    return f"{said}."


def builds_on(title: str, what: Blocked) -> str:
    """Why a module cannot be logged yet."""
    missing = [one.title for one in what.missing]
    done = "that is done" if len(missing) == 1 else "those are done"
    return f"{title} builds on {sentence_list(missing)}, so it can be logged once {done}."


def when_text(said: Says, today: date, *, is_owed: bool) -> str:
    """The words at the end of a line that is still open; what is not owed has no day that presses."""
    if said.status in (Status.EXPIRED, Status.OVERDUE) and is_owed:
        return f"since {day(said.due_on)}"
    if said.due_on is None or said.due_on < today:
        return ""
    return f"by {day(said.due_on)}"


PRESSING = {Status.OVERDUE: "Overdue", Status.EXPIRED: "Lapsed", Status.DUE_SOON: "Due soon"}


def open_detail(task: Task) -> str:
    """What stands under an open line: the status where it presses, then where the module belongs."""
    word = PRESSING.get(task.lead.says.status)
    return f"{word} · {part_of(task)}" if word else part_of(task)


def part_of(task: Task) -> str:
    """Which requirements ask for a module, and how long it takes: "Part of A and B · 60 minutes"."""
    parts = [f"Part of {sentence_list([reason.requirement for reason in task.reasons])}"]
    if task.minutes:
        parts.append(plural(task.minutes, "minute", "minutes"))
    return " · ".join(parts)


def rule_text(rule: Rule) -> str:
    """How strongly and how often a requirement asks, and until when if it is required: nothing else has a day that
    presses. "required, again every 12 months, within 90 days of the day it begins for you"."""
    parts = [rule.level.value, _repeat_text(rule.repeat), _due_text(rule) if rule.level is Level.REQUIRED else ""]
    return ", ".join(part for part in parts if part)


def _repeat_text(repeat: Months | Cycle | None) -> str:
    match repeat:
        case Months(months):
            return f"again every {plural(months, 'month', 'months')}"
        case Cycle(start):
            return f"anew each year from {_day_of_year(start)}"
    return "once"


def _due_text(rule: Rule) -> str:
    after, fixed = rule.days_after_start, rule.due_date
    words = [] if fixed is None else [f"by {day(date.fromordinal(fixed))}"]
    if after is not None:
        words.append(f"within {plural(after, 'day', 'days')} of the day it begins for you")
    if isinstance(rule.repeat, Cycle):
        words.insert(0, f"by {_day_of_year(rule.repeat.due_by)}" if rule.repeat.due_by else "by the end of each year")
    return f"{', or '.join(words)}{', whichever is later' if len(words) > 1 else ''}"


def _day_of_year(month_and_day: tuple[int, int]) -> str:
    month, number = month_and_day
    return day_short(date(2001, month, number))


def satisfied_by(task: Task, today: date, decided_by: str) -> str:
    """What would satisfy what a module is asked for."""
    rule = task.lead.rule
    needs_verification = any(one.needs_verification for one in rule.modules if one.code == task.code)
    counts = f"once {decided_by} has verified it" if needs_verification else "at once"
    match rule.repeat:
        case Months(months):
            holds = f"and holds for {plural(months, 'month', 'months')}"
        case Cycle() as cycle:
            begins, ends = (date.fromordinal(number) for number in cycle_on(cycle, today.toordinal()))
            holds = f"if you finish it from {day(begins)} to {day(ends)}"
        case _:
            holds = "and holds for good, however long ago you finished it"
    others = sorted(task.courses - {task.code})
    also = f" {sentence_list(others)} {'counts' if len(others) == 1 else 'count'} as this module." if others else ""
    return f"Finish it and log it: it counts {counts}, {holds}.{also}"


def how_text(how: str | None) -> str | None:
    """How a completion was done, inside a sentence."""
    return HOW_WORDS.get(how, how) if how else None


def source_text(entry: Entry, *, is_own: bool) -> str:
    """Where an entry came from; a source of another system is named as that system named it."""
    if entry.source == "self":
        return "logged by you" if is_own else "logged by its owner"
    if entry.source in SOURCE_WORDS:
        return say(SOURCE_WORDS[entry.source], _day_of(entry))
    return f"from {entry.source}" if entry.source else "source unknown"


def _day_of(entry: Entry) -> date | None:
    """When something was entered: what it says of the institution keeps the names of that day."""
    return entry.entered_at.date() if entry.entered_at else None


def deed_text(entry: Entry, *, is_own: bool) -> str:
    """What an entry did, and what it then said: a line of a record's history."""
    what = f"{entry.title}, done on {day(entry.completed_on)}"
    match entry.deed:
        case Deed.LOGGED:
            return f"{what}: {source_text(entry, is_own=is_own)}"
        case Deed.CORRECTED:
            return f"Corrected: {what}"
        case Deed.WITHDRAWN:
            return "You withdrew it" if is_own else "Withdrawn by its owner"
        case Deed.REOPENED:
            return "The decision was taken back"
    return say(DECISIONS[entry.deed], _day_of(entry))


def origin(entry: Entry) -> str:
    """Where an entry came from, for others to read."""
    return "logged by the person" if entry.source == "self" else source_text(entry, is_own=False)


def hours(minutes: int) -> str:
    """Minutes as hours, to the quarter or finer where they are so: 1.5, 0.75, 2."""
    return f"{Decimal(minutes) / 60:.2f}".rstrip("0").rstrip(".")


def hours_in_all(records: Iterable[Record]) -> str:
    """How long everything that counts took."""
    counting = [one for one in records if one.outcome is Outcome.COUNTS]
    known = sum(one.now.minutes or 0 for one in counting)
    unknown = sum(one.now.minutes is None for one in counting)
    beside = f"; of {plural(unknown, 'completion', 'completions')} the time is not known" if unknown else ""
    return f"In all {hours(known)} hours{beside}."


def counted(record: Record, asked: Standing) -> str:
    """What to say of a completion that counted for what is asked, and does no more; empty for all others."""
    if record.outcome is not Outcome.COUNTS:
        return ""
    done, reasons = record.now.completed_on, asking_for(record.now.course, asked)
    if not counts_no_more(done, reasons, asked.day):
        return ""
    cycle = cycle_of(done, reasons)
    return f"Counted for {_years(*cycle)}" if cycle else "Counts no more"


def _years(begins: int, ends: int) -> str:
    """The name of a cycle: that of its year, or of both where it runs over New Year."""
    first, last = date.fromordinal(begins).year, date.fromordinal(ends).year
    return f"{first}" if first == last else f"{first}{DASH}{last % 100:02}"


def state_of(record: Record, over: str) -> tuple[str, str]:
    """The shape and the words of what has become of a record."""
    return ("waived", over) if over else OUTCOMES[record.outcome]


def record_answer(records: Sequence[Record], over: int) -> list[str]:
    """How much stands on a record: a sentence, and quieter ones. None for an empty one. `over`: so many counted for a
    time that is over."""
    if not records:
        return []
    counting = sum(one.outcome is Outcome.COUNTS for one in records) - over
    waiting = sum(one.outcome is Outcome.WAITING for one in records)
    parts = [plural(counting, "completion counts", "completions count")]
    if over:
        parts.append(f"{count(over)} counted for a time that is over")
    if waiting:
        parts.append(f"{plural(waiting, 'waits', 'wait')} for a decision")
    return [f"{'; '.join(parts)}.", hours_in_all(records)]


def receipt(record: Record, decided_by: str, *, is_own: bool, over: str) -> list[str]:
    """What has become of a record and what happens next: a sentence, and quieter ones."""
    whose = "You" if is_own else "Its owner"
    if over:
        return [f"Recorded. {over}.", *([f"{whose} can still correct or withdraw it."] if record.is_open else [])]
    on = f" on {day(record.now.entered_at.date())}" if record.now.entered_at else ""
    match record.outcome:
        case Outcome.WAITING:
            return [
                f"Recorded. It counts once {decided_by} has verified it.",
                f"{whose} can correct or withdraw it until then.",
            ]
        case Outcome.COUNTS if record.is_open:
            return ["Recorded. It counts at once.", f"{whose} can still correct or withdraw it."]
        case Outcome.COUNTS if record.now.deed is Deed.VERIFIED:
            return [f"It was verified{on}, and counts."]
        case Outcome.COUNTS:
            return ["Recorded. It counts."]
        case Outcome.TURNED_DOWN:
            return [f"It was not verified{on}, so it does not count.", f"{whose} can log it again."]
        case Outcome.WITHDRAWN:
            return [f"{whose} withdrew it{on}, so it does not count."]
    return [say(f"The {{office}} struck it out{on}, so it does not count.", _day_of(record.now))]


def receipt_facts(record: Record, *, is_own: bool) -> list[tuple[str, object]]:
    """What a receipt lists, as pairs of label and value."""
    said, first = record.said, record.entries[0]
    facts: list[tuple[str, object]] = [("Module", record.title), ("Finished on", record.now.completed_on)]
    if record.is_equivalent and record.modules:
        facts.append(("Through", record.now.course))
    if how := how_text(said.how):
        facts.append(("How", how))
    source = source_text(first, is_own=is_own)
    facts.append(("Recorded", f"{moment(first.entered_at)}, {source}" if first.entered_at else source))
    facts.append(("Number", record.reference))
    return facts


def waiting(found: Page[Claim], today: date) -> str:
    """How many claims wait, and for how long the first has."""
    if not found.total:
        return "No claims are waiting for you."
    number = plural(found.total, "claim waits", "claims wait")
    if found.number > 1:
        return f"{number} for you."
    days = (today - found.items[0].waits_since).days
    return f"{number} for you, the oldest {f'for {_days(days)}' if days > 0 else 'since today'}."


def waits(claim: Claim, today: date) -> str:
    """How long a claim has waited."""
    days = (today - claim.waits_since).days
    return f"for {_days(days)}" if days > 0 else "since today"


def _days(number: int) -> str:
    return plural(number, "day", "days")


def home_of(claim: Claim) -> str:
    """Where the person is at home: unit and category."""
    if claim.unit is None:
        return "no current appointment"
    return f"{claim.unit}, {claim.category}" if claim.category else claim.unit


def claim_facts(claim: Claim, today: date) -> list[tuple[str, object]]:
    """What a claim says."""
    facts: list[tuple[str, object]] = [("Person", claim.person), ("Home", home_of(claim)), ("Module", claim.title)]
    facts.append(("Finished on", claim.completed_on))
    if how := how_text(claim.how):
        facts.append(("How", how))
    if claim.entered_at:
        facts.append(("Logged", moment(claim.entered_at)))
    facts.append(("Waiting", waits(claim, today)))
    return facts
