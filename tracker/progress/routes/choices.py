"""The modules that forms offer: one's own first, then all others."""

from wtforms.fields import SelectChoice

from tracker.progress.queries.catalogue import Catalogue
from tracker.progress.queries.standing import Group, Standing

GROUPS = {
    Group.TO_DO: "To do",
    Group.EXPECTED: "Expected of me",
    Group.PAUSED: "Paused while I am on leave",
    Group.OPTIONAL: "Open to me",
    Group.WAITING: "Waits for a decision",
    Group.DONE: "Done before",
    Group.WAIVED: "Waived",
}


def own_choices(standing: Standing, names: Catalogue) -> list[SelectChoice]:
    """The modules to log, what is asked of oneself first, then all others."""
    asked = {task.module_id for task in standing.tasks}
    choices = [
        SelectChoice(task.code, task.title, optgroup=label)
        for group, label in GROUPS.items()
        for task in standing.within(group)
    ]
    others = [
        SelectChoice(one.code, one.title, optgroup="Other modules") for one in names.modules if one.id not in asked
    ]
    return choices + others


def all_choices(names: Catalogue, *, also: str = "") -> list[SelectChoice]:
    """All modules, and a course that a record names already."""
    choices = [SelectChoice(module.code, module.title) for module in names.modules]
    if also and also not in {choice.value for choice in choices}:
        choices.insert(0, SelectChoice(also, f"{names.title_of(also)}, through {also}"))
    return choices


def wants_evidence(course: str | None, names: Catalogue) -> bool:
    """Whether a module that was chosen already is one that somebody verifies."""
    return any(module.needs_verification for module in names.modules_of(course or ""))
