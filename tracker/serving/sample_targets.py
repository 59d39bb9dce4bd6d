"""What the units of the sample institution mean to reach: the school all along, most departments for this year."""

from datetime import date

from tracker.core.actor import Actor
from tracker.core.database import transaction
from tracker.targets.commands import set_target
from tracker.units.queries import children, roots

SEQUENCE, YEARLY = "INTRO", "YEARLY"
WITHOUT_EACH = 4
"""Of so many departments, one has set nothing."""
SHARES = (60, 70, 75, 80)


def settle_targets(actor: Actor) -> None:
    """Set them: of the school one that gave way to a higher one, of departments some that end with the year."""
    year = actor.today.year if actor.today.month > 6 else actor.today.year - 1
    first, last = date(year, 7, 1), date(year + 1, 6, 30)
    with transaction(actor):
        for root in roots(actor.today):
            set_target(actor, root.code, SEQUENCE, 40, starts_on=date(year - 1, 7, 1))
            set_target(actor, root.code, SEQUENCE, 60, starts_on=first)
            set_target(actor, root.code, YEARLY, 90)
            departments = [unit for unit in children(root.id, actor.today) if unit.kind == "department"]
            for number, unit in enumerate(departments, 1):
                if number % WITHOUT_EACH:
                    share = SHARES[number % len(SHARES)]
                    set_target(actor, unit.code, SEQUENCE, share, starts_on=first, ends_on=last)
