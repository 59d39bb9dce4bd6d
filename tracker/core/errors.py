"""The errors that commands and queries raise; the web and the command line each turn them into words at one place."""


class WaymarkError(Exception):
    """Base of everything a person may be told about."""


class NotFound(WaymarkError):
    """There is no such thing, or the actor may not know that there is."""


class Forbidden(WaymarkError):
    """The actor may see the thing but not do this to it."""


class Conflict(WaymarkError):
    """Somebody else was first, or two facts exclude each other."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(WaymarkError):
    """A value that cannot be recorded; `field` names where it was given."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Busy(WaymarkError):
    """Others are writing for long, and a page does not wait for that: nothing was recorded."""
