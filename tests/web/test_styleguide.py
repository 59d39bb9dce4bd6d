"""The page of components: every one of them is on it, and the page is as sound as any other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from tests.support.pages import Pages
from tracker.web import styleguide
from tracker.wiring import ROOT

TEMPLATES = ROOT / "templates"
COMPONENTS = TEMPLATES / "components"
DRAWN_BY_FIELDS = "components/fields.html"
ROOTS = ("styleguide.html", "layouts/page.html", "layouts/base.html")
Macro = tuple[str, str]
"""The file of a macro, and its name."""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def pages(app: Flask) -> Pages:
    """A browser on an application that serves the page."""
    app.register_blueprint(styleguide.bp)
    return Pages(app)


def test_it_shows_each_component(pages: Pages) -> None:
    page = pages.open("/styleguide")
    assert page.h1 == "Styles"
    assert page.errors == []


def test_it_shows_what_is_wrong_with_a_form(pages: Pages) -> None:
    page = pages.submit(pages.open("/styleguide"), "Claim a completion", status=422)
    assert len(page.errors) >= 8


def test_it_asks_once_about_what_may_be_a_mistake(pages: Pages) -> None:
    page = pages.submit(pages.open("/styleguide"), "Claim a completion", status=422, group="Green")
    assert "Nobody is in “Green” yet. Is it right?" in page.errors
    meant = pages.submit(page, "Claim a completion", status=422, **{"group-meant": "Green"})
    assert "Nobody is in “Green” yet. Is it right?" not in meant.errors
    assert meant.one("#group-meant").has_attr("checked")


def test_every_component_is_on_it(app: Flask) -> None:
    seen, waiting = set(), [*(macro for name in ROOTS for macro in called_in(app, name)), *fields_drawn()]
    while waiting:
        macro = waiting.pop()
        if macro not in seen:
            seen.add(macro)
            waiting += called_in(app, *macro)
    there = {(f"components/{path.name}", name) for path in COMPONENTS.iterdir() for name in macros_of(app, path)}
    assert not there - seen, f"the page of components does not show {sorted(there - seen)}"


def called_in(app: Flask, template: str, macro: str | None = None) -> Iterator[Macro]:
    """What a template calls of the components, or a macro of it."""
    tree = parsed(app, TEMPLATES / template)
    known = {name: (template, name) for name in macros_of(app, TEMPLATES / template)}
    for one in tree.find_all(nodes.FromImport):
        assert isinstance(one.template, nodes.Const)
        known |= {name: (one.template.value, name) for name in one.names if isinstance(name, str)}
    scope = tree if macro is None else next(one for one in tree.find_all(nodes.Macro) if one.name == macro)
    called = {one.node.name for one in scope.find_all(nodes.Call) if isinstance(one.node, nodes.Name)}
    return (known[name] for name in called & known.keys())


def macros_of(app: Flask, path: Path) -> list[str]:
    return [one.name for one in parsed(app, path).find_all(nodes.Macro)]


def parsed(app: Flask, path: Path) -> nodes.Template:
    return app.jinja_env.parse(path.read_text(encoding="utf-8"))


def fields_drawn() -> Iterator[Macro]:
    """What the fields of the sample forms call from Python."""
    for form in (styleguide.SampleForm, styleguide.SampleFilter):
        for name in dir(form):
            field_class = getattr(getattr(form, name), "field_class", None)
            if hasattr(field_class, "widget"):
                yield DRAWN_BY_FIELDS, field_class.widget.macro
