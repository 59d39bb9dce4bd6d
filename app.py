"""The WSGI entry, and what `flask --app app` loads."""

from tracker.core.config import SettingError
from tracker.wiring import create_app

try:
    app = create_app()
except SettingError as error:
    raise SystemExit(f"Error: {error}") from None
