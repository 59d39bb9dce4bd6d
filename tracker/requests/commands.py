"""Ask, withdraw and answer. What an answer grants or puts right is recorded in the same transaction."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.accounts.models import Account
from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid
from tracker.core.words import day as shown_day
from tracker.curriculum.models import Module
from tracker.people.models import Person
from tracker.progress import uploads
from tracker.progress.commands import completions, evidence, waivers
from tracker.progress.commands.completions import Statement
from tracker.progress.models import EvidenceItem
from tracker.progress.policy import get_for_decision
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.since import first_day_to_log
from tracker.progress.uploads import Stored, Upload
from tracker.requests import letters, policy, queries
from tracker.requests.models import Request
from tracker.requests.rules import (
    ASKED_ONCE,
    MAKES_COMPLETION,
    TAKES_EVIDENCE,
    Kind,
    State,
    kinds_open_to,
    needs_words,
    outcomes_of,
)
from tracker.terms.queries import say

LONGEST_WORDS = 2_000
IN_ANSWER = "In answer to a request."
"""The note beside a completion that is logged with an answer."""
SETTLED = {
    State.ANSWERED: "This request has been answered in the meantime.",
    State.GRANTED: "This request has been granted in the meantime.",
    State.DECLINED: "This request has been declined in the meantime.",
    State.WITHDRAWN: "This request has been withdrawn in the meantime.",
}
TRACED = (
    *("kind", "state", "asker_id", "person_id", "unit_id", "requirement_id", "module_id", "completion_id"),
    *("day", "starts_on", "ends_on", "made_waiver_id", "made_completion_id"),
)
"""What the trail keeps of a request: ids and days, nothing that anybody wrote."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks, as a form says it. What does not belong to its kind stays empty."""

    kind: Kind
    words: str | None = None
    person_id: int | None = None
    unit_id: int | None = None
    requirement_id: int | None = None
    module_id: int | None = None
    completion_id: int | None = None
    day: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    how: str | None = None
    course: str | None = None
    place: str | None = None
    link: str | None = None
    name: str | None = None
    email: str | None = None
    form_key: str | None = None
    """Names one rendering of a form: sent twice, it is recorded once."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request's id, and whether it says what was sent: a form sent before may have said something else."""

    id: int
    says_the_same: bool


class AskedAlready(Conflict):
    """The very same waits for an answer already, as the request `request_id`."""

    def __init__(self, request_id: int, asked_on: date) -> None:
        super().__init__(f"You asked this already on {shown_day(asked_on)}, and it waits for an answer.")
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Verify:
    """Verify a claim of whoever disputes, with the answer."""

    claim_id: int


@dataclass(frozen=True, slots=True)
class Log:
    """Log a completion, verified, for whoever disputes, with the answer."""

    module_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request is answered; the days are those of a waiver. A dispute can be answered by a deed that puts right
    what was wrong, with words or without."""

    outcome: State
    words: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    deed: Verify | Log | None = None


def ask(actor: Actor, asked: Asked, upload: Upload | None = None) -> Recorded:
    """Record a request of the actor's own, with a file if its kind takes one. Raises Invalid, NotFound or Forbidden;
    AskedAlready where the very same waits for an answer."""
    if actor.person_id is None or not actor.has(Right.REQUESTS_ASK):
        raise Forbidden("This account has no record of its own.")
    if asked.kind not in kinds_open_to(champions_units=bool(actor.unit_ids)):
        raise Forbidden("Champions report this about their units.")
    if upload is not None and asked.kind not in TAKES_EVIDENCE:
        raise Invalid("evidence_file", "No file can be added to this.")
    with uploads.stored(upload) as place, transaction(actor) as tx:
        tx.lock_people(actor.person_id)
        said = _CHECKS[asked.kind](actor, asked)
        if (before := _sent_before(tx, actor, asked.form_key)) is not None:
            same_file = _file_name_of(tx, before) == (uploads.shown_name(upload.file_name) if upload else None)
            return Recorded(before.id, says_the_same=_said_by(before) == said and same_file)
        _check_is_new(actor, said)
        row = Request(
            **asdict(said), state=State.WAITING, asked_at=tx.now, asked_by=actor.account_id, asker_id=actor.person_id
        )
        tx.session.add(row)
        tx.flush("This could not be recorded. Please open the form anew.")
        audit.record(tx, "request.made", "request", row.id, after=_traced(row), about=_about(row))
        _keep_file(tx, row, upload, place)
        return Recorded(row.id, says_the_same=True)


def withdraw(actor: Actor, request_id: int) -> None:
    """Take back a request of one's own with its file, while it waits. Raises NotFound or Conflict."""
    with transaction(actor) as tx:
        row = _locked(tx, policy.get_own(actor, request_id))
        _settle(tx, row, state=State.WITHDRAWN)
        _drop_file(tx, row)


