"""What there is: the curriculum, each thing of it, which codes count as which module, and all of it as a file."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.curriculum.rules import Module
from tracker.exchange.files import CURRICULUM, written_curriculum
from tracker.programme.forms import FindForm
from tracker.programme.queries import catalogue, history, proposals
from tracker.programme.routes import lines
from tracker.programme.routes.blueprint import bp, crumbs, kind_of, looking_again
from tracker.programme.rules import Kind
from tracker.programme.words import audience_words, due_words, repeat_words
from tracker.web.access import actor, needs
from tracker.web.downloads import named
from tracker.web.pages import page

WORDS = {"audience": audience_words, "due": due_words, "repeat": repeat_words}


@bp.route("/curriculum")
@needs(Right.RECORDS_READ_ALL)
def index() -> ResponseReturnValue:
    """Modules, requirements and gates, and what is being changed."""
    who = actor()
    everything = catalogue.curriculum()
    form = FindForm()
    sought = (form.validate() and form.q.value) or ""
    found = catalogue.found_by(everything, sought)
    building = catalogue.working_in()
    answer = page(
        "programme/index.html",
        crumbs=[*crumbs()[:-1], ("Modules and requirements", None)],
        curriculum=found,
        everything=everything,
        form=form,
        sought=sought,
        names=catalogue.names_of(found, who.today),
        words=WORDS,
        building=building,
        unsaved=proposals.unsaved(),
        may_change=who.has(Right.CURRICULUM_WRITE),
    )
    return looking_again(answer) if building.rules else answer


@bp.route("/curriculum/<kind>/<code:code>")
@needs(Right.RECORDS_READ_ALL)
def thing(kind: str, code: str) -> ResponseReturnValue:
    """One module, requirement or gate: what it says, what hangs on it, and how it came to be so."""
    who, what = actor(), kind_of(kind)
    found = catalogue.curriculum()
    entry = catalogue.entry(found, what, code)
    names = catalogue.names_of(found, who.today)
    building = [one for one in catalogue.working_in().rules if (one.kind, one.code) == (what, code)]
    return page(
        "programme/thing.html",
        crumbs=crumbs((entry.title or code, None)),
        kind=what.value,
        entry=entry,
        facts=lines.facts_of(entry, names, what),
        called=catalogue.called(what, code),
        today=who.today,
        asked_by=[
            (one.title or one.code, url_for(".thing", kind=lines.kind_word(one), code=one.code))
            for one in (catalogue.asked_by(found, code) if isinstance(entry, Module) else ())
        ],
        overrides=catalogue.overrides(code, who.today) if what is Kind.GATE else [],
        is_building=bool(building),
        past=[
            (line, lines.how(line), lines.changed([told.difference for told in line.changes], names), line.changes)
            for line in history.of_thing(what, code)
        ],
        may_change=who.has(Right.CURRICULUM_WRITE),
    )


@bp.route("/curriculum/equivalences")
@needs(Right.RECORDS_READ_ALL)
def equivalences() -> ResponseReturnValue:
    """Which other codes count as which module."""
    who = actor()
    return page(
        "programme/equivalences.html",
        crumbs=crumbs(("Equivalences", None)),
        found=catalogue.equivalences(catalogue.curriculum()),
        may_change=who.has(Right.CURRICULUM_WRITE),
    )


@bp.route("/curriculum.toml")
@needs(Right.RECORDS_READ_ALL)
def file() -> ResponseReturnValue:
    """The curriculum as the file that `data dump` writes."""
    text = written_curriculum(catalogue.curriculum())
    return named(
        Response(text, mimetype="application/toml", content_type="application/toml; charset=utf-8"), CURRICULUM
    )
