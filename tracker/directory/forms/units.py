"""The forms on units."""

from collections.abc import Sequence
from typing import Any

from wtforms.validators import ValidationError

from tracker.core.texts import NOT_IN_A_CODE
from tracker.directory.commands.units import NewUnit
from tracker.web.addresses import row_id
from tracker.web.forms import ChangeForm, Checkboxes, DateInput, Hidden, Select, TextInput
from tracker.web.previewed import PreviewedForm

AT_THE_TOP = "-"
UnitChoices = Sequence[tuple[str, str]]


class Place(Select):
    """What a unit lies below: the code of another, or nothing. Its choices are handed in by the form."""

    def __init__(self, *, required: str, **kwargs: Any) -> None:
        super().__init__("Below", required=required, blank=None, **kwargs)

    def offer(self, units: UnitChoices) -> None:
        """The top, and these units."""
        self.choices = [(AT_THE_TOP, "Nothing: it stands at the top"), *units]

    @property
    def code(self) -> str | None:
        """The unit that was chosen; none for the top."""
        return None if self.value == AT_THE_TOP else self.value


class NewUnitForm(PreviewedForm):
    """A unit that is to be made."""

    name = TextInput("Name", required="the name")
    code = TextInput("Code", required="the code", max_length=100, hint="What lists and files know it by. It stays.")
    kind = TextInput("Kind", required="the kind", max_length=100, hint="Such as department or division.")
    parent = Place(required="where it lies")
    on = DateInput("From which day?", required="the day")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.offer(parents)

    def validate_code(self, field: TextInput) -> None:
        """A code stays, and stands in addresses and files: no blanks and no slashes. Files may bring others."""
        if NOT_IN_A_CODE.search(field.value):
            raise ValidationError("The code must not have blanks or slashes in it")

    @property
    def made(self) -> NewUnit:
        """What is to be made."""
        return NewUnit(self.code.value, self.name.value, self.kind.value, self.parent.code)


class RenameForm(PreviewedForm, ChangeForm):
    """Another name or kind."""

    name = TextInput("Name", required="the name")
    kind = TextInput("Kind", required="the kind", max_length=100, hint="Such as department or division.")
    on = DateInput("From which day?", required="the day", hint="Days before it keep the old name.")


class MoveForm(PreviewedForm):
    """Another place in the tree."""

    parent = Place(required="where it is to lie")
    on = DateInput("From which day?", required="the day", hint="Days before it keep the tree as it was.")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.offer(parents)


class MergeForm(PreviewedForm):
    """The unit that goes on."""

    into = Select("Goes on in", required="the unit that goes on")
    on = DateInput("From which day?", required="the day", hint="It closes the day before.")

    def __init__(self, *, others: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.into.choices = others


class SplitForm(NewUnitForm):
    """The new unit, and who moves there."""

    people = Checkboxes("Who moves there?", required="at least one person", coerce=row_id)

    def __init__(self, *, people: Sequence[tuple[int, str, str]], **given: Any) -> None:
        super().__init__(**given)
        self.people.choices = people


class CorrectForm(RenameForm):
    """What the latest change should have said."""

    parent = Place(required="where it lies")
    on = DateInput("From which day?", hint="Leave it empty for a unit that has been there since ever.")

    def __init__(self, *, parents: UnitChoices, **given: Any) -> None:
        super().__init__(**given)
        self.parent.offer(parents)


class TakeBackForm(PreviewedForm):
    """The change that is to be taken back, as the page showed it."""

    change = Hidden(coerce=row_id)


class CloseForm(PreviewedForm, ChangeForm):
    """The first day without the unit."""

    on = DateInput("From which day is it gone?", required="the day", hint="Earlier days stay as they are.")