def answer(actor: Actor, request_id: int, given: Answer) -> None:
    """Answer a request, record what that grants or puts right, and write to whoever asked that there is an answer.
    Raises NotFound, Forbidden, Conflict or Invalid."""
    with transaction(actor) as tx:
        row = _locked(tx, policy.get_for_answer(actor, request_id))
        if given.outcome not in outcomes_of(row.kind):
            raise Invalid("outcome", "This cannot be answered so.")
        if given.deed is None and needs_words(given.outcome) and not given.words:
            raise Invalid("answer", "Enter what you want to say.")
        made = _made(tx, row, given)
        answered = {"answer": given.words, "answered_at": tx.now, "answered_by": actor.account_id}
        _settle(tx, row, state=given.outcome, **answered, **made)
        letters.tell_asker(tx, row)


# Asking


def _on_status_or_record(actor: Actor, asked: Asked) -> Asked:
    if asked.completion_id is not None:
        record = queries.own_record_with(actor, asked.completion_id)
        modules = catalogue().modules_of(record.course)
        asked = replace(asked, day=record.day, module_id=modules[0].id if modules else None)
    else:
        _check_names_something(asked)
    _check_words(asked)
    _check_link(asked)
    _check_day_has_come(actor, asked.day)
    if asked.day is not None and asked.day < (first := queries.first_disputable_day(actor.today)):
        raise Invalid("day", f"What can be disputed today goes back to {shown_day(first)}, and no further.")
    return replace(asked, person_id=actor.person_id)


def _on_completion(actor: Actor, asked: Asked) -> Asked:
    if asked.module_id is None:
        raise Invalid("module_id", "Select a module.")
    _check_day_has_come(actor, asked.day)
    _check_is_longer_ago(actor, asked)
    if asked.kind is Kind.EQUIVALENCE and not (asked.course and asked.place):
        raise Invalid("course", "Enter which course it was, and where.")
    _check_link(asked)
    return replace(asked, person_id=actor.person_id)


def _on_waiver(actor: Actor, asked: Asked) -> Asked:
    _check_names_something(asked)
    _check_words(asked)
    if asked.starts_on is None:
        raise Invalid("starts_on", "Enter the first day.")
    if asked.ends_on is not None and asked.ends_on < asked.starts_on:
        raise Invalid("ends_on", "The last day must not lie before the first.")
    return replace(asked, person_id=actor.person_id)


def _on_taking_part(actor: Actor, asked: Asked) -> Asked:
    _check_words(asked)
    return replace(asked, person_id=actor.person_id)


def _on_somebody_listed(actor: Actor, asked: Asked) -> Asked:
    return replace(asked, unit_id=policy.home_championed(actor, asked.person_id))


def _on_somebody_missing(actor: Actor, asked: Asked) -> Asked:
    if not asked.name:
        raise Invalid("name", "Enter the name.")
    if asked.unit_id not in {unit.id for unit in queries.units_championed(actor)}:
        raise Invalid("unit_id", "Select one of your units.")
    return asked


