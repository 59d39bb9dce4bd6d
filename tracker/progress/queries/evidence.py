"""What was given with completions, for whoever may look at it; and reflections, for whoever wrote them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from tracker.core.actor import Actor
from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.progress import policy
from tracker.progress.models import Completion, EvidenceItem, Reflection
from tracker.progress.uploads import ENDINGS, JPEG, PNG, WORDS

INLINE = frozenset({JPEG, PNG})
"""What a browser shows safely by itself; all else is downloaded."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Evidence of a completion, or of a request: a link, a file, or both. `size` is in bytes."""

    id: int
    completion_id: int | None
    link: str | None
    stored_as: str | None
    file_name: str | None
    media_type: str | None
    size: int | None

    @property
    def download_name(self) -> str:
        """What the file is called once it is on somebody's disk; its ending tells what it is."""
        return f"{self.file_name or f'evidence-{self.id}'}.{ENDINGS[self.media_type or '']}"

    @property
    def file_words(self) -> str:
        """What the file is, in words: "Photo, 2.1 MB"."""
        size = self.size or 0
        amount = f"{max(1, round(size / 1000))}\N{NO-BREAK SPACE}kB" if size < 950_000 else _megabytes(size)
        return f"{WORDS[self.media_type or '']}, {amount}"

    @property
    def is_shown_by_browsers(self) -> bool:
        """Whether a browser shows the file by itself."""
        return self.media_type in INLINE


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}\N{NO-BREAK SPACE}MB"


COLUMNS = (
    *(EvidenceItem.id, EvidenceItem.completion_id, EvidenceItem.link, EvidenceItem.stored_as),
    *(EvidenceItem.file_name, EvidenceItem.media_type, EvidenceItem.size),
)


def _evidence() -> Select[*tuple[Any, ...]]:
    return select(*COLUMNS).join(Completion, Completion.id == EvidenceItem.completion_id)


def evidence_of(actor: Actor, completion_id: int) -> EvidenceView | None:
    """The evidence of a completion, if there is any that the actor may look at."""
    query = _evidence().where(Completion.id == completion_id, policy.evidence_visible_to(actor))
    row = db.session.execute(query).one_or_none()
    return None if row is None else EvidenceView(*row)


def evidence(actor: Actor, evidence_id: int) -> EvidenceView:
    """One piece of evidence. Raises NotFound."""
    query = _evidence().where(EvidenceItem.id == evidence_id, policy.evidence_visible_to(actor))
    if (row := db.session.execute(query).one_or_none()) is None:
        raise NotFound(f"evidence {evidence_id}")
    return EvidenceView(*row)


def own_evidence(person_id: int) -> Mapping[int, EvidenceView]:
    """All that a person has given, by completion."""
    rows = db.session.execute(_evidence().where(Completion.person_id == person_id))
    return {row.completion_id: EvidenceView(*row) for row in rows}


def own_reflections(person_id: int) -> Mapping[int, str]:
    """All that a person has written for herself, by completion. For her alone."""
    query = (
        select(Reflection.completion_id, Reflection.text)
        .join(Completion, Completion.id == Reflection.completion_id)
        .where(Completion.person_id == person_id)
    )
    return dict(db.session.execute(query).all())


def own_reflection(person_id: int, completion_id: int) -> str:
    """What a person has written for herself beside one record; empty where that is nothing. For her alone."""
    query = (
        select(Reflection.text)
        .join(Completion, Completion.id == Reflection.completion_id)
        .where(Completion.person_id == person_id, Completion.id == completion_id)
    )
    return db.session.scalar(query) or ""


def files_named() -> frozenset[str]:
    """The stored files that a row names."""
    named = db.session.scalars(select(EvidenceItem.stored_as).where(EvidenceItem.stored_as.is_not(None)))
    return frozenset(name for name in named if name)
