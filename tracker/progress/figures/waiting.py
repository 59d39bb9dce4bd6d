"""The claims that wait for a decision, kept apart from the many that are decided: a row of `waiting_claim` for each.

A claim waits while nothing corrects it and its course counts as a module that wants verification. So rows come and go
with each completion that is appended, and with what wants verification and under which codes.
"""

from sqlalchemy import and_, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from tracker.core.database import Base, Transaction
from tracker.progress.policy import submitted_for_decision

_completion, _waiting = Base.metadata.tables["completion"], Base.metadata.tables["waiting_claim"]
_module, _equivalent = Base.metadata.tables["module"], Base.metadata.tables["equivalent"]
_later = _completion.alias("later")

WAITS = and_(submitted_for_decision(), ~select(_later.c.id).where(_later.c.corrects_id == _completion.c.id).exists())
"""That a completion is a claim that waits, as the facts have it: what the rows follow from."""
COME = insert(_waiting)
GONE = delete(_waiting).where(_waiting.c.completion_id == bindparam("corrects_id"))
"""Statements of a write, put together once: that takes longer than running them."""


def follow(tx: Transaction, completion_id: int, corrects_id: int | None, *, is_submitted: bool) -> None:
    """Take in a completion that was just appended: nothing for one that neither is to be decided nor corrects one."""
    connection = tx.session.connection()
    if corrects_id is not None:
        connection.execute(GONE, {"corrects_id": corrects_id})
    if is_submitted:
        connection.execute(COME, {"completion_id": completion_id})


def fill(session: Session) -> None:
    """Keep all claims that wait, where none are kept yet: after a load."""
    session.execute(COME.from_select(["completion_id"], select(_completion.c.id).where(WAITS)))


def before_commit(tx: Transaction) -> None:
    """The hook of every transaction: where other claims have to be decided than before, others wait.

    Whoever changes the curriculum is alone with the tree and the rules, so nobody appends a completion meanwhile.
    """
    if (module_ids := tx.touched.get("module")) is None:
        return
    submitted = select(_completion.c.id).where(_completion.c.id == _waiting.c.completion_id, submitted_for_decision())
    tx.session.execute(delete(_waiting).where(~submitted.correlate(_waiting).exists()))
    own = select(_module.c.code).where(_module.c.id.in_(module_ids))
    others = select(_equivalent.c.code).where(_equivalent.c.module_id.in_(module_ids))
    kept = select(_waiting.c.completion_id)
    waiting = select(_completion.c.id).where(
        _completion.c.course.in_(own.union(others)), WAITS, _completion.c.id.not_in(kept)
    )
    tx.session.execute(COME.from_select(["completion_id"], waiting))
