"""Every command leaves an event, and every event has a sentence: read from the source, so that none is forgotten."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tracker.requests.rules import State
from tracker.trail.sentences import SENTENCES
from tracker.trail.work import TITLES
from tracker.wiring import ROOT

VERB = re.compile(r"[a-z]+(?:_[a-z]+)*\.[a-z]+(?:-[a-z]+)*")
NO_VERB = re.compile(r".*\.(?:csv|toml|typ|html|txt|pdf|id)")
RECORDING = frozenset({"record", "add", "change", "remove"})
OF_PERSONS = ("appointment", "function", "leave")
PUT_TOGETHER = {
    'f"request.{row.state}"': {f"request.{state}" for state in State if state is not State.WAITING},
    'f"{kind}.removed"': {"module.removed", "requirement.removed", "gate.removed"},
    'f"roster.{state.value}"': {"roster.applied", "roster.discarded"},
    **{f'f"{{table}}.{deed}"': {f"{row}.{deed}" for row in OF_PERSONS} for deed in ("added", "changed", "removed")},
}
"""Verbs that code puts together, and what they can be."""


LEAVES_NOTHING = {
    "tracker.dashboards.commands.keep_list": "a list to be looked at: what is done with it is told",
    "tracker.directory.commands.rehearsal.moves_of": "all of it is taken back before it is over",
    "tracker.programme.commands.overrides.what_opens": "the same",
    "tracker.reporting.commands.seals.note_step": "how far a job is with what was ordered",
}
"""What takes an actor and opens a transaction, and is no deed of anybody's: why."""


@dataclass(frozen=True)
class Module:
    """A module of ours: its functions, and what names in it stand for elsewhere, as (module, name)."""

    name: str
    tree: ast.Module = field(repr=False)

    @property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @property
    def constants(self) -> dict[str, str]:
        return {
            target.id: str(node.value.value)
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @property
    def imported(self) -> dict[str, tuple[str, str]]:
        return {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tracker")
            for alias in node.names
        }


@cache
def module(name: str) -> Module | None:
    """A module of ours by its name, if there is one."""
    path = ROOT / Path(*name.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return Module(name, ast.parse(file.read_text(encoding="utf-8")))
    return None


def command_modules() -> list[Module]:
    """Where commands stand: in `commands` of each feature, and the few elsewhere."""
    files = [*ROOT.glob("tracker/*/commands.py"), *ROOT.glob("tracker/*/commands/**/*.py")]
    files += [ROOT / "tracker/accounts/invitations.py", ROOT / "tracker/core/jobs.py"]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in sorted(files)]
    return [found for name in names if (found := module(name)) is not None]


def commands() -> Iterator[tuple[Module, ast.FunctionDef]]:
    """Every public function that takes an actor first and writes."""
    for one in command_modules():
        for function in one.functions.values():
            first = [argument.arg for argument in function.args.args[:1]]
            if not function.name.startswith("_") and first == ["actor"] and calls(one, function, is_transaction):
                yield one, function


def is_transaction(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "transaction"


def is_recording(call: ast.Call) -> bool:
    of_audit = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return of_audit and call.func.value.id == "audit" and call.func.attr in RECORDING  # type: ignore[attr-defined]


def calls(home: Module, function: ast.FunctionDef, wanted: object, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function calls something that is wanted, itself or by way of functions of ours."""
    name = f"{home.name}.{function.name}"
    if name in seen:
        return False
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if wanted(call):  # type: ignore[operator]
            return True
        for there, called in resolved(home, call):
            if calls(there, called, wanted, seen | {name}):
                return True
    return False


def resolved(home: Module, call: ast.Call) -> Iterator[tuple[Module, ast.FunctionDef]]:
    """The functions of ours that a call may mean: of the same module, imported by name, or of an imported module; and
    those handed on as arguments."""
    for node in (call.func, *call.args):
        if isinstance(node, ast.Name) and node.id in home.functions:
            yield home, home.functions[node.id]
        elif isinstance(node, ast.Name) and node.id in home.imported:
            yield from named(*home.imported[node.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in home.imported:
            where, what = home.imported[node.value.id]
            yield from named(f"{where}.{what}", node.attr)


def named(where: str, what: str) -> Iterator[tuple[Module, ast.FunctionDef]]:
    there = module(where)
    if there is not None and what in there.functions:
        yield there, there.functions[what]
    elif there is not None and what in there.imported:
        yield from named(*there.imported[what])


COMMANDS = {f"{one.name}.{function.name}": (one, function) for one, function in commands()}


def test_there_are_commands() -> None:
    assert {"tracker.progress.commands.completions.verify", "tracker.core.jobs.run_again"} <= set(COMMANDS)
    assert len(COMMANDS) > 50
    assert set(LEAVES_NOTHING) <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(LEAVES_NOTHING)))
def test_a_command_leaves_an_event(name: str) -> None:
    home, function = COMMANDS[name]
    assert calls(home, function, is_recording), f"{name} writes, and the trail says nothing of it"


def verbs() -> Iterator[tuple[str, str]]:
    """Each verb of an event, with the module that writes it. Where the verb is handed on, all that look like verbs in
    the module are meant."""
    for one in map(module, source_names()):
        assert one is not None
        recording = [node for node in ast.walk(one.tree) if isinstance(node, ast.Call) and is_recording(node)]
        for call in recording:
            verb = call.args[1]
            if isinstance(verb, ast.Constant):
                yield str(verb.value), one.name
            elif isinstance(verb, ast.IfExp):
                yield from ((str(side.value), one.name) for side in (verb.body, verb.orelse))  # type: ignore[attr-defined]
            elif isinstance(verb, ast.JoinedStr):
                yield from ((text, one.name) for text in PUT_TOGETHER[ast.unparse(verb).replace("'", '"')])
            elif isinstance(verb, ast.Name) and (text := constant(one, verb.id)) is not None:
                yield text, one.name
            else:
                yield from ((text, one.name) for text in like_verbs(one.tree))


def constant(home: Module, name: str) -> str | None:
    """What a name stands for that is a text of this module, or of the one it is imported from."""
    where, what = home.imported.get(name, (home.name, name))
    there = module(where)
    return there.constants.get(what) if there is not None else None


def source_names() -> list[str]:
    files = (file for file in ROOT.glob("tracker/**/*.py") if file.name != "__init__.py")
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in sorted(files)]


def like_verbs(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if VERB.fullmatch(text) and not NO_VERB.fullmatch(text):
                yield text


VERBS = dict(verbs())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_has_a_sentence(verb: str) -> None:
    assert verb in SENTENCES, f"{VERBS[verb]} writes {verb}: say in tracker/trail/sentences.py what that is"


def test_every_job_is_told(app: object) -> None:
    known = set(app.extensions["jobs"])  # type: ignore[attr-defined]
    assert known <= set(TITLES), "say in tracker/trail/work.py what each job does"
