"""My whole record: as a page, as CSV, as a transcript, and with all else that is kept about me in one download."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from flask import Response, current_app, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from tracker.core import spreadsheets
from tracker.core.actor import Actor, Right
from tracker.core.spreadsheets import Table
from tracker.core.words import DASH
from tracker.core.words import day as shown_day
from tracker.people.queries import person_view
from tracker.progress import transcript, uploads
from tracker.progress.queries import evidence, homes, own_data, records
from tracker.progress.queries.catalogue import catalogue
from tracker.progress.queries.evidence import EvidenceView
from tracker.progress.queries.lasting import asked_lately
from tracker.progress.queries.own_data import Tell, Told
from tracker.progress.queries.records import Entry, Outcome, Record
from tracker.progress.queries.standing import Standing, standing
from tracker.progress.routes import lines, wording
from tracker.progress.routes.blueprint import ask_url, bp, may_log, me
from tracker.progress.rules import State
from tracker.progress.transcript import Part, Row, Transcript
from tracker.web.access import needs
from tracker.web.downloads import named, table_file
from tracker.web.pages import page

CSV_HEADER = (
    *("number", "module", "course", "finished_on", "minutes", "state", "counts", "how", "source", "recorded_at"),
    *("what_happened", "replaced_by", "note", "counted"),
)
IN_MEMORY = 2**20
"""What a download holds beyond this many bytes is put together on the disk."""


@bp.route("/record")
@needs(Right.RECORDS_READ_OWN)
def record() -> ResponseReturnValue:
    """Everything I have ever done, where each came from, and what has become of it."""
    who, person_id = me()
    found, asked = _records(who, person_id), asked_lately(person_id, who.today)
    given, reflections = evidence.own_evidence(person_id), evidence.own_reflections(person_id)
    over = [wording.counted(one, asked) for one in found]
    return page(
        "progress/learner/record.html",
        answer=wording.record_answer(found, sum(map(bool, over))),
        rows=[
            lines.record_row(one, given.get(one.now.id), has_reflection=one.now.id in reflections, over=words)
            for one, words in zip(found, over, strict=True)
        ],
        may_log=may_log(person_id, homes.home(person_id, who.today), who.today),
        person=person_view(person_id, who.today),
        today=who.today,
        ask=ask_url(),
    )


@bp.route("/completions")
@needs(Right.RECORDS_READ_OWN)
def completions() -> ResponseReturnValue:
    """Where the record stood before."""
    return redirect(url_for(".record"), 303)


@bp.route("/record.csv")
@needs(Right.RECORDS_READ_OWN)
def record_csv() -> ResponseReturnValue:
    """The same as CSV: a line for each entry, those that were replaced too."""
    who, person_id = me()
    told = _csv(_records(who, person_id), asked_lately(person_id, who.today))
    answer = Response("".join(told), mimetype="text/csv")
    return named(answer, f"my-record-{who.today}.csv")


@bp.route("/record.xlsx")
@needs(Right.RECORDS_READ_OWN)
def record_xlsx() -> ResponseReturnValue:
    """The same as a spreadsheet."""
    who, person_id = me()
    asked = asked_lately(person_id, who.today)
    rows = (row for one in _records(who, person_id) for row in _csv_rows(one, asked))
    return table_file(Table("My record", (("as_of", who.today),), CSV_HEADER, rows), f"my record {who.today}")


@bp.route("/record.pdf")
@needs(Right.RECORDS_READ_OWN)
def record_pdf() -> ResponseReturnValue:
    """What I have completed, as a transcript to print and to keep."""
    who, person_id = me()
    person, at_home = person_view(person_id, who.today), homes.home(person_id, who.today)
    found = _records(who, person_id)
    about = [f"Identifier {person.identifier}", f"Home: {at_home.unit}" if at_home else "No current appointment"]
    told = Transcript(
        institution=current_app.extensions["institution_name"](),
        person=person.shown_name,
        about=[*about, f"As of {shown_day(who.today)}"],
        day=who.today,
        as_of=shown_day(who.today),
        parts=parts_of(found),
        total=wording.hours_in_all(found),
    )
    return named(Response(transcript.pdf(told), mimetype="application/pdf"), f"transcript-{who.today}.pdf")


@bp.route("/my-data.zip")
@needs(Right.RECORDS_READ_OWN)
def my_data() -> ResponseReturnValue:
    """What is kept about me, but for the trail and why something was waived: for a program, for a spreadsheet, and the
    files I gave."""
    who, person_id = me()
    found, given = _records(who, person_id), evidence.own_evidence(person_id)
    tells: Mapping[str, Tell] = current_app.extensions["own_data"]
    others = {name: tell(who) for name, tell in tells.items()}
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed with the answer
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", _everything(who, person_id, found, given, others))
        archive.writestr("my-record.csv", "".join(_csv(found, asked_lately(person_id, who.today))))
        for one in given.values():
            if one.stored_as and (path := uploads.path_of(one.stored_as)).is_file():
                archive.write(path, _name_in_archive(one), ZIP_STORED)
        for name, path in (pair for kept in others.values() for pair in kept.files.items()):
            if path.is_file():
                archive.write(path, name, ZIP_STORED)
    file.seek(0)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"my-data-{who.today}.zip")


# What they share


def _records(who: Actor, person_id: int) -> list[Record]:
    """One's own, for whoever may read everybody's too."""
    return records.records_of(who, person_id, catalogue())


def _csv(found: Iterable[Record], asked: Standing) -> Iterator[str]:
    return spreadsheets.lines(CSV_HEADER, (row for one in found for row in _csv_rows(one, asked)))


def _csv_rows(one: Record, asked: Standing) -> Iterator[tuple[object, ...]]:
    """An entry a line; only the last holds, and names nothing that replaces it. One that counted for a time that is
    over counts no more."""
    over = wording.counted(one, asked)
    counts_now = one.outcome is Outcome.COUNTS and not over
    following = [entry.reference for entry in one.entries[1:]]
    for entry, replaced_by in zip(one.entries, [*following, None], strict=True):
        counts = "yes" if replaced_by is None and counts_now else "no"
        yield (
            *(entry.reference, entry.title, entry.course, entry.completed_on, entry.minutes, entry.state.value, counts),
            *(entry.how, entry.source, entry.entered_at and entry.entered_at.isoformat(timespec="seconds")),
            *(wording.DEED_WORDS[entry.deed], replaced_by, entry.note, "" if replaced_by else over),
        )


def parts_of(found: Iterable[Record]) -> list[Part]:
    """What counts and what waits: verified things first, then what rests on the person's own word."""
    verified: list[Row] = []
    own_word: list[Row] = []
    waiting: list[Row] = []
    for one in found:
        if one.outcome is Outcome.COUNTS:
            (verified if one.now.state is State.VERIFIED else own_word).append(_transcript_row(one))
        elif one.outcome is Outcome.WAITING:
            waiting.append(_transcript_row(one))
    parts = [
        Part("Verified", "Recorded or confirmed by the institution." if verified else "Nothing.", verified),
        Part("Self-reported", "Logged by the person and not verified." if own_word else "Nothing.", own_word),
    ]
    if waiting:
        parts.append(Part("Waits to be verified", "Logged by the person; it does not count yet.", waiting))
    return parts


