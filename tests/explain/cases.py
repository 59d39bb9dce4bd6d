"""The table of cases: who, what and when; what is said of them stands in `told.txt`."""

from typing import NamedTuple

from tests.explain.world import Life


class Asked(NamedTuple):
    """A question: of a person with this life, about a requirement, a module ("*": all of it) and a day."""

    life: Life
    requirement: str
    module: str = "AWARE"
    on: str = "2026-11-22"


LONG = ("CARD 2024-03-01",)
SINCE_SEPTEMBER = ("CARD 2026-09-01",)

CASES: dict[str, Asked] = {
    # The due day of "once"
    "not started": Asked(Life(("CARD 2026-11-01",)), "ONCE"),
    "due soon": Asked(Life(SINCE_SEPTEMBER), "ONCE"),
    "overdue": Asked(Life(), "ONCE"),
    "a fixed due day": Asked(Life(), "FIXED"),
    "a fixed due day later than days after the start": Asked(Life(), "BOTH"),
    "a fixed due day earlier than days after the start": Asked(Life(("CARD 2026-12-15",)), "BOTH", on="2026-12-20"),
    "no due day": Asked(Life(), "OFFERED"),
    "expected, past its due day": Asked(Life(), "HOPED"),
    # Start
    "a transfer inside the scope": Asked(Life(("SURG 2026-09-01 2026-10-14", "CARD 2026-10-15")), "ONCE"),
    "a new appointment in the same unit": Asked(
        Life(("CARD 2026-09-01 2026-10-14 - trainee", "CARD 2026-10-15")), "ONCE"
    ),
    "a gap restarts": Asked(Life(("CARD 2025-01-01 2026-08-30", "CARD 2026-09-01")), "ONCE"),
    "asked since the requirement began": Asked(Life(("SURG 2020-05-01",)), "ONCE"),
    "asked since the category changed": Asked(
        Life(("CARD 2025-01-01 2026-08-31 postdoc", "CARD 2026-09-01")), "CATEGORY"
    ),
    "asked since the role changed": Asked(
        Life(("CARD 2025-01-01 2026-08-31", "CARD 2026-09-01 - staff manager")), "ROLE"
    ),
    "asked since the move into its unit": Asked(Life(("SURG 2025-01-01 2026-08-31", "CARD 2026-09-01")), "UNIT"),
    "asked in its very unit": Asked(Life(("MED 2026-09-01",)), "UNIT"),
    "asked since the function": Asked(Life(LONG, functions=("admissions-committee 2026-09-01",)), "FUNCTION"),
    "every part of an audience": Asked(Life(LONG, functions=("search 2026-09-01 2027-06-30",)), "EVERY"),
    # Leave
    "leave that moved the due day": Asked(Life(SINCE_SEPTEMBER, leaves=("2026-10-01 2026-10-31",)), "ONCE"),
    "30 days after leave": Asked(Life(("CARD 2026-08-20",), leaves=("2026-11-18 2026-11-20",)), "ONCE"),
    "leave from before the start": Asked(Life(SINCE_SEPTEMBER, leaves=("2026-08-01 2026-09-30",)), "ONCE"),
    "two leaves": Asked(
        Life(SINCE_SEPTEMBER, leaves=("2026-09-10 2026-09-10", "2026-10-01 2026-10-31")), "ONCE", on="2026-12-01"
    ),
    "on leave": Asked(Life(SINCE_SEPTEMBER, leaves=("2026-11-01 2026-11-30",)), "ONCE"),
    "on leave without an end": Asked(
        Life(SINCE_SEPTEMBER, leaves=("2026-11-01",), done=("AWARE 2026-11-02 claimed self",)), "ONCE"
    ),
    "leave to come": Asked(Life(SINCE_SEPTEMBER, leaves=("2026-11-25 2026-12-31",)), "ONCE"),
    # Waivers
    "waived from everything": Asked(Life(waivers=("- - 2026-03-01 2027-02-28",)), "ONCE"),
    "waived from a requirement": Asked(Life(waivers=("ONCE - 2026-03-01",)), "ONCE"),
    "waived from a module everywhere": Asked(Life(waivers=("- AWARE 2026-03-01 2027-02-28",)), "OFFERED"),
    "waived from a module of a requirement": Asked(
        Life(SINCE_SEPTEMBER, waivers=("ONCE AWARE 2026-10-01 2026-11-24", "- - 2026-11-01 2026-11-22")), "ONCE"
    ),
    "waiver to come": Asked(Life(SINCE_SEPTEMBER, waivers=("ONCE - 2026-11-25",)), "ONCE"),
    # Completions
    "a claim is enough": Asked(Life(done=("AWARE 2026-02-01 claimed self",)), "ONCE"),
    "done before the start": Asked(Life(done=("AWARE 2025-02-01 verified roster",)), "ONCE"),
    "an equivalent course": Asked(Life(done=("OLD-1 2026-02-01 verified import",)), "ONCE"),
    "an equivalent module": Asked(Life(done=("LIVE 2026-02-01 verified office",)), "ONCE"),
    "the earliest of several": Asked(
        Life(done=("AWARE 2026-03-01 verified lms", "AWARE 2026-02-01 claimed self")), "ONCE"
    ),
    "pending": Asked(Life(done=("ACT 2026-02-01 claimed self",)), "CHECKED", "ACT"),
    "pending with an equivalent": Asked(Life(done=("OLD-2 2026-02-01 claimed self",)), "CHECKED", "ACT"),
    "verified, beside a later claim": Asked(
        Life(done=("ACT 2026-02-01 verified roster", "ACT 2026-04-01 claimed self")), "CHECKED", "ACT"
    ),
    "rejected at entry": Asked(Life(SINCE_SEPTEMBER, done=("ACT 2026-10-01 rejected self",)), "CHECKED", "ACT"),
    "a rejected claim": Asked(
        Life(SINCE_SEPTEMBER, done=("ACT 2026-10-01 claimed self", "ACT 2026-10-01 rejected self 1")), "CHECKED", "ACT"
    ),
    "a chain of corrections": Asked(
        Life(
            done=(
                "ACT 2026-02-01 claimed self",
                "ACT 2026-02-03 claimed self 1",
                "OLD-2 2026-02-03 verified self 2",
                "OLD-2 2026-02-03 rejected self 3",
                "ACT 2026-02-04 verified self 4",
            )
        ),
        "CHECKED",
        "ACT",
    ),
    "a record struck out": Asked(
        Life(
            done=(
                "AWARE 2026-02-01 claimed self",
                "AWARE 2026-02-01 verified self 1",
                "AWARE 2026-02-01 rejected self 2",
            )
        ),
        "ONCE",
    ),
    "a record that became another course's": Asked(
        Life(SINCE_SEPTEMBER, done=("AWARE 2026-10-01 claimed self", "ACT 2026-10-01 claimed self 1")), "ONCE"
    ),
    "a completion after the day": Asked(Life(done=("AWARE 2026-05-01 claimed self",)), "ONCE", on="2026-03-15"),
    "a record moved past the day": Asked(
        Life(done=("AWARE 2026-03-01 claimed self", "AWARE 2026-05-01 claimed self 1")), "ONCE", on="2026-03-15"
    ),
    # Months
    "satisfied for some months": Asked(Life(done=("ACT 2026-02-01 verified roster",)), "RENEWED", "ACT"),
    "first time of months": Asked(Life(("CARD 2026-10-01",)), "RENEWED", "ACT"),
    "expired": Asked(Life(LONG, done=("ACT 2025-10-31 verified roster",)), "RENEWED", "ACT"),
    "an expiry day that leave moved": Asked(
        Life(LONG, leaves=("2026-01-01 2026-01-31", "2026-11-15 2026-11-20"), done=("ACT 2025-10-31 verified roster",)),
        "RENEWED",
        "ACT",
    ),
    "an old completion that expired before the start": Asked(
        Life(("CARD 2026-10-01",), done=("ACT 2025-10-01 verified roster",)), "RENEWED", "ACT"
    ),
    "pending after it expired": Asked(
        Life(LONG, done=("ACT 2025-10-31 verified roster", "ACT 2026-11-10 claimed self")), "RENEWED", "ACT"
    ),
    "a claim that would have expired": Asked(Life(LONG, done=("ACT 2025-10-31 claimed self",)), "RENEWED", "ACT"),
    # Cycles
    "a joiner in a cycle": Asked(Life(("CARD 2026-12-20",)), "YEARLY", on="2027-01-05"),
    "a cycle with a completion of an earlier round": Asked(
        Life(LONG, done=("AWARE 2025-09-01 claimed self",)), "YEARLY"
    ),
    "satisfied in this round": Asked(Life(LONG, done=("AWARE 2026-07-01 claimed self",)), "YEARLY"),
    "a cycle without a due day of its own": Asked(Life(LONG), "CALENDAR"),
    "a cycle with a later fixed day": Asked(Life(LONG), "DATED"),
    "a cycle that leave moved": Asked(Life(LONG, leaves=("2026-06-01 2026-09-15",)), "YEARLY", on="2027-02-01"),
    "a cycle far beyond the horizon": Asked(Life(LONG), "YEARLY", on="2099-12-15"),
    # Not in scope
    "before the requirement": Asked(Life(), "COMING"),
    "after the requirement": Asked(Life(LONG), "ENDED"),
    "no home yet": Asked(Life(("CARD 2027-01-01",)), "ONCE"),
    "no home any more": Asked(Life(("CARD 2025-01-01 2026-08-31",)), "ONCE"),
    "between two homes": Asked(Life(("CARD 2025-01-01 2026-08-31", "CARD 2027-01-01")), "ONCE"),
    "never a home": Asked(Life(()), "ONCE"),
    "another category": Asked(Life(("CARD 2026-01-01 - staff manager",)), "CATEGORY"),
    "another role": Asked(Life(), "ROLE"),
    "another unit": Asked(Life(("SURG 2026-01-01",)), "UNIT"),
    "no function any more": Asked(Life(LONG, functions=("admissions-committee 2025-01-01 2026-08-31",)), "FUNCTION"),
    "no function yet": Asked(Life(functions=("admissions-committee 2027-01-01",)), "FUNCTION"),
    "several parts that fail": Asked(Life(("SOM 2026-01-01 - staff manager",)), "EVERY"),
    "an audience of nobody": Asked(Life(), "NOBODY"),
    "an audience of no units and functions": Asked(Life(), "NOWHERE"),
    "leaving soon": Asked(Life(("CARD 2026-09-01 2026-11-28",)), "ONCE"),
    # The requirement as a whole
    "all satisfied": Asked(Life(done=("AWARE 2026-02-01 claimed self", "ACT 2026-02-01 verified roster")), "PAIR", "*"),
    "one overdue": Asked(Life(done=("AWARE 2026-02-01 claimed self",)), "PAIR", "*"),
    "one due soon": Asked(Life(SINCE_SEPTEMBER, waivers=("- AWARE 2026-10-01",)), "PAIR", "*"),
    "one pending": Asked(Life(done=("AWARE 2026-02-01 claimed self", "ACT 2026-02-01 claimed self")), "PAIR", "*"),
    "none started": Asked(Life(("CARD 2026-11-01",)), "PAIR", "*"),
    "all waived": Asked(Life(waivers=("PAIR - 2026-03-01",)), "PAIR", "*"),
    "all on leave": Asked(Life(leaves=("2026-11-01 2026-11-30",)), "PAIR", "*"),
    "the only one expired": Asked(Life(LONG, done=("ACT 2025-10-31 verified roster",)), "RENEWED", "*"),
    "as a whole not asked": Asked(Life(()), "PAIR", "*"),
}
