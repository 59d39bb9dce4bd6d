"""Evidence and reflections: given with a completion, brought along when it is replaced, taken back by their owner."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update

from tracker.core import audit
from tracker.core.actor import Actor
from tracker.core.database import Transaction, transaction
from tracker.core.errors import Conflict, Invalid
from tracker.progress import policy, uploads
from tracker.progress.models import Completion, EvidenceItem, Reflection
from tracker.progress.uploads import Stored, Upload

LONGEST_LINK = 2_000
LONGEST_REFLECTION = 10_000
CONFLICT = "This was changed in the meantime. Please look again."


@dataclass(frozen=True, slots=True)
class Given:
    """Evidence as it is given: a file, a link, or both."""

    upload: Upload | None = None
    link: str | None = None


def link_problem(link: str) -> str:
    """Why a link cannot be taken; empty when it can."""
    try:
        parts = urlsplit(link)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() or not letter.isprintable() for letter in link):
        return "The link must begin with https:// or http://"
    return "" if len(link) <= LONGEST_LINK else f"The link must be {LONGEST_LINK:,} characters or fewer"


def attach(tx: Transaction, completion_id: int, given: Given, place: Stored | None) -> None:
    """Keep evidence with a completion, its file being in its place. Raises Invalid for a link of another kind."""
    if given.link and (problem := link_problem(given.link)):
        raise Invalid("evidence_link", problem)
    item = EvidenceItem(completion_id=completion_id, link=given.link or None)
    if keep(tx, item, given.upload, place):
        _record(tx, "evidence.added", item)


def keep(tx: Transaction, item: EvidenceItem, upload: Upload | None, place: Stored | None) -> bool:
    """Keep evidence of a completion or a request with its file, if there is one; whether there was anything to keep."""
    if place is not None and upload is not None:
        place.is_named = True
        item.stored_as, item.media_type = place.name, upload.media_type
        item.file_name, item.size = uploads.shown_name(upload.file_name), place.size
    elif item.link is None:
        return False
    tx.session.add(item)
    tx.flush(CONFLICT)
    return True


def drop(tx: Transaction, completion_id: int) -> None:
    """Forget the evidence of a completion; a job clears its file away."""
    query = select(EvidenceItem).where(EvidenceItem.completion_id == completion_id)
    if (item := tx.session.scalar(query)) is not None:
        _record(tx, "evidence.removed", item)
        tx.session.delete(item)
        tx.session.flush()


def bring_along(tx: Transaction, old_id: int, new_id: int) -> None:
    """Let what belongs to a completion belong to the one that replaces it."""
    for model in (EvidenceItem, Reflection):
        tx.session.execute(update(model).where(model.completion_id == old_id).values(completion_id=new_id))


def reflect(tx: Transaction, completion_id: int, text: str) -> None:
    """Keep a reflection with a new completion of one's own."""
    tx.session.add(Reflection(completion_id=completion_id, text=text))
    tx.flush(CONFLICT)
    audit.record(tx, "reflection.written", "completion", completion_id)


def write_reflection(actor: Actor, completion_id: int, text: str) -> None:
    """Write, change or (empty) delete the reflection beside one's own record. Raises NotFound, Conflict or Invalid.

    What was changed or deleted is kept nowhere.
    """
    if len(text) > LONGEST_REFLECTION:
        raise Invalid("reflection", f"The reflection must be {LONGEST_REFLECTION:,} characters or fewer")
    with transaction(actor) as tx:
        tx.lock_people(policy.get_own_claim(actor, completion_id).person_id)
        if tx.session.scalar(select(Completion.id).where(Completion.corrects_id == completion_id)) is not None:
            raise Conflict(CONFLICT)
        there = select(Reflection).where(Reflection.completion_id == completion_id)
        row = tx.session.scalar(there)
        if row is None and text:
            reflect(tx, completion_id, text)
        elif row is not None and text:
            row.text = text
            audit.record(tx, "reflection.changed", "completion", completion_id)
        elif row is not None:
            tx.session.execute(delete(Reflection).where(Reflection.id == row.id))
            audit.record(tx, "reflection.deleted", "completion", completion_id)


def _record(tx: Transaction, verb: str, item: EvidenceItem) -> None:
    """An event that says what there is, not what is in it: names of files and links are somebody's own words."""
    what = {"completion_id": item.completion_id, "has_link": bool(item.link), "media_type": item.media_type}
    before, after = (what, None) if verb == "evidence.removed" else (None, what)
    audit.record(tx, verb, "evidence", item.id, before=before, after=after)