def _transcript_row(one: Record) -> Row:
    through = f" (through {one.now.course})" if one.is_equivalent and one.modules else ""
    hours = wording.hours(one.now.minutes) if one.now.minutes is not None else DASH
    return f"{one.title}{through}", shown_day(one.now.completed_on), hours, wording.origin(one.entries[0])


def _everything(
    who: Actor,
    person_id: int,
    found: Iterable[Record],
    given: Mapping[int, EvidenceView],
    others: Mapping[str, Told],
) -> str:
    reflections, asked = evidence.own_reflections(person_id), asked_lately(person_id, who.today)
    told = {
        "as_of": who.today,
        **own_data.about(person_id),
        "asked_today": list(_asked(person_id, who.today)),
        "records": [
            {
                "outcome": one.outcome.value,
                "counted": wording.counted(one, asked) or None,
                "entries": [_entry(entry) for entry in one.entries],
                "evidence": _evidence(given.get(one.now.id)),
                "reflection": reflections.get(one.now.id),
            }
            for one in found
        ],
        **{name: kept.rows for name, kept in others.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=_plain)


def _asked(person_id: int, today: date) -> Iterator[dict[str, Any]]:
    for task in standing(person_id, today).tasks:
        for reason in task.reasons:
            yield {
                "requirement": reason.requirement,
                "module": task.code,
                "title": task.title,
                "level": reason.level.value,
                "status": reason.says.status.word,
                "due_on": reason.says.due_on,
                "satisfied_on": reason.says.satisfied_on,
                "expires_on": reason.says.expires_on,
            }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.reference,
        "course": entry.course,
        "title": entry.title,
        "finished_on": entry.completed_on,
        "minutes": entry.minutes,
        "state": entry.state.value,
        "what_happened": entry.deed.value,
        "how": entry.how,
        "source": entry.source,
        "recorded_at": entry.entered_at,
        "note": entry.note,
    }


def _evidence(one: EvidenceView | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"link": one.link, "file": _name_in_archive(one) if one.stored_as else None}


def _name_in_archive(one: EvidenceView) -> str:
    return f"evidence/{one.id}-{one.download_name}"


def _plain(value: object) -> str:
    """Days, moments and exact numbers as text."""
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else repr(value)
