"""`report verify` says that all is as sealed, or names the byte that is not."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text

from tests.reporting.conftest import Institution
from tests.support import make
from tracker.core.database import db
from tracker.core.days import month_end
from tracker.reporting.commands.seals import seal
from tracker.reporting.models import How, SealRow
from tracker.reporting.rules import Part, fingerprint


def verify(app: Flask, *given: str) -> Result:
    """Run the command."""
    db.session.close()
    return app.test_cli_runner().invoke(args=["report", "verify", *given])


def tamper(statement: str) -> None:
    """Do what the triggers refuse, as somebody with the keys to the database could."""
    db.session.close()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for table in ("seal", "seal_row"):
                for deed in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{deed}"))
        else:
            connection.execute(text("ALTER TABLE seal DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE seal_row DISABLE TRIGGER USER"))
        connection.execute(text(statement))


WHOLE = "part = 'rates' AND subject = 'MED,YEARLY,*'"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"UPDATE seal_row SET line = replace(line, '12', '13') WHERE {WHOLE}", "more than one byte"),
        (f"UPDATE seal_row SET line = replace(line, ',6,', ',7,') WHERE {WHOLE}", "row 3, column satisfied, byte 24"),
        (
            f"UPDATE seal_row SET line = replace(line, '0.5000', '0.6000') WHERE {WHOLE}",
            "column rate, byte 34: “6” stands where “5” was; the row was: MED,YEARLY,*,12,0,0,12,6,,,",
        ),
        (f"UPDATE seal_row SET line = replace(line, 'MED,', 'MID,') WHERE {WHOLE}", "column unit, byte 2"),
        (f"UPDATE seal_row SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE {WHOLE}", "column hash"),
        (f"UPDATE seal_row SET subject = 'SURG,YEARLY,*' WHERE {WHOLE}", "column subject"),
        (f"DELETE FROM seal_row WHERE {WHOLE}", "this row is missing"),
        ("UPDATE seal SET hash = replace(hash, substr(hash, 1, 1), 'x')", "seal, column hash: it was changed"),
        ("UPDATE seal SET day = '2020-01-31'", "seal, column day"),
        ("UPDATE seal SET previous = 'x'", "seal, column previous"),
    ],
)
def test_what_was_changed_is_named(app: Flask, institution: Institution, statement: str, named: str) -> None:
    day = institution.seal()
    whole = verify(app)
    assert whole.exit_code == 0
    assert f"{day}: " in whole.output
    assert whole.output.endswith(": as sealed.\n")
    tamper(statement)
    result = verify(app)
    assert result.exit_code == 1
    assert named in result.output
    assert len(result.output.splitlines()) == (3 if "previous" in statement else 2)


LAST = "part = 'rates' AND position = (SELECT max(position) FROM seal_row WHERE part = 'rates')"
COPY = "INSERT INTO seal_row (seal_id, part, position, subject, line, hash) SELECT seal_id, part, {}, {} FROM seal_row"
FAR = COPY.format("position + 100000", "subject, line, hash")
INVENTED = "'NEW,YEARLY,*', 'NEW,YEARLY,*,1' || chr(10), hash"
FAR_INVENTED, NEXT_INVENTED = COPY.format("position + 100000", INVENTED), COPY.format("position + 1", INVENTED)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"{FAR} WHERE {WHOLE}", ["rates, row 100,003: this row was put in; it says what was sealed as row 3"]),
        (
            f"{FAR_INVENTED} WHERE {WHOLE}",
            ["rates, row 100,003: this row was put in; it says: NEW,YEARLY,*,1"],
        ),
        (
            f"{NEXT_INVENTED} WHERE {LAST}",
            ["rates, row {after}: this row was put in; it says: NEW,YEARLY,*,1"],
        ),
        (
            f"UPDATE seal_row SET position = position + 100000 WHERE {WHOLE}",
            ["rates, row 100,003: this row has another place: it was sealed as row 3"],
        ),
        (
            f"UPDATE seal_row SET position = position + 100000 WHERE {LAST}",
            ["rates, row {far}: this row has another place: it was sealed as row {last}"],
        ),
        (
            "UPDATE seal_row SET position = position + 200 WHERE part = 'rates' AND position > 2",
            ["rates, rows 203 to {shifted}: these rows have other places: they were sealed as rows 3 to {last}"],
        ),
        (
            "DELETE FROM seal_row WHERE part = 'rates' AND position BETWEEN 2 AND 4",
            ["rates, rows 2 to 4: these rows are missing"],
        ),
    ],
)
def test_rows_put_in_moved_and_taken_out_are_told_apart(
    app: Flask, institution: Institution, statement: str, named: list[str]
) -> None:
    day = institution.seal()
    last = db.session.scalar(text("SELECT max(position) FROM seal_row WHERE part = 'rates'"))
    assert last is not None
    if db.engine.dialect.name == "sqlite":
        statement = statement.replace("chr(10)", "char(10)")
    tamper(statement)
    result = verify(app)
    places = {"last": last, "after": last + 1, "far": f"{last + 100_000:,}", "shifted": last + 200}
    assert result.output.splitlines()[:-1] == [f"{day}: {words.format(**places)}." for words in named]


@pytest.mark.parametrize("further", [1, 9, 100_000])
def test_a_row_that_was_put_in_with_its_hash_is_named(app: Flask, institution: Institution, further: int) -> None:
    day = institution.seal()
    last = db.session.scalar(text("SELECT max(position) FROM seal_row WHERE part = 'rates'"))
    place, line = last + further, "NEW,YEARLY,*,1\n"
    with make.transaction() as tx:
        row = {"seal_id": 1, "part": Part.RATES, "position": place, "subject": "NEW,YEARLY,*", "line": line}
        tx.session.add(SealRow(**row, hash=fingerprint(Part.RATES, place, line)))
        rows = len(tx.session.scalars(select(SealRow.position)).all())
    result = verify(app)
    assert result.output.splitlines()[:-1] == [
        f"{day}: rates, row {place:,}: this row was put in; it says: NEW,YEARLY,*,1."
    ]
    tamper(f"UPDATE seal_row SET line = replace(line, ',6,', ',7,') WHERE {WHOLE}")
    both = verify(app).output
    assert "rates, row 3, column satisfied, byte 24" in both
    too_many = f"{rows} rows are there, {rows - 1} were sealed"
    assert (f"row {place:,}: this row was put in" if place > rows else too_many) in both


def test_a_byte_is_still_named_beside_a_row_that_was_put_in(app: Flask, institution: Institution) -> None:
    day = institution.seal()
    tamper(f"{FAR} WHERE {WHOLE}")
    tamper(f"UPDATE seal_row SET line = replace(line, ',6,', ',7,') WHERE {WHOLE} AND position < 100")
    result = verify(app)
    assert f"{day}: rates, row 3, column satisfied, byte 24: “7” stands where “6” was" in result.output
    assert "rates, row 100,003: this row was put in" in result.output
    assert len(result.output.splitlines()) == 3


def test_another_report_is_not_blamed(app: Flask, institution: Institution) -> None:
    day, earlier = institution.seal(), month_end(institution.day, -1)
    seal(make.by(), earlier, How.HAND)
    tamper(f"UPDATE seal_row SET line = replace(line, '0.5000', '0.6000') WHERE {WHOLE} AND seal_id = 1")
    assert verify(app, earlier.isoformat()).exit_code == 0
    assert verify(app, day.isoformat()).exit_code == 1
    result = verify(app)
    assert f"{earlier}: " in result.output
    assert result.exit_code == 1


def test_a_report_that_was_taken_away_breaks_the_chain(app: Flask, institution: Institution) -> None:
    institution.seal()
    seal(make.by(), month_end(institution.day, -1), How.HAND)
    tamper("DELETE FROM seal_row WHERE seal_id = 1")
    tamper("DELETE FROM seal WHERE id = 1")
    result = verify(app)
    assert result.exit_code == 1
    assert "column previous: it names a report before it, and there is none" in result.output


@pytest.mark.parametrize("given", [(), ("day",)])
def test_the_last_report_taken_away_is_missed(app: Flask, institution: Institution, given: tuple[str, ...]) -> None:
    day = institution.seal()
    tamper("DELETE FROM seal_row")
    tamper("DELETE FROM seal")
    result = verify(app, *(day.isoformat() for _ in given))
    assert result.exit_code == 1
    assert f"{day} seal: the trail says that it was sealed; it is not there any more.\n" in result.output


def test_none_is_there(app: Flask) -> None:
    assert verify(app).output == "No report has been sealed yet.\n"
    result = verify(app, "2026-01-31")
    assert result.exit_code == 1
    assert "There is no sealed report of 2026-01-31." in result.output
