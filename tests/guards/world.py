"""One small world for the table of rights: a learner with records, and everybody who might look at them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from tests.support import cast, make
from tests.support.cast import Cast
from tests.support.make import Account
from tests.support.pictures import PNG
from tracker.accounts import commands as accounts
from tracker.accounts.queries import account
from tracker.champions import commands as champions
from tracker.champions.models import Champion
from tracker.core import clock
from tracker.core.actor import Role
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.curriculum.models import Module, Requirement
from tracker.curriculum.rules import Module as ModuleEntry
from tracker.dashboards import commands as dashboards
from tracker.directory.commands import rosters
from tracker.messages import commands as messages
from tracker.messages.plan import Draft, plan
from tracker.people.models import Appointment
from tracker.programme.commands import overrides, proposing
from tracker.programme.models import CurriculumChange, CurriculumState
from tracker.programme.queries import catalogue
from tracker.progress.commands import bulk, completions, waivers
from tracker.progress.commands.completions import Statement
from tracker.progress.commands.evidence import Given
from tracker.progress.commands.waivers import Grant
from tracker.progress.models import Completion, EvidenceItem, Waiver
from tracker.progress.uploads import Upload
from tracker.reporting.commands import mailings, seals
from tracker.reporting.commands.mailings import Wanted
from tracker.reporting.models import How, Shows
from tracker.reporting.rules import Rhythm
from tracker.requests import commands as requests
from tracker.requests.commands import Asked
from tracker.requests.rules import Kind
from tracker.targets.commands import set_target

LIST = "list-of-the-first-of-may"
"""The key of the form by which `champion` logged for many."""


@dataclass(frozen=True, slots=True)
class World:
    """Who may come, and what the table's addresses name: the ids and references behind its {words}."""

    visitors: Mapping[str, Account | None]
    names: Mapping[str, object]


def build() -> World:
    """Make it, in an empty database.

    The learner is at home in a division (CARD) of the department (MED) that `champion` has; `above` has the school
    (SOM), `elsewhere` another department (SURG); `before` had MED until yesterday, and `leaver` worked there till then.
    """
    people = cast.gather()
    learner = make.learner(people.division, "Ada Asked")
    assert learner.person is not None
    essay = make.module("ESSAY", title="A change on my ward", evidence="verification")
    course, book = make.module("COURSE", title="Listening well"), make.module("BOOK", title="A book to read")
    make.requirement(essay, course, code="YEARLY", title="The yearly course", due={"date": make.day(-200)})
    make.requirement(book, code="READING", title="Reading circle", level="optional")
    claim = _claim(learner, "ESSAY")
    own_word = _claim(learner, "BOOK")
    done = make.completion(learner.person, course)
    private = make.completion(learner.person, book, on=make.day(2))
    _, link = accounts.add_account(make.by(), "new@example.edu", role=Role.OFFICE, person_id=None)
    asked = _requests(learner)
    colleague = make.learner(people.division, "Cole League")
    assert colleague.person is not None
    champion = account(people.champion.id, clock.today())
    assert champion is not None
    attended = Statement("COURSE", make.day(3), "workshop", None, LIST)
    deed = bulk.log(champion.actor, people.department.id, [colleague.person.id], attended)
    kept = dashboards.keep_filter(champion.actor, "My list", "MED", "requirement=YEARLY")
    draft = Draft((learner.person.id,), "A word", "Dear {name}", False, False, False)
    seen = plan(champion.actor, draft, clock.now())
    message = messages.send(champion.actor, draft, "message-of-the-first-of-may", seen.fingerprint)
    visitors = {
        "learner": learner,
        "colleague": colleague,
        "champion": people.champion,
        "above": people.champion_above,
        "elsewhere": people.champion_elsewhere,
        "before": people.champion_before,
        "leaver": people.leaver,
        "office": make.account(Role.OFFICE, make.person("Olive Office", unit=people.elsewhere)),
        "auditor": people.auditor,
        "administrator": people.administrator,
        "nobody": None,
    }
    names = {
        "person": learner.person.id,
        "claim": claim,
        "claim_receipt": _receipt(claim),
        "done": done,
        "done_receipt": _receipt(done),
        "private_receipt": _receipt(private),
        "requirement": db.session.scalar(select(Requirement.id).where(Requirement.code == "YEARLY")),
        "optional": db.session.scalar(select(Requirement.id).where(Requirement.code == "READING")),
        "leaver": people.leaver.person.id if people.leaver.person else None,
        "module": db.session.scalar(select(Module.id).where(Module.code == "ESSAY")),
        **asked,
        "deed": deed,
        "target": set_target(make.by(), "MED", "YEARLY", 80),
        "filter": kept,
        "link": link,
        "module_code": "ESSAY",
        "evidence": _evidence(claim),
        "private_evidence": _evidence(own_word),
        "message": message,
        **_directory(learner),
        **_term(people),
        **_curriculum(course),
        **_reports(people),
    }
    return World(visitors, names)


