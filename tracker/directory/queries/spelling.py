"""Words that rules compare exactly and that nobody has yet: likely misspelt, so that the office is asked about them."""

from collections.abc import Collection
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select

from tracker.core.database import db
from tracker.curriculum.models import Gate, Requirement
from tracker.people.models import Appointment, Function
from tracker.units.models import UnitRow
from tracker.units.queries import stands


class Vocabulary(StrEnum):
    """What rules compare word by word, by its key in an audience; kinds of units are a gate's."""

    CATEGORIES = "categories"
    ROLES = "roles"
    FUNCTIONS = "functions"
    KINDS = "unit_kinds"


ONE = {
    Vocabulary.CATEGORIES: "category",
    Vocabulary.ROLES: "role",
    Vocabulary.FUNCTIONS: "function",
    Vocabulary.KINDS: "kind",
}
"""What a word of each is called."""
RECORDED: dict[Vocabulary, Select[str]] = {
    Vocabulary.CATEGORIES: select(Appointment.category).distinct(),
    Vocabulary.ROLES: select(Appointment.role).distinct(),
    Vocabulary.FUNCTIONS: select(Function.function).distinct(),
    Vocabulary.KINDS: select(UnitRow.kind).where(stands()).distinct(),
}


def known(vocabulary: Vocabulary) -> frozenset[str]:
    """The words that anything on record has or a rule names; two statements."""
    return frozenset(db.session.scalars(RECORDED[vocabulary])) | _in_rules(vocabulary)


def _in_rules(vocabulary: Vocabulary) -> frozenset[str]:
    if vocabulary is Vocabulary.KINDS:
        return frozenset(kind for kinds in db.session.scalars(select(Gate.unit_kinds)) for kind in kinds)
    audiences: list[dict[str, Any] | None] = [*db.session.scalars(select(Requirement.audience))]
    audiences += db.session.scalars(select(Gate.audience))
    return frozenset(word for audience in audiences for word in (audience or {}).get(vocabulary.value, ()))


def is_new(word: str, among: Collection[str]) -> bool:
    """Whether to ask about a word: it is not among the known ones. Where there are none, no word can be wrong yet."""
    return any(among) and word not in among


def near(word: str, among: Collection[str]) -> str | None:
    """The known word that is most like one, in capitals or not; none where nothing is."""
    by_folded = {one.casefold(): one for one in sorted(among, reverse=True)}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[found[0]] if found else None


def question(vocabulary: Vocabulary, word: str, among: Collection[str] | None = None) -> str:
    """What to ask about a word that nobody has yet; empty where there is nothing to ask. `among` are the known words,
    where they were read already."""
    among = known(vocabulary) if among is None else among
    if not is_new(word, among):
        return ""
    bearer = "No unit" if vocabulary is Vocabulary.KINDS else "Nobody"
    like = near(word, among)
    hint = f" There is “{like}”." if like else ""
    asked = f"{bearer} has the {ONE[vocabulary]} “{word}” yet, and no rule names it. Is it spelt as in the records?"
    return asked + hint
