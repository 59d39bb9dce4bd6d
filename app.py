"""The WSGI entry, and what `flask --app app` loads."""

import os

import click
from flask.cli import ScriptInfo

from tracker.core.config import SettingError
from tracker.wiring import create_app

NOT_FOR_OTHERS = 0o077

command = click.get_current_context(silent=True)
is_command = command is not None and command.find_object(ScriptInfo) is not None
if is_command:  # what a WSGI server lets others read of its own, such as a socket, is its own affair
    os.umask(NOT_FOR_OTHERS)
try:
    app = create_app(is_served=not is_command)
except SettingError as error:
    raise SystemExit(f"Error: {error}") from None
