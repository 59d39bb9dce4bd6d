"""Log, verify, reject, correct and withdraw completions: each a new row; what was said before stays."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from tracker.core import audit
from tracker.core.actor import Actor, Right
from tracker.core.database import Base, Transaction, db, transaction
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.curriculum.models import Equivalent, Module
from tracker.people.models import Appointment, Person
from tracker.people.queries import people_at_home_in
from tracker.progress import policy, uploads
from tracker.progress.commands import evidence
from tracker.progress.commands.evidence import Given
from tracker.progress.figures import waiting
from tracker.progress.figures.facts import not_replaced
from tracker.progress.models import Completion
from tracker.progress.queries.records import kept_that_day
from tracker.progress.rules import Evidence, State

ALREADY_REPLACED = "This record has been corrected or decided already."
_completion, _entry = Base.metadata.tables["completion"], Base.metadata.tables["completion_entry"]
INSERT = insert(_completion).returning(_completion.c.id, policy.submitted_for_decision().label("is_submitted"))
INSERT_ENTRY = insert(_entry)
BY_FORM = select(_entry.c.completion_id).where(
    _entry.c.form_key == bindparam("form_key"), _entry.c.entered_by == bindparam("account_id")
)
_module = Base.metadata.tables["module"].c
MODULE = select(_module.id, _module.title, _module.minutes, _module.evidence, _module.descriptive)
BY_CODE = MODULE.where(_module.code == bindparam("code"))
BY_EQUIVALENT = (
    MODULE.join_from(Module.__table__, Equivalent.__table__, Equivalent.module_id == _module.id)
    .where(Equivalent.code == bindparam("code"))
    .order_by(_module.id)
)
"""Statements of every write, put together once: that takes longer than running them."""
LONGEST_NOTE = 2_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of a completion: the course (a module's code or an equivalent's), the day, how, and a note."""

    course: str
    completed_on: date
    how: str | None = None
    note: str | None = None
    form_key: str | None = None
    """Names one rendering of a form: sent twice, it is recorded once."""
    evidence: Given | None = None
    """In a correction, what takes the place of the evidence there is; empty evidence removes it."""
    reflection: str | None = None

    @property
    def upload(self) -> uploads.Upload | None:
        """The file that was given, if any."""
        return self.evidence.upload if self.evidence else None


def claim(actor: Actor, said: Statement, *, not_before: date | None = None) -> int:
    """Log a completion of one's own; its id. Raises Invalid (for a day before `not_before`, and for a module that is on
    record for that day, too), or Forbidden for an account without a person."""
    if actor.person_id is None or not actor.has(Right.COMPLETIONS_LOG_OWN):
        raise Forbidden("This account has no record of its own.")
    _check_window(said.completed_on, not_before)
    with uploads.stored(said.upload) as place:
        return _log(actor, actor.person_id, said, State.CLAIMED, "self", place)


def log_for(actor: Actor, person_id: int, said: Statement) -> int:
    """The office logs a completion for anybody, verified; its id. Raises Invalid, NotFound or Forbidden."""
    if not actor.has(Right.COMPLETIONS_LOG_ANY):
        raise Forbidden("You cannot log completions for others.")
    _check_is_somebody_else(actor, person_id)
    policy.get_person(actor, person_id)
    return _log(actor, person_id, said, State.VERIFIED, "office")


