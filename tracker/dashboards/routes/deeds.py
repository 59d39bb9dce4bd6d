"""What somebody did for many people, or decided for one: told after the deed, listed, and undone within a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.spreadsheets import Table
from tracker.core.words import day, moment, plural
from tracker.dashboards.routes.blueprint import bp
from tracker.progress.commands import bulk
from tracker.progress.models import DeedKind, PassedOver
from tracker.progress.queries import bulk as queries
from tracker.progress.queries.bulk import Deed, Outcome, Touch
from tracker.progress.queries.catalogue import Catalogue, catalogue
from tracker.progress.rules import State
from tracker.terms.queries import say
from tracker.web.access import actor, needs
from tracker.web.downloads import table_file
from tracker.web.pages import page

PEOPLE, CLAIMS = ("person", "people"), ("claim", "claims")
NAMES_SHOWN = 500
SECONDS_TO_LOOK_AGAIN = 3
WHY = {
    PassedOver.ONESELF: "that is you; somebody else must record it",
    PassedOver.AWAY: "not at home in your units any more",
    PassedOver.RECORDED: "recorded for the same day meanwhile",
    PassedOver.DECIDED: "decided or withdrawn meanwhile",
    PassedOver.HELD_BACK: "something comes before it that is not done",
}
VERBS = {DeedKind.LOG: "Logged", DeedKind.VERIFY: "Verified", DeedKind.REJECT: "Turned down"}
OUT_OF_SIGHT = "not at home in your units any more"


@bp.route("/deeds")
@needs(Right.COMPLETIONS_LOG_UNIT)
def deeds() -> ResponseReturnValue:
    """What the reader did lately; what can still be undone comes with its button."""
    names = catalogue()
    found = queries.recent(actor())
    return page(
        "dashboards/deeds.html",
        crumbs=[("My units", url_for(".start")), ("What you did lately", None)],
        lines=[_line(one, names) for one in found],
    )


@bp.route("/deeds/<int:deed_id>")
@needs(Right.COMPLETIONS_LOG_UNIT)
def deed(deed_id: int) -> ResponseReturnValue:
    """What one deed did: for whom, who was passed over since the preview, and what was undone."""
    one = queries.deed(actor(), deed_id)
    found = queries.outcomes(actor(), deed_id)
    done = [outcome for outcome in found if outcome.passed_over is None]
    answer = page(
        "dashboards/deed.html",
        crumbs=_crumbs(one),
        deed=one,
        heading=_heading(one, done),
        sentence=_sentence(one, done, catalogue()),
        until=moment(one.ends_at),
        people=_told(_about(one, done)),
        left=_told(_left(one, done), is_left=True),
        passed_over=_told(outcome for outcome in found if outcome.passed_over is not None),
        names_shown=NAMES_SHOWN,
        csv_url=url_for(".deed_csv", deed_id=deed_id, as_of=None),
    )
    if one.waiting:
        answer.headers["Refresh"] = f"{SECONDS_TO_LOOK_AGAIN}; url={url_for('.deed', deed_id=deed_id, as_of=None)}"
    return answer


@bp.route("/deeds/<int:deed_id>.csv")
@bp.route("/deeds/<int:deed_id>.xlsx", endpoint="deed_xlsx")
@needs(Right.COMPLETIONS_LOG_UNIT)
def deed_csv(deed_id: int) -> ResponseReturnValue:
    """The same as a file: everybody it was about, and what became of each."""
    one = queries.deed(actor(), deed_id)
    table = Table(
        "What was done for many",
        about=[
            *(("done_at", one.done_at), ("deed", one.kind.value), ("unit", one.unit_code)),
            *(("module", one.course), ("completed_on", one.completed_on), ("undone_at", one.undone_at)),
        ],
        header=("name", "outcome", "why"),
        rows=[_file_row(outcome) for outcome in queries.outcomes(actor(), deed_id)],
    )
    return table_file(table, f"deed {deed_id}")


def _file_row(outcome: Outcome) -> tuple[str | None, str, str]:
    """Somebody in the file; without a name who is no longer the reader's to know."""
    if outcome.passed_over:
        return outcome.name, "passed over", WHY[outcome.passed_over]
    became = "taken back" if outcome.is_taken_back else "done"
    return outcome.name, became, _touched(outcome.touch) if outcome.touch else ""


@bp.route("/deeds/<int:deed_id>/undo", methods=["POST"])
@needs(Right.COMPLETIONS_LOG_UNIT)
def undo(deed_id: int) -> ResponseReturnValue:
    """Take a deed of one's own back, within a day."""
    bulk.undo(actor(), deed_id)
    return redirect(url_for(".deed", deed_id=deed_id, as_of=None), 303)


@dataclass(frozen=True, slots=True)
class DeedLine:
    """A deed in the list of them."""

    title: str
    url: str
    when: str
    detail: str
    undo_url: str | None


