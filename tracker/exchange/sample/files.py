"""Rows as plain CSV files."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


def write_rows(path: Path, kind: type[Row], rows: Iterable[Row]) -> None:
    """Write rows of one dataclass: its fields are the columns (`from_` is the column `from`)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name.rstrip("_") for field in fields(kind))
        writer.writerows([_text(value) for value in astuple(row)] for row in rows)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
