"""Former states of the curriculum: every transaction that changes it leaves its file, and what became of each thing."""

from sqlalchemy import insert, select

from tracker.core.database import Transaction
from tracker.curriculum import queries
from tracker.curriculum.rules import Curriculum
from tracker.exchange.files import read_curriculum, written_curriculum
from tracker.programme.models import CurriculumChange, CurriculumState
from tracker.programme.rules import Entry, How, differences, fingerprint, made_of


def before_commit(tx: Transaction) -> None:
    """The hook of every transaction: keep the state of a curriculum that it changed."""
    if "curriculum" in tx.touched:
        keep(tx, How.DIRECT)


def keep_first(tx: Transaction) -> None:
    """Before the first change here of a curriculum that has no kept state: keep the one it has."""
    if tx.session.scalar(select(CurriculumState.id).limit(1)) is None:
        _add(tx, How.DIRECT, written_curriculum(queries.curriculum(tx.session)))


def keep(tx: Transaction, how: How) -> None:
    """Keep the curriculum as it is now, and how it differs from the state before; the same again is not kept twice."""
    now = queries.curriculum(tx.session)
    text = written_curriculum(now)
    latest = select(CurriculumState.text).order_by(CurriculumState.id.desc()).limit(1)
    kept = tx.session.scalar(latest)
    if kept == text:
        return
    before = Curriculum() if kept is None else read_curriculum(kept.encode())
    state_id = _add(tx, how, text)
    if changes := differences(before, now):
        rows = [
            {
                "state_id": state_id,
                "kind": change.kind,
                "code": change.code,
                "before": _table(change.before),
                "after": _table(change.after),
            }
            for change in changes
        ]
        tx.session.execute(insert(CurriculumChange), rows)


def _add(tx: Transaction, how: How, text: str) -> int:
    state = CurriculumState(
        at=tx.now, account_id=tx.actor.account_id, how=how, text=text, fingerprint=fingerprint(text)
    )
    tx.session.add(state)
    tx.session.flush()
    return state.id


def _table(entry: Entry | None) -> str | None:
    return None if entry is None else written_curriculum(made_of([entry]))