def _line(one: Deed, names: Catalogue) -> DeedLine:
    state = f"undone on {moment(one.undone_at)}" if one.undone_at else ""
    if one.waiting:
        state = "still being undone" if one.undone_at else f"still to do for {plural(one.waiting, *PEOPLE)}"
    where = f"in {one.unit_name}" if one.unit_name else ""
    when = f"finished on {day(one.completed_on)}" if one.completed_on else ""
    return DeedLine(
        f"{VERBS[one.kind]} {names.title_of(one.course)} for {one.only_person or plural(one.done, *PEOPLE)}",
        url_for(".deed", deed_id=one.id, as_of=None),
        moment(one.done_at),
        ", ".join(filter(None, (where, when, state))),
        url_for(".undo", deed_id=one.id, as_of=None) if one.can_be_undone else None,
    )


def _heading(one: Deed, done: Sequence[Outcome]) -> str:
    if one.waiting and one.undone_at is not None:
        return f"Being undone: {len(done) - one.waiting:,} of {plural(len(done), *PEOPLE)} so far"
    if one.waiting:
        doing, total = len(done) + one.passed_over, len(done) + one.passed_over + one.waiting
        being = "Being recorded" if one.kind is DeedKind.LOG else "Being verified"
        return f"{being}: {doing:,} of {plural(total, *(PEOPLE if one.kind is DeedKind.LOG else CLAIMS))} so far"
    if one.undone_at is not None:
        taken_back = sum(outcome.is_taken_back for outcome in done)
        return f"Undone for {taken_back:,} of {plural(len(done), *PEOPLE)}"
    if one.kind is DeedKind.LOG:
        return f"Recorded for {plural(len(done), *PEOPLE)}"
    return f"{VERBS[one.kind]} {plural(len(done), *CLAIMS)}"


def _sentence(one: Deed, done: Sequence[Outcome], names: Catalogue) -> str:
    title = names.title_of(one.course)
    what = f"{title}, finished on {day(one.completed_on)}," if one.completed_on else title
    if one.waiting:
        return f"{title}: this goes on by itself, a few people at a time. You can leave this page, and come back to it."
    if one.undone_at is None and one.kind is DeedKind.REJECT:
        return f"{what} was not verified. The reason is on the record."
    if one.undone_at is None:
        return f"{what} counts from now on{'' if one.done == 1 else ' for each of them'}."
    undone = f"{what} was undone on {moment(one.undone_at)}."
    taken_back, total = sum(outcome.is_taken_back for outcome in done), len(done)
    if not taken_back:
        return f"{what} could not be undone."
    if taken_back < total:
        part = f"{taken_back:,} of {plural(total, *(PEOPLE if one.kind is DeedKind.LOG else CLAIMS))}"
        wait = "waits" if taken_back == 1 else "wait"
        ends = f"It counts no more for {part}." if one.kind is DeedKind.LOG else f"{part} {wait} for a decision again."
        return f"{undone} {ends}"
    waits = "The claim waits" if total == 1 else "The claims wait"
    ends = "It counts for none of them." if one.kind is DeedKind.LOG else f"{waits} for a decision again."
    return f"{undone} {ends}"


def _crumbs(one: Deed) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = []
    if one.unit_code is not None and one.unit_name is not None:
        steps.append((one.unit_name, url_for(".unit", code=one.unit_code, as_of=None)))
    return [*steps, ("What you did lately", url_for(".deeds", as_of=None)), (VERBS[one.kind], None)]


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody a deed was about: by name where the reader may know it, with what is to be said."""

    name: str
    url: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ToldList:
    """Some of them by name, and how many are not at home in the reader's units any more and so not named."""

    named: Sequence[Told]
    unnamed: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.named) + self.unnamed


def _about(one: Deed, done: Sequence[Outcome]) -> list[Outcome]:
    """Whom the page lists first: while a deed is being undone those for whom it still will be, then those for whom it
    was; else all for whom it was done."""
    if one.undone_at is None:
        return list(done)
    if one.waiting:
        return [outcome for outcome in done if not outcome.is_taken_back and outcome.touch is None and outcome.name]
    return [outcome for outcome in done if outcome.is_taken_back]


def _left(one: Deed, done: Sequence[Outcome]) -> list[Outcome]:
    """For whom it was not undone."""
    if one.undone_at is None or one.waiting:
        return []
    return [outcome for outcome in done if not outcome.is_taken_back]


def _told(found: Iterable[Outcome], *, is_left: bool = False) -> ToldList:
    """These people, each with why nothing was done; `is_left`: why it was not undone."""
    named, unnamed = [], 0
    for outcome in found:
        if outcome.name is None:
            unnamed += 1
            continue
        why = WHY[outcome.passed_over] if outcome.passed_over else ""
        if is_left:
            why = _touched(outcome.touch) if outcome.touch else OUT_OF_SIGHT
        named.append(Told(outcome.name, url_for(".person", person_id=outcome.person_id), why))
    return ToldList(named, unnamed)


def _touched(touch: Touch) -> str:
    """What was done since to what a deed had recorded: by the office, which alone may, or by a file that it loaded."""
    if not touch.is_entered:
        return "changed since"
    if touch.state is State.REJECTED:
        return say("struck out by the {office} since")
    return say("corrected by the {office} since") + f", to {day(touch.completed_on)}"
