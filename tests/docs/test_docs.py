"""The documents name only what there is, and leave out nothing that an operator needs."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.conftest import settings_for
from tracker.core import config
from tracker.core.actor import Right
from tracker.core.database import Base
from tracker.wiring import create_app

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
FENCED = re.compile(r"```.*?```", re.DOTALL)


def documents() -> list[Path]:
    """Every document of the project."""
    folders = (ROOT / name for name in ("docs", "data", "benchmarks"))
    return sorted([*ROOT.glob("*.md"), *(path for folder in folders for path in folder.rglob("*.md"))])


def anchors(document: Path) -> set[str]:
    """What a link into a document may name: its headings in lower case, blanks as hyphens, without signs."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    for match in LINK.finditer(document.read_text(encoding="utf-8")):
        target = match[1] or match[2]
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        found = (document.parent / name).resolve() if name else document
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def rows_of(document: str, heading: str) -> list[str]:
    """The code at the beginning of each row of the first table below a heading."""
    text = (ROOT / document).read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


@pytest.fixture
def bare_app(tmp_path: Path) -> Flask:
    """The application without a database."""
    return create_app(settings_for(f"sqlite:///{tmp_path / 'waymark.db'}", tmp_path))


def own_commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Each command of ours, as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            if name != "db":
                yield from own_commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def test_the_readme_has_every_command(bare_app: Flask) -> None:
    typed = {words for row in rows_of("README.md", "Commands") for words in commands_in(row)}
    assert typed == set(own_commands(bare_app.cli)) | {"db upgrade"}


def commands_in(row: str) -> Iterator[str]:
    """The commands of a row; its last word may have others in its place: "report status|rates"."""
    first, *others = row.split("--")[0].split("\\|")
    *before, last = re.findall(r"(?<![-\w])[a-z]+(?![-\w])", first)
    for word in (last, *others):
        yield " ".join((*before, word.strip()))


def test_the_readme_has_every_setting() -> None:
    code = Path(config.__file__).read_text(encoding="utf-8")
    assert set(rows_of("README.md", "Settings")) == set(re.findall(r"given\.get\(\"(\w+)\"", code))


def test_the_permissions_have_every_right() -> None:
    assert set(rows_of("docs/permissions.md", "Roles and rights")) == {right.value for right in Right}


def test_the_architecture_has_every_table(bare_app: Flask) -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## The tables", 1)[1].split("\n## ", 1)[0]
    assert set(Base.metadata.tables) <= set(re.findall(r"`(\w+)`", text))


def test_the_jobs_have_their_rows(bare_app: Flask) -> None:
    assert set(rows_of("docs/architecture.md", "Jobs and letters")) == set(bare_app.extensions["jobs"])