def log_roster(actor: Actor, person_ids: Sequence[int], said: Statement) -> list[int]:
    """Log one module for many people at once, verified, from a sign-in list; the ids of the new completions.

    Whoever has a counting completion of the same course and day is passed over. Raises Invalid (where one of them has
    something else to do first, too), Forbidden for one's own, or NotFound when one is not the actor's to log for.
    """
    if not actor.has(Right.COMPLETIONS_LOG_UNIT):
        raise Forbidden("You cannot log completions for others.")
    if actor.person_id in person_ids:
        raise Forbidden("Somebody else must log this for you, or you log it yourself and it waits for a decision.")
    with transaction(actor) as tx:
        module = _module_of(said.course)
        _check_day(tx, said.completed_on)
        if (before := _logged_by_form(tx, said.form_key)) is not None:
            return before
        tx.lock_people(*person_ids)
        _check_within_sight(tx, actor, person_ids)
        recorded = _recorded_that_day(tx, person_ids, said)
        new = sorted(set(person_ids) - recorded)
        _check_after(new, module, said.completed_on)
        found = [_append(tx, person_id, said, State.VERIFIED, "roster", module.minutes) for person_id in new]
        _enter(tx, found, said)
        for row in found:
            audit.record(tx, "completion.rostered", "completion", row["id"], after=row)
        return [row["id"] for row in found]


def verify(actor: Actor, completion_id: int, *, note: str | None = None) -> int:
    """Accept a claim; the verified completion's id. Raises NotFound, Forbidden or Conflict."""
    return _decide(actor, completion_id, State.VERIFIED, "completion.verified", note)


def reject(actor: Actor, completion_id: int, *, note: str | None = None) -> int:
    """Turn a claim down; the rejected completion's id. Raises NotFound, Forbidden or Conflict."""
    return _decide(actor, completion_id, State.REJECTED, "completion.rejected", note)


def correct_claim(actor: Actor, completion_id: int, said: Statement, *, not_before: date | None = None) -> int:
    """Say one's own claim anew, until it is decided; the new claim's id. A day that stays may lie before `not_before`.
    Raises NotFound, Conflict or Invalid."""
    with uploads.stored(said.upload) as place, transaction(actor) as tx:
        tx.lock_people(policy.get_own_claim(actor, completion_id).person_id)
        if (before := _logged_by_form(tx, said.form_key)) is not None:
            return before[0]
        old = _own_open_claim(tx, actor, completion_id)
        if said.completed_on != old.completed_on:
            _check_window(said.completed_on, not_before)
        if (said.course, said.completed_on) != (old.course, old.completed_on):
            _check_only_one(old.person_id, said, but=old.id)
        new_id = _replace(tx, old, said, State.CLAIMED, "completion.corrected")
        if said.evidence is not None:
            evidence.drop(tx, new_id)
            evidence.attach(tx, new_id, said.evidence, place)
        return new_id


def withdraw(actor: Actor, completion_id: int) -> int:
    """Take back one's own claim with its evidence, until it is decided; the id of the row that does. Raises NotFound
    or Conflict."""
    with transaction(actor) as tx:
        old = _own_open_claim(tx, actor, completion_id)
        evidence.drop(tx, old.id)
        said = Statement(old.course, old.completed_on)
        return _replace(tx, old, said, State.REJECTED, "completion.withdrawn")


def correct_for(actor: Actor, completion_id: int, said: Statement, *, state: State = State.VERIFIED) -> int:
    """The office corrects anybody's completion, or (rejected) strikes it out. Raises NotFound, Conflict or Invalid."""
    if not actor.has(Right.COMPLETIONS_LOG_ANY):
        raise Forbidden("You cannot correct others' records.")
    with transaction(actor) as tx:
        person_id = policy.get_completion(actor, completion_id).person_id
        _check_is_somebody_else(actor, person_id)
        tx.lock_people(person_id)
        if (before := _logged_by_form(tx, said.form_key)) is not None:
            return before[0]
        return _replace(tx, _locked(tx, completion_id), said, state, "completion.corrected")


def take_back(tx: Transaction, old: Completion, said: Statement, state: State) -> int:
    """Append what undoes a completion that nothing has replaced, of a person this transaction holds; the new id."""
    return _replace(tx, old, said, state, "completion.undone")


def lacking(person_ids: Collection[int], said: Statement) -> set[int]:
    """Who of these has something else to do before a module can be logged. Raises Invalid without such a module."""
    return set(_lacking(person_ids, _module_of(said.course), said.completed_on))


