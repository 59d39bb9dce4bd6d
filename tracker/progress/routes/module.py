"""A module's page, for everybody who may be asked for it."""

from dataclasses import dataclass
from datetime import date

from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.words import day as shown_day
from tracker.core.words import sentence_list
from tracker.progress.queries import homes, records, since
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.modules import Before, GateBefore, gates_about, module_page
from tracker.progress.queries.standing import Group, standing
from tracker.progress.routes import lines, wording
from tracker.progress.routes.blueprint import ask_url, bp, deciders, may_log, me
from tracker.progress.routes.lines import Line
from tracker.web.access import needs
from tracker.web.pages import page


@dataclass(frozen=True, slots=True)
class GateNote:
    """Whether a unit has begun a curriculum, in words."""

    is_open: bool
    title: str
    text: str


@bp.route("/modules/<code:code>")
@needs(Right.RECORDS_READ_OWN)
def module(code: str) -> ResponseReturnValue:
    """What a module is, how it can be done, what comes before it, and where I stand with it."""
    who, person_id = me()
    names, kept = catalogue(), records.standing_completions(person_id)
    found = module_page(code, names, kept)
    asked, at_home = standing(person_id, who.today), homes.home(person_id, who.today)
    task = next((one for one in asked.tasks if one.module_id == found.module.id), None)
    decided_by, logs = deciders(at_home), may_log(person_id, at_home, who.today)
    begin = lines.beginning(code, names, kept) if logs else None
    asked_since = since.asked_since(person_id, who.today)
    gates = gates_about(code, at_home.unit_id, names, who.today) if at_home else []
    return page(
        "progress/learner/module.html",
        found=found,
        module=found.module,
        stands=wording.stands(task, who.today, may_log=logs),
        asked=lines.asked_line(task, who.today, decided_by, asked_since, begin) if task else None,
        begin=begin,
        may_log=logs,
        is_open=task is None or task.group not in (Group.DONE, Group.WAITING),
        decided_by=decided_by,
        before=[_before_line(one) for one in (*found.after, *found.ideally_after)],
        gates=[_gate_note(one, who.today) for one in gates],
        ask_equivalent=ask_url(kind="equivalence", module=code),
    )


def _before_line(one: Before) -> Line:
    when = shown_day(one.done_on) if one.done_on else "not done yet"
    return Line("satisfied" if one.done_on else "not_started", one.title, lines.url_of_module(one.code), when)


def _gate_note(gate: GateBefore, today: date) -> GateNote:
    """Whether a unit has begun, by which measure, and since when or what it takes."""
    share, needs = f"more than {gate.percent}\N{NO-BREAK SPACE}%", sentence_list(gate.needs)
    if not gate.concerns_unit:
        return GateNote(
            is_open=True,
            title=f"{gate.unit} need not wait.",
            text=f"{gate.title} waits for {share} of the people only in units of the kind {' or '.join(gate.kinds)}.",
        )
    if gate.opened_on is not None:
        how = "by decision" if gate.by_decision else f"when {share} of its people had done {needs}"
        return GateNote(
            is_open=True,
            title=f"{gate.unit} has begun.",
            text=f"{gate.title}: since {shown_day(gate.opened_on)}, {how}.",
        )
    measure = f"{gate.title} begins there once {share} of its people have done {needs}."
    if gate.starts_on > today:
        measure = f"{measure} That is looked at from {shown_day(gate.starts_on)} on."
    if not gate.is_worked_out:
        return GateNote(
            is_open=False,
            title=f"Whether {gate.unit} has begun is being worked out.",
            text=f"{measure} Please look again in a few minutes.",
        )
    return GateNote(is_open=False, title=f"{gate.unit} has not begun yet.", text=measure)
