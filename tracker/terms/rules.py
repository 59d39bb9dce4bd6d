"""What an institution calls things, and which word holds on a day. Pure.

The keys never change; code, addresses and files know them alone. A word holds from its first day on until the next.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.core.errors import Invalid


class Term(StrEnum):
    """What has a name of the institution's own."""

    PROGRAMME = "programme"
    OFFICE = "office"
    CHAMPION = "champion"
    LEARNER = "learner"


@dataclass(frozen=True, slots=True)
class Words:
    """How something is called: `full_name` where it stands alone ("Equity Champion"), the others within a sentence."""

    full_name: str
    singular: str
    plural: str

    @property
    def forms(self) -> tuple[str, str, str]:
        """All of them."""
        return self.full_name, self.singular, self.plural


@dataclass(frozen=True, slots=True)
class Named:
    """Words that hold from a day on."""

    id: int
    starts_on: date
    words: Words


DEFAULTS: Mapping[Term, Words] = {
    Term.PROGRAMME: Words("Curriculum", "curriculum", "curricula"),
    Term.OFFICE: Words("Diversity office", "office", "offices"),
    Term.CHAMPION: Words("Equity Champion", "champion", "champions"),
    Term.LEARNER: Words("Learner", "learner", "learners"),
}
"""What things are called until the office gives them another name."""
LONGEST = 60

SOUNDS_LIKE_A_CONSONANT = ("eu", "one", "uni", "use", "usu", "uti")
SILENT_H = ("heir", "honest", "honor", "honour", "hour")


IN_A_SENTENCE = re.compile(
    r"\{(?:(?P<full>full )|(?P<article>an? ))?(?P<key>programme|office|champion|learner)(?P<plural>s)?\}", re.IGNORECASE
)
"""Where a text takes a word: {champion}, {champions}, {a champion}, with a capital where it begins the sentence; and
{full champion} for the name that stands alone."""


def check_first_day(given: Sequence[object], starts_on: date, today: date) -> None:
    """Words that follow others `given` begin today or later; the first ones may hold since any day. Raises Invalid."""
    if given and starts_on < today:
        raise Invalid("starts_on", "The first day must be today or later: what was issued keeps its name.")


def words_on(named: Sequence[Named], term: Term, day: date) -> Words:
    """What something is called on a day; `named` has its words, the earliest first."""
    holding = [one.words for one in named if one.starts_on <= day]
    return holding[-1] if holding else DEFAULTS[term]


def terms_said(words: str, named: Mapping[Term, Sequence[Named]]) -> set[Term]:
    """What somebody means who types a word: whatever is, was or will be called so, wholly or in part."""
    sought = words.strip().casefold()
    return {term for term in Term if sought and any(sought in form for form in _all_forms(term, named.get(term, ())))}


def _all_forms(term: Term, named: Iterable[Named]) -> list[str]:
    return [form.casefold() for words in (DEFAULTS[term], *(one.words for one in named)) for form in words.forms]


def with_article(word: str) -> str:
    """A word with the article that it is spoken with: "a champion", "an ambassador"."""
    sound = word.casefold()
    begins_with_vowel = sound.startswith(tuple("aeiou")) and not sound.startswith(SOUNDS_LIKE_A_CONSONANT)
    return f"{'an' if begins_with_vowel or sound.startswith(SILENT_H) else 'a'} {word}"


def said(text: str, words_of: Callable[[Term], Words]) -> str:
    """A text with the words in their places; braces around anything else are left as they are."""

    def fill(place: re.Match[str]) -> str:
        words = words_of(Term(place["key"].lower()))
        if place["full"]:
            return words.full_name
        word = words.plural if place["plural"] else words.singular
        spoken = with_article(word) if place["article"] else word
        return capital(spoken) if place[0][1].isupper() else spoken

    return IN_A_SENTENCE.sub(fill, text)


def capital(text: str) -> str:
    """A text with a capital at its beginning, and otherwise as it is."""
    return text[:1].upper() + text[1:]
