"""Every template compiles and is used, and imports nothing it does not use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from tests.conftest import settings_for
from tracker.wiring import ROOT, create_app

TEMPLATES = ROOT / "templates"
ERROR_PAGE = re.compile(r"error_page\((\d{3})|template=\"(\w+)\"|WITH_A_PAGE = frozenset\(\{(.*)\}\)")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("templates")
    app: Flask = create_app(settings_for(f"sqlite:///{folder / 'none.db'}", folder))
    return app.jinja_env


def names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", names())
def test_it_compiles_and_uses_what_it_imports(environment: Environment, name: str) -> None:
    environment.get_template(name)
    tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    read = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
    unused = [words for one in tree.find_all(nodes.FromImport) for words in imported_by(one) if words not in read]
    assert not unused, f"{name} imports {unused} and does not use it"


def imported_by(tag: nodes.FromImport) -> Iterator[str]:
    """What names an import brings into a template."""
    return (name if isinstance(name, str) else name[1] for name in tag.names)


def test_every_template_is_used(environment: Environment) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tracker").rglob("*.py")]
    used = {text for source in sources for text in texts_in(source)} | set(error_pages(sources))
    used |= {f"mail/{text}.txt" for text in used}
    for name in names():
        tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        used |= {found for found in meta.find_referenced_templates(tree) if found}
    unused = set(names()) - used
    assert not unused, f"nothing shows {sorted(unused)}"


def texts_in(source: str) -> Iterator[str]:
    """The texts that a module of Python holds."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def error_pages(sources: list[str]) -> Iterator[str]:
    """The templates of errors, which are chosen by their status."""
    for source in sources:
        for status, name, several in ERROR_PAGE.findall(source):
            yield from (f"errors/{one}.html" for one in [status, name, *several.split(", ")] if one)


def test_no_folder_is_left_empty() -> None:
    folders = [Path(path) for path in TEMPLATES.rglob("*") if path.is_dir()]
    assert all(any(folder.iterdir()) for folder in folders)