_CHECKS: dict[Kind, Callable[[Actor, Asked], Asked]] = {
    Kind.DISPUTE: _on_status_or_record,
    Kind.OLDER: _on_completion,
    Kind.EQUIVALENCE: _on_completion,
    Kind.WAIVER: _on_waiver,
    Kind.ACCOMMODATION: _on_taking_part,
    Kind.NOT_OURS: _on_somebody_listed,
    Kind.MISSING: _on_somebody_missing,
}
"""For each kind what must hold of it; each hands back what is recorded."""


def _check_names_something(asked: Asked) -> None:
    if asked.requirement_id is None and asked.module_id is None:
        raise Invalid("module_id", "Select a requirement, a module, or both.")
    if (title := queries.requirement_without(asked.requirement_id, asked.module_id)) is not None:
        raise Invalid("module_id", f"“{title}” has no such module. Select one of its own, or only one of the two.")


def _check_is_new(actor: Actor, said: Asked) -> None:
    """What is said of one thing and one day is asked once, until it is answered or withdrawn."""
    if said.kind not in ASKED_ONCE:
        return
    about = {name: getattr(said, name) for name in ("requirement_id", "module_id", "completion_id", "day")}
    if (before := queries.waiting_like(actor, said.kind, **about)) is not None:
        raise AskedAlready(before.id, before.day)


def _check_words(asked: Asked) -> None:
    if not asked.words:
        raise Invalid("words", "Enter a few words.")


def _check_link(asked: Asked) -> None:
    if asked.link is not None and (problem := evidence.link_problem(asked.link)):
        raise Invalid("link", f"{problem}.")


def _check_day_has_come(actor: Actor, day: date | None) -> None:
    if day is None:
        raise Invalid("day", "Enter the day.")
    if day > actor.today:
        raise Invalid("day", "The day must be today or earlier.")


def _check_is_longer_ago(actor: Actor, asked: Asked) -> None:
    """What can be logged is not asked for."""
    first = first_day_to_log(actor.today)
    if asked.kind is Kind.OLDER and asked.day is not None and asked.day >= first:
        raise Invalid("day", f"You can log yourself what you finished on {shown_day(first)} or later.")


def _sent_before(tx: Transaction, actor: Actor, form_key: str | None) -> Request | None:
    """What a form that was sent before recorded."""
    if form_key is None:
        return None
    return tx.session.scalar(select(Request).where(Request.form_key == form_key, policy.own(actor)))


def _said_by(row: Request) -> Asked:
    return Asked(**{name: getattr(row, name) for name in Asked.__dataclass_fields__})


def _file_of(tx: Transaction, row: Request) -> EvidenceItem | None:
    return tx.session.scalar(select(EvidenceItem).where(EvidenceItem.request_id == row.id))


def _file_name_of(tx: Transaction, row: Request) -> str | None:
    """What the file is called that was given with a request, if there is one."""
    file = _file_of(tx, row)
    return file.file_name if file is not None else None


def _keep_file(tx: Transaction, row: Request, upload: Upload | None, place: Stored | None) -> None:
    item = EvidenceItem(request_id=row.id)
    if evidence.keep(tx, item, upload, place):
        _record_file(tx, "request.file-added", row, item)


def _drop_file(tx: Transaction, row: Request) -> None:
    """Forget the file of a request; a job clears it away."""
    if (item := _file_of(tx, row)) is not None:
        _record_file(tx, "request.file-removed", row, item)
        tx.session.delete(item)
        tx.session.flush()


def _record_file(tx: Transaction, verb: str, row: Request, item: EvidenceItem) -> None:
    """An event that says what kind of file there is, neither what it is called nor what is in it."""
    audit.record(tx, verb, "request", row.id, after={"media_type": item.media_type}, about=_about(row))


# Answering


