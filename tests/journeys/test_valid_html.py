"""Every page of the walk is valid HTML, by a validator that is not ours; and so is the page of components."""

from pathlib import Path

import pytest

from scripts import styleguide
from tests.journeys import walk
from tests.journeys.conftest import Arrive
from tests.support import node
from tests.support.browser import Installation

pytestmark = pytest.mark.slow


def test_every_page_is_valid(arrive: Arrive, sample: Installation, tmp_path: Path) -> None:
    names, pages = walk.names(sample), {}
    for role in walk.WHO:
        visitor = arrive()
        if (name := walk.WHO[role]) is not None:
            visitor.enter(name)
        for address in walk.addresses(role):
            answer = visitor.context.request.get(walk.path_of(address, names))
            assert answer.status == int(walk.OUTCOMES[address, role]), address
            pages[f"{len(pages):04}.html"] = f"{role} {address}"
            (tmp_path / f"{len(pages) - 1:04}.html").write_bytes(answer.body())
    problems = [f"{pages[line[:9]]}{line[9:]}" for line in node.invalid(tmp_path)]
    assert not problems, "\n".join(problems)


def test_the_page_of_components_is_valid(arrive: Arrive, tmp_path: Path) -> None:
    with styleguide.serving() as address:
        (tmp_path / "styles.html").write_bytes(arrive().context.request.get(address).body())
    assert node.invalid(tmp_path) == []


def test_a_fault_is_found(tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=en><title>x</title><p><div>x</div></p></html>")
    assert any("wrong.html: " in line for line in node.invalid(tmp_path))
