"""The forms on rosters: what is handed in, and the yes to its preview."""

import zlib
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from wtforms.validators import ValidationError

from tracker.core.errors import Invalid
from tracker.core.words import plural
from tracker.directory.rules import FILES
from tracker.web.forms import BaseForm, FileInput, TickBox

LARGEST_UNPACKED = 200_000_000
"""Bytes that a zip file may unpack to."""
FIELDS = {"people": "people.csv", "appointments": "appointments.csv", "functions": "functions.csv"}
FIELDS |= {"leaves": "leaves.csv", "units": "units.csv"}


class RosterForm(BaseForm):
    """The files, one by one or as a zip."""

    people = FileInput("people.csv", noun="the file", accept=".csv", hint="person_id, name, email")
    appointments = FileInput(
        "appointments.csv",
        noun="the file",
        accept=".csv",
        hint="person_id, unit, category, role, fte, primary, start, end",
    )
    functions = FileInput("functions.csv (optional)", noun="the file", accept=".csv")
    leaves = FileInput("leaves.csv (optional)", noun="the file", accept=".csv")
    units = FileInput("units.csv (optional)", noun="the file", accept=".csv")
    archive = FileInput("Or all of them in a zip file", noun="the zip file", accept=".zip")
    is_complete = TickBox(
        "This roster is complete: end the posts of everybody who is not in it",
        hint="Without the tick, whoever is missing from the files stays as she or he is. Nobody is ever deleted.",
    )

    @property
    def files(self) -> dict[str, bytes]:
        """The files of the roster by their names. Raises Invalid for what is no zip file."""
        found = {}
        for field, name in FIELDS.items():
            if upload := self[field].data:
                found[name] = upload.read()
        if self.archive.data:
            found.update(_unpacked(self.archive.data.read()))
        return found


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a roster in a zip file, in whichever folder; all else in it is left alone."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if one.filename.rpartition("/")[2] in FILES]
            if sum(one.file_size for one in members) > LARGEST_UNPACKED:
                raise Invalid("archive", "The files in this zip file are too large.")
            if any(one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in members):
                raise BadZipFile("packed in a way that hardly anybody uses")
            return {one.filename.rpartition("/")[2]: archive.read(one) for one in members}
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise Invalid("archive", "This is no zip file that can be opened.") from error


class ConfirmForm(BaseForm):
    """The yes to a preview; where many would end, with a yes to that."""

    allow_many = TickBox("Yes, end all of these")

    def __init__(self, *, ending: int, needs_more: bool, **given: Any) -> None:
        super().__init__(**given)
        self.needs_more = needs_more
        self.allow_many.label.text = f"Yes, end the posts of {plural(ending, 'person', 'people')}"

    def validate_allow_many(self, field: TickBox) -> None:
        """Ticked, where it is asked."""
        if self.needs_more and not field.value:
            raise ValidationError("Confirm that so many are to end")