def _locked(tx: Transaction, row: Request) -> Request:
    """The request as it is once nobody else can settle it: each is settled with its asker held."""
    tx.lock_people(row.asker_id)
    tx.session.refresh(row)
    if row.state is not State.WAITING:
        raise Conflict(SETTLED[row.state])
    return row


def _settle(tx: Transaction, row: Request, **values: Any) -> None:
    before = _traced(row)
    for name, value in values.items():
        setattr(row, name, value)
    tx.session.flush()
    after = _traced(row)
    changed = [name for name in TRACED if before[name] != after[name]]
    audit.record(
        tx,
        f"request.{row.state}",
        "request",
        row.id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        about=_about(row),
    )


def _about(row: Request) -> dict[str, int | None]:
    """Whom and which unit a request is about: whoever is reported, or else whoever asks."""
    return {"person_id": row.person_id or row.asker_id, "unit_id": row.unit_id}


def _traced(row: Request) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TRACED}


def _made(tx: Transaction, row: Request, given: Answer) -> dict[str, int]:
    """Record what an answer grants or puts right; its id, by the column that keeps it."""
    if given.deed is None:
        return _grant(tx, row, given) if given.outcome is State.GRANTED else {}
    if row.kind is not Kind.DISPUTE:
        raise Invalid("deed", "This cannot be answered so.")
    made_id = _verify(tx, row, given.deed) if isinstance(given.deed, Verify) else _log_disputed(tx, row, given.deed)
    return {"made_completion_id": made_id}


def _verify(tx: Transaction, row: Request, deed: Verify) -> int:
    """The completion that a claim of whoever disputes becomes."""
    if get_for_decision(tx.actor, deed.claim_id).person_id != row.asker_id:
        raise Invalid("deed", "This claim is somebody else's.")
    return completions.verify(tx.actor, deed.claim_id)


def _log_disputed(tx: Transaction, row: Request, deed: Log) -> int:
    """The completion that was missing: logged by the office, or by a champion as for a session that she has seen."""
    said = Statement(tx.session.get_one(Module, deed.module_id).code, deed.day, None, IN_ANSWER)
    if tx.actor.has(Right.COMPLETIONS_LOG_ANY):
        return completions.log_for(tx.actor, row.asker_id, said)
    if not (logged := completions.log_roster(tx.actor, [row.asker_id], said)):
        raise Conflict("This is on record for that day already.")
    return logged[0]


def _grant(tx: Transaction, row: Request, given: Answer) -> dict[str, int]:
    """Record what is granted; its id, by the column that keeps it."""
    if row.kind in MAKES_COMPLETION:
        return {"made_completion_id": _log(tx, row)}
    if given.starts_on is None:
        raise Invalid("starts_on", "Enter the first day.")
    waiver_id = waivers.waive(
        tx.actor,
        row.asker_id,
        requirement_id=row.requirement_id,
        module_id=row.module_id,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        reason=row.words or "",
        approved_by=_name_of(tx),
    )
    return {"made_waiver_id": waiver_id}


def _log(tx: Transaction, row: Request) -> int:
    """The completion that was asked for, verified, for the day it names."""
    code = tx.session.get_one(Module, row.module_id).code
    if row.day is None:
        raise Invalid("outcome", "The request names no day.")
    if row.kind is Kind.EQUIVALENCE:
        said = Statement(code, row.day, "elsewhere", f"{row.course}, {row.place}")
    else:
        said = Statement(code, row.day, row.how, row.words)
    return completions.log_for(tx.actor, row.asker_id, said)


def _name_of(tx: Transaction) -> str:
    """Who approves, as a waiver keeps it: a name, or the address of an account without one."""
    query = (
        select(Person.name, Account.email)
        .select_from(Account)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id == tx.actor.account_id)
    )
    row = tx.session.execute(query).one_or_none()
    return (row.name or row.email) if row else say("the {office}")
