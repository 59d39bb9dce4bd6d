"""`word(...)`: what something is called on a day. Pages, letters, documents and files ask here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import Flask, current_app
from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy import Select, select

from tracker.core import clock
from tracker.core.database import db
from tracker.core.seen import mark_of
from tracker.terms import rules
from tracker.terms.models import DisplayTerm
from tracker.terms.rules import Named, Term, Words

KEEP = timedelta(minutes=1)


@dataclass(slots=True)
class _Remembered:
    """All words there are, asked for at most once a minute by each process."""

    named: dict[Term, list[Named]] = field(default_factory=dict)
    asked_at: datetime | None = None

    def __call__(self) -> Mapping[Term, Sequence[Named]]:
        now = clock.now()
        if self.asked_at is None or not timedelta(0) <= now - self.asked_at < KEEP:
            self.named, self.asked_at = named(), now
        return self.named


def init_app(app: Flask) -> None:
    """Remember nothing yet; and let templates ask."""
    app.extensions["terms"] = _Remembered()
    app.jinja_env.globals.update(word=word, full_name=full_name)
    app.jinja_env.filters.update(say=_said_in_template, capital=rules.capital)


def word(key: str, day: date | None = None, *, plural: bool = False) -> str:
    """What something (`programme`, `office`, `champion`, `learner`) is called within a sentence on a day; today without
    one. For a document of an earlier day pass its day: it keeps the name of then."""
    words = words_of(Term(key), day)
    return words.plural if plural else words.singular


def full_name(key: str, day: date | None = None) -> str:
    """What something is called where its name stands alone, such as "Equity Champion"."""
    return words_of(Term(key), day).full_name


def say(text: str, day: date | None = None) -> str:
    """A text of ours with what the institution calls things on a day in its places: "Write to your {champion}"."""
    return rules.said(text, lambda term: words_of(term, day))


@pass_context
def _said_in_template(_: Context, text: str, day: date | None = None) -> str:
    """`say` for templates. It takes their context lest they work it out once, when they are compiled, and keep the word
    of that day for as long as the process lives."""
    return say(text, day)


def words_of(term: Term, day: date | None = None) -> Words:
    """All forms of what something is called on a day; today without one."""
    remembered: _Remembered = current_app.extensions["terms"]
    return rules.words_on(remembered().get(term, ()), term, clock.today() if day is None else day)


def terms_said(words: str) -> set[Term]:
    """What somebody means who types a word, whether it is the present one or a former one."""
    remembered: _Remembered = current_app.extensions["terms"]
    return rules.terms_said(words, remembered())


def forget() -> None:
    """Ask anew the next time, since a word was changed."""
    remembered: _Remembered = current_app.extensions["terms"]
    remembered.asked_at = None


def named() -> dict[Term, list[Named]]:
    """The words the office has given, by what they name, the earliest first: one statement."""
    found: dict[Term, list[Named]] = {}
    for row in db.session.scalars(select(DisplayTerm).order_by(DisplayTerm.starts_on)):
        words = Words(row.full_name, row.singular, row.plural)
        found.setdefault(row.key, []).append(Named(row.id, row.starts_on, words))
    return found


def rows_of(term: Term) -> Select[DisplayTerm]:
    """The rows with the words of one thing, the earliest first."""
    return select(DisplayTerm).where(DisplayTerm.key == term).order_by(DisplayTerm.starts_on)


def mark_of_words(term: Term) -> str:
    """The mark of all words of one thing, for the form that gives it others."""
    return mark_of(*db.session.scalars(rows_of(term)))
