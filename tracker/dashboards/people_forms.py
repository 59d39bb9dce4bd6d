"""The forms on the lists of people: what narrows them, and under which name that is kept."""

from collections.abc import Sequence

from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from tracker.web.forms import (
    STALE_PAGE,
    ChangeForm,
    Checkboxes,
    DateInput,
    FilterForm,
    Hidden,
    SearchInput,
    Select,
    TextInput,
)

SORTS_OF_EVERYBODY = (("name", "Name"), ("unit", "Unit"))
SORTS = (("due", "Due day"), *SORTS_OF_EVERYBODY, ("status", "Status"))
OPEN, TICKED, ALL = "open", "ticked", "all"
"""Whom a deed is for: whoever is ticked or listed on its own page, was ticked in a list, or fits the list's filters."""
LONGEST_QUERY = 500


class PeopleFilter(FilterForm):
    """Which people of a unit are listed, for what, and in which order.

    `item` is a requirement or one of its modules in one choice; the page then goes on to the address that names both.
    """

    item = Select("Asked for", blank="All that is required")
    q = SearchInput("Name, identifier or e-mail", noun="the search")
    sort = Select("Sorted by", blank=None, choices=SORTS)
    division = Select("Unit below", blank="All of it")
    category = Select("Category", blank="All categories")
    role = Select("Role", blank="All roles")
    joined = DateInput("Joined since", noun="the day", hint="Their first day at home here is this day or later.")
    status = Checkboxes("Status")

    def __init__(
        self,
        items: Sequence[SelectChoice],
        statuses: Sequence[tuple[str, str]],
        divisions: Sequence[tuple[str, str]],
        kinds: tuple[Sequence[str], Sequence[str]],
        *,
        has_statuses: bool,
    ) -> None:
        super().__init__()
        self.item.choices = items
        self.status.choices = statuses
        self.category.choices, self.role.choices = kinds
        self.division.choices = divisions
        if not divisions:
            del self.division
        if not has_statuses:
            del self.status
            self.sort.choices = SORTS_OF_EVERYBODY

    @property
    def is_wrong_below(self) -> bool:
        """Whether something is wrong with a field that stands below the filter row, so that it has to be seen."""
        return any(field.error for field in (self.category, self.role, self.joined))


class FilterNameForm(ChangeForm):
    """A name for a filter that is kept."""

    name = TextInput("Name of this filter", required="a name", max_length=60)


class KeepFilterForm(FilterNameForm):
    """A name for the filter that a list stands narrowed by."""

    query = Hidden()

    def validate_query(self, field: Hidden) -> None:
        """An address of ours is short."""
        if len(field.value or "") > LONGEST_QUERY:
            raise ValidationError(STALE_PAGE)
