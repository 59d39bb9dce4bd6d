"""Folders of facts: into the database, out of it, and held against each other byte by byte."""

from datetime import date
from pathlib import Path

from tests.naive.facts import Facts
from tests.naive.reading import write_folder
from tracker.core.actor import system
from tracker.exchange import commands


def load(facts: Facts, folder: Path, today: date) -> None:
    """Load facts in the place of whatever is there, by way of a folder."""
    write_folder(facts, folder)
    commands.load(system(today), folder, replace=True)


def dumped(folder: Path) -> dict[str, bytes]:
    """Dump all facts into a folder; every file's bytes by name."""
    commands.dump(folder)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
