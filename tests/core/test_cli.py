"""What the command line says when something is in its way."""

import os
import sys
from io import FileIO, TextIOWrapper
from pathlib import Path

import pytest
from flask import Flask
from flask.cli import ScriptInfo

from tracker.core.database import db


@pytest.mark.parametrize(
    "words",
    [("report", "status"), ("report", "gates"), ("check", "figures"), ("accounts", "invite"), ("data", "dump", "out")],
)
def test_whoever_stops_reading_ends_it_quietly(
    app: Flask,
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """As behind `| head`, which reads some lines and goes."""
    monkeypatch.chdir(tmp_path)
    db.session.close()
    reading, writing = os.pipe()
    os.close(reading)
    with TextIOWrapper(FileIO(writing, "w"), encoding="utf-8", write_through=True) as nobody_reads:
        monkeypatch.setattr(sys, "stdout", nobody_reads)
        with pytest.raises(SystemExit) as ended:
            app.cli.main([*words], obj=ScriptInfo(create_app=lambda: app))
        monkeypatch.undo()
    assert ended.value.code == 1
    assert capfd.readouterr().err == ""


def test_a_file_that_cannot_be_used_is_named(app: Flask, tmp_path: Path) -> None:
    db.session.close()
    result = app.test_cli_runner().invoke(args=["report", "status", "--output", f"{tmp_path}/no/status.csv"])
    assert (result.exit_code, result.output) == (1, f"Error: {tmp_path}/no/status.csv: No such file or directory.\n")