# What they share


def _check_is_somebody_else(actor: Actor, person_id: int) -> None:
    """Nobody verifies what she did herself; the office logs its own as everybody does."""
    if person_id == actor.person_id:
        raise Forbidden("Somebody else must record this.")


def _log(
    actor: Actor, person_id: int, said: Statement, state: State, source: str, place: uploads.Stored | None = None
) -> int:
    with transaction(actor) as tx:
        module = _module_of(said.course)
        _check_day(tx, said.completed_on)
        tx.lock_people(person_id)
        if (before := _logged_by_form(tx, said.form_key)) is not None:
            return before[0]
        _check_only_one(person_id, said)
        _check_after([person_id], module, said.completed_on)
        row = _append(tx, person_id, said, state, source, module.minutes)
        _enter(tx, [row], said)
        audit.record(tx, "completion.logged", "completion", row["id"], after=row)
        if said.evidence is not None:
            evidence.attach(tx, row["id"], said.evidence, place)
        if said.reflection:
            evidence.reflect(tx, row["id"], said.reflection)
        return int(row["id"])


def _decide(actor: Actor, completion_id: int, state: State, verb: str, note: str | None) -> int:
    with transaction(actor) as tx:
        claim = _locked(tx, policy.get_for_decision(actor, completion_id).id)
        if claim.state != State.CLAIMED:
            raise Conflict(ALREADY_REPLACED)
        return _replace(tx, claim, Statement(claim.course, claim.completed_on, note=note), state, verb)


def _own_open_claim(tx: Transaction, actor: Actor, completion_id: int) -> Completion:
    claim = _locked(tx, policy.get_own_claim(actor, completion_id).id)
    if claim.state != State.CLAIMED:
        raise Conflict("This record has been decided, so it can no longer be changed here.")
    return claim


def _locked(tx: Transaction, completion_id: int) -> Completion:
    completion = tx.session.get_one(Completion, completion_id)
    tx.lock_people(completion.person_id)
    if tx.session.scalar(select(Completion.id).where(Completion.corrects_id == completion_id)) is not None:
        raise Conflict(ALREADY_REPLACED)
    return completion


def _replace(tx: Transaction, old: Completion, said: Statement, state: State, verb: str) -> int:
    """Append the completion that stands in the place of another."""
    if said.course != old.course:
        module = _module_of(said.course)
        minutes = module.minutes
    else:
        minutes = old.minutes
    _check_day(tx, said.completed_on)
    row = _append(tx, old.person_id, said, state, old.source, minutes, corrects_id=old.id)
    _enter(tx, [row], said)
    evidence.bring_along(tx, old.id, row["id"])
    audit.record(tx, verb, "completion", row["id"], before=audit.values_of(old), after=row)
    return int(row["id"])


def _append(
    tx: Transaction,
    person_id: int,
    said: Statement,
    state: State,
    source: str,
    minutes: int | None,
    corrects_id: int | None = None,
) -> Row:
    """Insert a completion, and keep what waits in line with it; its columns, the new id among them."""
    row = {
        "reference": f"W-{secrets.token_hex(8)}",
        "person_id": person_id,
        "course": said.course,
        "completed_on": said.completed_on,
        "source": source,
        "state": state,
        "minutes": minutes,
        "corrects_id": corrects_id,
    }
    try:
        completion_id, is_submitted = tx.session.connection().execute(INSERT, row).one()
    except IntegrityError as error:
        raise Conflict(ALREADY_REPLACED) from error
    waiting.follow(tx, completion_id, corrects_id, is_submitted=is_submitted)
    return {"id": completion_id, **row}


def _enter(tx: Transaction, rows: Iterable[Row], said: Statement) -> None:
    """Keep how these were entered; of many from one form, the first carries its key."""
    key = said.form_key
    for row in rows:
        entry = {
            "completion_id": row["id"],
            "entered_at": tx.now,
            "entered_by": tx.actor.account_id,
            "how": said.how,
            "note": said.note or None,
            "form_key": key,
        }
        tx.insert(INSERT_ENTRY, entry, conflict="This form has been sent already.")
        key = None