def _directory(learner: Account) -> dict[str, int]:
    """The learner's post, a waiver of hers, and a roster that was handed in."""
    assert learner.person is not None
    said = Grant(None, None, make.day(900), make.day(890), "a year abroad", "the dean")
    waivers.waive_many(make.by(), [learner.person.id], said)
    roster = rosters.hand_in(make.by(), {"people.csv": b"person_id,name,email\n"}, is_complete=False)
    return {
        "post": db.session.scalars(select(Appointment.id).where(Appointment.person_id == learner.person.id)).one(),
        "waived": db.session.scalars(select(Waiver.id)).one(),
        "roster": roster,
    }


def _term(people: Cast) -> dict[str, int]:
    """The term of the department's champion, and the row of somebody who stands in for her in a month."""
    assert people.champion.person is not None
    term = db.session.scalars(select(Champion.id).where(Champion.person_id == people.champion.person.id)).one()
    sue = make.person("Sue Substitute", unit=people.division)
    days = {"starts_on": make.day(-30), "ends_on": make.day(-40)}
    return {"term": term, "stands_in": champions.name_substitute(make.by(), term, sue.id, **days)}


def _reports(people: Cast) -> dict[str, object]:
    """The month end before the last, sealed, and figures that are sent regularly."""
    day = month_end(clock.today(), -2)
    seals.seal(make.by(), day, How.HAND)
    wanted = Wanted(Shows.UNIT, "MED", None, Rhythm.WEEKLY, [people.champion.id])
    return {"sealed": day.isoformat(), "mailing": mailings.make_mailing(make.by(), wanted)}


def _curriculum(course: ModuleEntry) -> dict[str, int]:
    """A gate that was opened by hand, a change of a requirement that nobody has saved, and a state that is kept."""
    make.gate(course, code="START", title="Before the sequence")
    override = overrides.open_by_hand(
        make.by(), "START", "MED", on=make.day(3), reason="Agreed", approved_by="The dean"
    )
    found = catalogue.curriculum()
    yearly = next(one for one in found.requirements if one.code == "YEARLY")
    proposal = proposing.propose_entry(make.by(), replace(yearly, level="expected"), catalogue.mark_of(found))
    return {
        "override": override,
        "proposal": proposal,
        "state": db.session.scalars(select(func.max(CurriculumState.id))).one(),
        "change": db.session.scalars(select(func.max(CurriculumChange.id))).one(),
    }


def _requests(learner: Account) -> dict[str, int]:
    """A dispute of the learner's about what is required, with a picture, and a waiver that she asks for."""
    found = account(learner.id, clock.today())
    assert found is not None
    yearly = db.session.scalar(select(Requirement.id).where(Requirement.code == "YEARLY"))
    asked = {
        "dispute": Asked(Kind.DISPUTE, "I did it.", requirement_id=yearly, day=clock.today()),
        "waiver": Asked(Kind.WAIVER, "I am abroad.", requirement_id=yearly, starts_on=clock.today()),
    }
    picture = {"dispute": Upload("my list.png", PNG)}
    return {name: requests.ask(found.actor, one, picture.get(name)).id for name, one in asked.items()}


def _claim(whose: Account, course: str) -> int:
    """Something that somebody logs with a picture of it."""
    found = account(whose.id, clock.today())
    assert found is not None
    picture = Given(Upload("my ward.png", PNG))
    return completions.claim(found.actor, Statement(course, make.day(1), evidence=picture))


def _evidence(completion_id: int) -> int:
    """The id of what was given with a completion."""
    return db.session.scalars(select(EvidenceItem.id).where(EvidenceItem.completion_id == completion_id)).one()


def _receipt(completion_id: int) -> str:
    """The reference by which a receipt is opened."""
    return db.session.scalars(select(Completion.reference).where(Completion.id == completion_id)).one()
