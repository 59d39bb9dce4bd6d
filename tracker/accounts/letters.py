"""The letters to somebody about what she did or asked for herself: a template each, whose first line is the subject."""

from flask import current_app, render_template

from tracker.core import outbox
from tracker.core.config import Settings
from tracker.core.database import Transaction


def link_url(token: str) -> str:
    """The address of a one-time link, as people reach it."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{settings.public_url}/sign-in/{token}"


def write(tx: Transaction, address: str, template: str, *, name: str, link: str, **words: str) -> None:
    """Put a letter with a link into the outbox: it leaves at once."""
    settings: Settings = current_app.config["SETTINGS"]
    text = render_template(f"mail/{template}.txt", name=name, link=link, site=settings.public_url, **words)
    subject, _, body = text.partition("\n")
    outbox.write(tx, address, subject.strip(), body.strip() + "\n")
