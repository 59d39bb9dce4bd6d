"""The command line says what went wrong in one line an operator can act on, not in a trace."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError


def say_plainly(command: click.Command) -> click.Command:
    """The command, and all below it, with errors of the database and of files as one line and exit code 1."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            say_plainly(inner)
    elif command.callback is not None and not hasattr(command.callback, "says_plainly"):
        command.callback = _plain(command.callback)
    return command


def _plain(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*given: Any, **named: Any) -> Any:
        try:
            return callback(*given, **named)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(_about_database(error)) from None
        except BrokenPipeError:
            raise  # whoever read along has gone, as `| head` does: click then ends without a word
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'A file'}: {error.strerror}.") from None

    vars(run)["says_plainly"] = True
    return run


def _about_database(error: OperationalError | ProgrammingError) -> str:
    told = str(error.orig).strip().splitlines()[0]
    if "no such table" in told or ("does not exist" in told and "relation" in told):
        return "The database has no tables yet: run flask --app app db upgrade first."
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {told}"
    return f"The database refused this: {told}"
