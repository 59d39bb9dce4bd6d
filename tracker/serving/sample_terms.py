"""What the sample institution's files do not hold of its champions: most of it settled, some left open to be seen."""

from datetime import date, timedelta

from tracker.champions import commands
from tracker.champions.queries import modules_to_certify, terms_in
from tracker.champions.rules import APPROVERS, Term
from tracker.core.actor import Actor
from tracker.core.database import transaction
from tracker.units.queries import lies_under, roots

OPEN_EACH = {"supervisor": 9, "certificate": 5}
"""Of so many terms, one is without it."""
SIGNERS = {
    "chair": ("Prof. Amara Okafor", "Prof. Lena Brandt", "Prof. Sunil Rao"),
    "supervisor": ("Joanne Pryce", "Dr Mateo Silva"),
}
MODULES_TAUGHT = 3
APPROVED_BEFORE = timedelta(days=21)
TRAINED_AFTER = timedelta(days=14)
TRAINING_TAKES = timedelta(days=4)
CERTIFIED_AFTER = timedelta(days=60)


def settle_terms(actor: Actor) -> None:
    """Record approvals, training and certificates of the terms that run."""
    with transaction(actor) as tx:
        below = lies_under([unit.id for unit in roots(actor.today)], actor.today)
        units = tx.session.scalars(below).all()
        modules = [module_id for module_id, _ in modules_to_certify()][:MODULES_TAUGHT]
        running = [term for term in terms_in(units) if term.covers(actor.today)]
        for number, term in enumerate(running, 1):
            _approve(actor, term, number)
            _train(actor, term)
            if number % OPEN_EACH["certificate"] and modules:
                _certify(actor, term, modules[number % len(modules)])


def _approve(actor: Actor, term: Term, number: int) -> None:
    for kind in APPROVERS:
        if kind == "chair" or number % OPEN_EACH["supervisor"]:
            on = min(term.starts_on - APPROVED_BEFORE, actor.today)
            by = SIGNERS[kind][number % len(SIGNERS[kind])]
            commands.record_approval(actor, term.id, kind, approved_by=by, approved_on=on, note=None)


def _train(actor: Actor, term: Term) -> None:
    """A week of training soon after the term began."""
    monday = _monday(term.starts_on + TRAINED_AFTER)
    commands.add_training(actor, term.id, starts_on=monday, ends_on=monday + TRAINING_TAKES)


def _certify(actor: Actor, term: Term, module_id: int) -> None:
    if (on := term.starts_on + CERTIFIED_AFTER) <= actor.today:
        commands.add_certificate(actor, term.id, module_id=module_id, certified_on=on)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
