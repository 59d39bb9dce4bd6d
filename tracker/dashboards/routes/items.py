"""What is asked, a requirement or one of its modules, as titles, addresses and lists of choices name it."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import request
from wtforms.fields import SelectChoice

from tracker.core.errors import Invalid
from tracker.dashboards.queries.items import ItemView, RequirementView


def title(requirement: RequirementView | None, item: ItemView | None) -> str | None:
    """What a list is about; a module with the requirement that asks for it."""
    if requirement is None or item is None:
        return None
    return requirement.title if item is requirement.whole else f"{item.title} ({requirement.title})"


def with_code(known: Iterable[RequirementView], code: str | None) -> RequirementView:
    """The requirement that an address names. Raises Invalid."""
    for requirement in known:
        if requirement.code == code:
            return requirement
    raise Invalid("requirement", "There is no such requirement.")


def asked_of(requirement: RequirementView) -> ItemView:
    """The module of a requirement that the address names; the whole where it names none. Raises Invalid."""
    module = request.args.get("module")
    if not module:
        return requirement.whole
    for item in requirement.items:
        if item.code == module:
            return item
    raise Invalid("module", f"“{requirement.title}” has no such module.")


def choices(known: Iterable[RequirementView]) -> Iterator[SelectChoice]:
    """Everything that is asked, to choose from: a requirement of several modules with these below it."""
    for requirement in known:
        for item in (requirement.whole, *requirement.modules):
            yield SelectChoice(
                value=key(requirement, item),
                label=requirement.title if item is requirement.whole else item.title,
                optgroup=None if requirement.has_one_module else requirement.title,
            )


def key(requirement: RequirementView, item: ItemView) -> str:
    """What stands for an item in that list."""
    return f"{requirement.id}" if item is requirement.whole else f"{requirement.id}-{item.module_id}"


def chosen(known: Iterable[RequirementView]) -> dict[str, Any]:
    """What was chosen from that list, as plain addresses say it; nothing where it is not in it."""
    for requirement in known:
        for item in requirement.items:
            if request.args.get("item") == key(requirement, item):
                return in_address(requirement, item)
    return {}


def in_address(requirement: RequirementView, item: ItemView) -> dict[str, Any]:
    """How an address names an item."""
    named = {"requirement": requirement.code}
    return named if item is requirement.whole else {**named, "module": item.code}
