"""Five years of one person under a proposed rule, beside the rule as it stands."""

from dataclasses import dataclass, replace
from datetime import date

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.days import month_later
from tracker.core.errors import NotFound
from tracker.programme.forms import JoinerSample, PersonSample
from tracker.programme.queries import catalogue, proposals
from tracker.programme.queries.proposals import Found, Sample
from tracker.programme.routes import lines
from tracker.programme.routes.blueprint import bp, crumbs
from tracker.web.access import actor, needs
from tracker.web.addresses import row_id
from tracker.web.pages import page

MONTHS = 60


@dataclass(slots=True)
class _Asked:
    """Whom the address asks for: somebody, several to choose from, or nobody yet."""

    sample: Sample | None = None
    offered: list[Found] | None = None


@bp.route("/curriculum/proposals/<int:proposal_id>/sample")
@needs(Right.RECORDS_READ_ALL)
def sample(proposal_id: int) -> ResponseReturnValue:
    """Draw a proposed requirement for a person who is there, or for somebody made up who joins."""
    who = actor()
    found = proposals.proposal(proposal_id)
    rules = found.preview.rules if found.preview else {}
    code = request.args.get("requirement") or next(iter(rules), "")
    if found.preview is None or code not in rules:
        raise NotFound(f"a proposed rule of {code}")
    titles = {one.code: one.title for one in found.wanted.requirements}
    person, joiner = PersonSample(), JoinerSample()
    asked = _asked(person, joiner, who.today)
    first = asked.sample.since if asked.sample else who.today
    last = month_later(first.year, first.month, first.day, MONTHS)
    modules = {module.code: module.title for module in found.wanted.modules}
    drawn = proposals.drawn(asked.sample, code, found.preview, first, last, modules) if asked.sample else []
    if found.saved_at is not None:
        drawn = [replace(one, then=one.now) for one in drawn]
    return page(
        "programme/sample.html",
        status=422 if joiner.errors or person.errors else 200,
        crumbs=crumbs(
            (lines.heading(found), url_for(".proposal", proposal_id=proposal_id)), ("Five years of a person", None)
        ),
        proposal_id=proposal_id,
        saved_at=found.saved_at,
        code=code,
        title=titles.get(code, code),
        others=[(other, titles.get(other, other)) for other in rules if other != code],
        person=person,
        joiner=joiner,
        asked=asked,
        first=first,
        last=last,
        years=[first.year + number for number in range(1, last.year - first.year + 1)],
        lanes=lines.lanes(drawn, first, last),
    )


def _asked(person: PersonSample, joiner: JoinerSample, today: date) -> _Asked:
    """Whom the address means. What is wrong in it is said at its field."""
    if (person_id := request.args.get("person", type=row_id)) is not None:
        return _Asked(proposals.real_person(person_id, today))
    if "q" in request.args and person.validate() and person.q.value:
        offered = proposals.found_people(person.q.value)
        if len(offered) == 1:
            return _Asked(proposals.real_person(offered[0].id, today))
        return _Asked(offered=offered)
    if "category" in request.args and joiner.validate():
        units = catalogue.units_by_word(today)
        typed = joiner.unit.value
        if (code := units.get(typed) or units.get(typed.lower())) is None:
            joiner.unit.errors = [f"“{typed}” is neither the code of a unit nor the name of one alone"]
            return _Asked()
        unit_id = catalogue.unit_id(code)
        return _Asked(proposals.joiner(joiner.category.value, joiner.role.value, unit_id, joiner.joined.value))
    return _Asked()
