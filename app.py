"""The WSGI entry, and what `flask --app app` loads."""

from tracker.wiring import create_app

app = create_app()
