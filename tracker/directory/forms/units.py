"""The forms on units."""

import re
from collections.abc import Sequence
from typing import Any

from wtforms.validators import ValidationError

from tracker.directory.commands.units import NewUnit
from tracker.web.forms import Checkboxes, DateInput, Hidden, Select, TextInput
from tracker.web.previewed import PreviewedForm

AT_THE_TOP = "-"
NOT_IN_A_CODE = re.compile(r"[\s/\\]")
UnitChoices = Sequence[tuple[str, str]]


class NewUnitForm(PreviewedForm):
    """A unit that is to be made."""

    name = TextInput("Name", required="the name")
    code = TextInput("Code", required="the code", max_length=100, hint="What lists and files know it by. It stays.")
    kind = TextInput("Kind", required="the kind", max_length=100, hint="Such as department or division.")
    parent = Select("Below", required="where it lies", blank=None)
    on = DateInput("From which day?", required="the day")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.choices = [(AT_THE_TOP, "Nothing: it stands at the top"), *parents]

    def validate_code(self, field: TextInput) -> None:
        """A code stays, and stands in addresses and files: no blanks and no slashes. Files may bring others."""
        if NOT_IN_A_CODE.search(field.value):
            raise ValidationError("The code must not have blanks or slashes in it")

    @property
    def made(self) -> NewUnit:
        """What is to be made."""
        parent = None if self.parent.value == AT_THE_TOP else self.parent.value
        return NewUnit(self.code.value, self.name.value, self.kind.value, parent)


class RenameForm(PreviewedForm):
    """Another name or kind."""

    name = TextInput("Name", required="the name")
    kind = TextInput("Kind", required="the kind", max_length=100, hint="Such as department or division.")
    on = DateInput("From which day?", required="the day", hint="Days before it keep the old name.")


class MoveForm(PreviewedForm):
    """Another place in the tree."""

    parent = Select("Below", required="where it is to lie", blank=None)
    on = DateInput("From which day?", required="the day", hint="Days before it keep the tree as it was.")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.choices = [(AT_THE_TOP, "Nothing: it stands at the top"), *parents]

    @property
    def parent_code(self) -> str | None:
        """The unit it is to lie below; none for the top."""
        return None if self.parent.value == AT_THE_TOP else self.parent.value


class MergeForm(PreviewedForm):
    """The unit that goes on."""

    into = Select("Goes on in", required="the unit that goes on")
    on = DateInput("From which day?", required="the day", hint="It closes the day before.")

    def __init__(self, *, others: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.into.choices = others


class SplitForm(NewUnitForm):
    """The new unit, and who moves there."""

    people = Checkboxes("Who moves there?", required="at least one person", coerce=int)

    def __init__(self, *, people: Sequence[tuple[int, str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.people.choices = people


class CorrectForm(RenameForm):
    """What the latest change should have said."""

    parent = Select("Below", required="where it lies", blank=None)
    on = DateInput("From which day?", hint="Leave it empty for a unit that has been there since ever.")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.choices = [(AT_THE_TOP, "Nothing: it stands at the top"), *parents]

    @property
    def parent_code(self) -> str | None:
        """The unit it lies below; none for the top."""
        return None if self.parent.value == AT_THE_TOP else self.parent.value


class TakeBackForm(PreviewedForm):
    """The change that is to be taken back, as the page showed it."""

    change = Hidden(coerce=int)


class CloseForm(PreviewedForm):
    """The first day without the unit."""

    on = DateInput("From which day is it gone?", required="the day", hint="Earlier days stay as they are.")
