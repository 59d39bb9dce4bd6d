"""The modules as pages name them, and which of them a course code counts as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, select

from tracker.core.database import db
from tracker.core.errors import NotFound
from tracker.curriculum.models import Equivalent, Module
from tracker.curriculum.queries import Called, title_on, titles
from tracker.progress.rules import Evidence


@dataclass(frozen=True, slots=True)
class ModuleName:
    """A module as pages name it; the codes of what must come before it, and of what had better."""

    id: int
    code: str
    title: str
    minutes: int | None
    needs_verification: bool
    after: tuple[str, ...]
    ideally_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All modules in the order of the curriculum, those that each course code counts as, and what each was called when
    (by code; what was never renamed is not there)."""

    modules: tuple[ModuleName, ...]
    by_course: Mapping[str, tuple[ModuleName, ...]]
    called: Mapping[str, Sequence[Called]]

    def named(self, code: str) -> ModuleName | None:
        """The module of a code, if there is one."""
        return next((one for one in self.modules if one.code == code), None)

    def before(self, code: str) -> list[str]:
        """The titles of what has to be done before a module."""
        module = self.named(code)
        return [one.title for one in map(self.named, module.after) if one is not None] if module else []

    def modules_of(self, course: str) -> tuple[ModuleName, ...]:
        """What a course code counts as."""
        return self.by_course.get(course, ())

    def title_of(self, course: str, on: date | None = None) -> str:
        """What a course is called, today or `on` a day: by the modules it counts as; by its code where by none."""
        modules = self.modules_of(course)
        if on is None or not self.called:
            return ", ".join(module.title for module in modules) or course
        return ", ".join(title_on(self.called.get(one.code, ()), on, one.title) for one in modules) or course

    def codes_counting_as(self, course: str) -> frozenset[str]:
        """Every course code that counts as a module which this one counts as."""
        ids = {module.id for module in self.modules_of(course)}
        return frozenset(code for code, modules in self.by_course.items() if any(one.id in ids for one in modules))


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module with what the office wrote about it. Links are pairs of title and address."""

    id: int
    code: str
    title: str
    minutes: int | None
    needs_verification: bool
    summary: str | None
    objectives: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


def module_view(module_id: int) -> ModuleView:
    """One module. Raises NotFound."""
    if (row := db.session.get(Module, module_id)) is None:
        raise NotFound(f"module {module_id}")
    return view_of(row)


def view_of(row: Module) -> ModuleView:
    """A module's row as pages see it."""
    words = row.descriptive
    return ModuleView(
        row.id,
        row.code,
        row.title,
        row.minutes,
        row.evidence == Evidence.VERIFICATION,
        words.get("summary"),
        tuple(words.get("objectives", ())),
        tuple((link["title"], link["url"]) for link in words.get("links", ())),
    )


def catalogue() -> Catalogue:
    """All modules with their equivalents and titles: two statements."""
    modules: dict[int, ModuleName] = {}
    by_course: dict[str, list[ModuleName]] = {}
    for row in db.session.execute(_modules()):
        if row.id not in modules:
            modules[row.id] = ModuleName(
                row.id,
                row.code,
                row.title,
                row.minutes,
                row.evidence == Evidence.VERIFICATION,
                tuple(row.after or ()),
                tuple(row.ideally_after or ()),
            )
            by_course.setdefault(row.code, []).append(modules[row.id])
        if row.equivalent is not None:
            by_course.setdefault(row.equivalent, []).append(modules[row.id])
    called = {code: found for (_, code), found in titles("module").items()}
    return Catalogue(tuple(modules.values()), {code: tuple(found) for code, found in by_course.items()}, called)


@cache
def _modules() -> Select[*tuple[Any, ...]]:
    """Every module, once for each of its equivalents. Put together once: that takes longer than running it."""
    return (
        select(
            Module.id,
            Module.code,
            Module.title,
            Module.minutes,
            Module.evidence,
            Module.descriptive["after"].label("after"),
            Module.descriptive["ideally_after"].label("ideally_after"),
            Equivalent.code.label("equivalent"),
        )
        .outerjoin(Equivalent, Equivalent.module_id == Module.id)
        .order_by(Module.id, Equivalent.id)
    )
