"""What things are called: every word with its days, and the form that gives one another name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.core.words import day as in_words
from tracker.terms import commands, queries, rules
from tracker.terms.forms import WordsForm
from tracker.terms.rules import DEFAULTS, Named, Term, Words
from tracker.web.access import actor, needs
from tracker.web.forms import real_day
from tracker.web.pages import page

bp = Blueprint("terms", __name__)

TITLES = {
    Term.PROGRAMME: "The programme",
    Term.OFFICE: "The office that runs it",
    Term.CHAMPION: "Those who help a unit",
    Term.LEARNER: "Those it is asked of",
}
"""What each of them is, whatever it is called."""
SAMPLES = {
    Term.PROGRAMME: (
        "The {office} runs the {programme}, sees every record, and can correct it.",
        "All {programmes} of this institution.",
    ),
    Term.OFFICE: (
        "If it is wrong, write to your {champion} or the {office}.",
        "{Office}",
        "Only the {office} reads it.",
    ),
    Term.CHAMPION: (
        "For example: staff {champion} of Medicine, until 31 Dec",
        "Appoint {a champion} of Medicine",
        "{Champions} of Medicine",
        "{A champion} helps all units below hers too.",
    ),
    Term.LEARNER: ("{A learner} sees her own record.", "For example: 100 {learners}"),
}
"""Sentences as they stand on pages, for the preview."""


@dataclass(frozen=True, slots=True)
class Line:
    """What something is called in a stretch of days; `id` of words that can still be taken back."""

    words: Words
    days: str
    id: int | None
    is_present: bool


@bp.route("/office/words")
@needs(Right.RECORDS_READ_ALL)
def all_terms() -> ResponseReturnValue:
    """What each thing is, was and will be called."""
    who, named = actor(), queries.named()
    return page(
        "terms/terms.html",
        terms=[(term, TITLES[term], DEFAULTS[term], _lines(named.get(term, ()), who.today)) for term in Term],
        may_set=who.has(Right.TERMS_SET),
    )


@bp.route("/office/words/<key>", methods=["GET", "POST"])
@needs(Right.TERMS_SET)
def change(key: str) -> ResponseReturnValue:
    """Give something another name: first how sentences will read, then it is saved."""
    who, term = actor(), _term(key)
    mark, named = queries.mark_of_words(term), queries.named().get(term, ())
    now = rules.words_on(named, term, who.today)
    on = real_day(request.form.get("starts_on", "")) or who.today
    stands = rules.words_on(named, term, on)
    form = WordsForm(
        mark=mark, full_name=stands.full_name, singular=stands.singular, plural=stands.plural, starts_on=on
    )
    preview: list[tuple[str, str]] = []
    with form.accept() as accepted:
        is_same = accepted and form.words == stands
        if accepted and not is_same and request.form.get("deed") == "save":
            commands.set_words(who, term, form.starts_on.value, form.words, seen=form.was_shown)
            flash(f"From {in_words(form.starts_on.value)} on it is called {form.words.full_name}.")
            return redirect(url_for(".all_terms"), 303)
        if accepted:
            rules.check_first_day(named, form.starts_on.value, who.today)
            preview = [] if is_same else _preview(term, now, form.words)
    return page(
        "terms/change.html",
        status=form.status_code,
        crumbs=[
            (queries.say("{Office}"), url_for("office.hub")),
            ("Words", url_for(".all_terms")),
            (TITLES[term], None),
        ],
        title=TITLES[term],
        form=form,
        preview=preview,
        is_same=is_same,
    )


@bp.post("/office/words/<int:term_id>/take-back")
@needs(Right.TERMS_SET)
def take_back(term_id: int) -> ResponseReturnValue:
    """Take back words that have not been in use."""
    commands.take_back_words(actor(), term_id)
    flash("These words are taken back.")
    return redirect(url_for(".all_terms"), 303)


def _term(key: str) -> Term:
    """What the address names. Raises NotFound."""
    if key not in set(Term):
        raise NotFound(f"words for {key}")
    return Term(key)


def _lines(named: Sequence[Named], today: date) -> list[Line]:
    """The words of one thing with their days, the latest first; the last are those it had before any were given."""
    found = []
    present = [one for one in named if one.starts_on <= today]
    for one in reversed(named):
        days = f"from {in_words(one.starts_on)}"
        can_go = one.starts_on >= today
        found.append(Line(one.words, days, one.id if can_go else None, bool(present) and one is present[-1]))
    return found


def _preview(term: Term, now: Words, then: Words) -> list[tuple[str, str]]:
    """Sentences as they read now and as they will, all other words being those of today."""

    def told(text: str, words: Words) -> str:
        return rules.said(text, lambda other: words if other is term else queries.words_of(other))

    alone = [(now.full_name, then.full_name)]
    return alone + [(told(text, now), told(text, then)) for text in SAMPLES[term]]
