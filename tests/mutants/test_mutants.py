"""Each mutant of the rules answers something otherwise than the naive reading; the rules themselves do not."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tracker.progress import rules

from . import check
from .mutants import MUTANTS

SOURCE = Path(rules.__file__).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def corpus() -> list[list[check.Question]]:
    """The institutions and what is asked about them."""
    return check.corpus()


@contextmanager
def compiled(source: str) -> Iterator[ModuleType]:
    """A module of rules made from a source."""
    module = ModuleType("tests.mutants.mutant")
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, "mutant", "exec"), module.__dict__)
        yield module
    finally:
        del sys.modules[module.__name__]


def test_the_rules_agree_with_the_naive_reading(corpus: Sequence[Sequence[check.Question]]) -> None:
    with compiled(SOURCE) as module:
        assert check.first_difference(module, corpus) is None


def test_every_mutant_is_named_once() -> None:
    names = [name for name, _, _ in MUTANTS]
    assert len(set(names)) == len(names) >= 30


@pytest.mark.parametrize(("old", "new"), [mutant[1:] for mutant in MUTANTS], ids=[mutant[0] for mutant in MUTANTS])
def test_a_mutant_is_noticed(corpus: Sequence[Sequence[check.Question]], old: str, new: str) -> None:
    assert SOURCE.count(old) == 1, f"{old!r} stands {SOURCE.count(old)} times in rules.py"
    with compiled(SOURCE.replace(old, new)) as module:
        assert check.first_difference(module, corpus) is not None