def _logged_by_form(tx: Transaction, form_key: str | None) -> list[int] | None:
    """What a form that was sent before recorded."""
    if form_key is None:
        return None
    values = {"form_key": form_key, "account_id": tx.actor.account_id}
    return [completion_id for (completion_id,) in tx.session.connection().execute(BY_FORM, values)] or None


def _check_day(tx: Transaction, day: date) -> None:
    if day > tx.today:
        raise Invalid("completed_on", "The day must be today or earlier.")
    if day.year < 1900:
        raise Invalid("completed_on", "The day must be in 1900 or later.")


def _check_only_one(person_id: int, said: Statement, *, but: int = 0) -> None:
    """A module is recorded once a day: a second time would count its minutes twice. `but` is what gets replaced."""
    if (kept := kept_that_day(person_id, said.course, said.completed_on, but=but)) is None:
        return
    waits = kept.state is State.CLAIMED and _module_of(said.course).evidence == Evidence.VERIFICATION
    now = "waits to be verified" if waits else "counts"
    raise Invalid("completed_on", f"This module is on record for this day already, and {now}")


def _check_window(day: date, not_before: date | None) -> None:
    if not_before is not None and day < not_before:
        raise Invalid("completed_on", "This day is too long ago to be logged here")


def _module_of(course: str) -> Any:
    """The module of a code, or the first that the code is an equivalent of; the columns of MODULE."""
    connection = db.session.connection()
    for query in (BY_CODE, BY_EQUIVALENT):
        if (module := connection.execute(query, {"code": course}).first()) is not None:
            return module
    raise Invalid("course", "There is no such module.")


def _check_after(person_ids: Collection[int], module: Any, day: date) -> None:
    """A module that comes after others can be logged once those are done."""
    if title := next(iter(_lacking(person_ids, module, day).values()), None):
        raise Invalid("course", f"“{title}” comes before this one. Log it first.")


def _lacking(person_ids: Collection[int], module: Any, day: date) -> dict[int, str]:
    """Who has not done by a day what comes before a module; each with the title of the first that is missing."""
    found: dict[int, str] = {}
    for code in reversed(module.descriptive.get("after", ())):
        needed = db.session.connection().execute(BY_CODE, {"code": code}).first()
        if needed is None:
            continue
        codes = [code, *db.session.scalars(select(Equivalent.code).where(Equivalent.module_id == needed.id))]
        done = select(Completion.person_id).where(
            Completion.person_id.in_(person_ids),
            Completion.course.in_(codes),
            Completion.completed_on <= day,
            Completion.state != State.REJECTED,
            not_replaced(),
        )
        found |= dict.fromkeys(set(person_ids) - set(db.session.scalars(done)), needed.title)
    return found


def _check_within_sight(tx: Transaction, actor: Actor, person_ids: Sequence[int]) -> None:
    """A champion logs for the people of her units; the office for all."""
    if actor.has(Right.COMPLETIONS_LOG_ANY):
        known = select(Person.id).where(Person.id.in_(person_ids))
    else:
        known = people_at_home_in(actor.unit_ids, actor.today).where(Appointment.person_id.in_(person_ids))
    missing = set(person_ids) - set(tx.session.scalars(known))
    if missing:
        raise NotFound(f"person {min(missing)}")


def _recorded_that_day(tx: Transaction, person_ids: Sequence[int], said: Statement) -> set[int]:
    same = select(Completion.person_id).where(
        Completion.person_id.in_(person_ids),
        Completion.course == said.course,
        Completion.completed_on == said.completed_on,
        Completion.state == State.VERIFIED,
        Completion.id.not_in(select(Completion.corrects_id).where(Completion.corrects_id.is_not(None))),
    )
    return set(tx.session.scalars(same))
