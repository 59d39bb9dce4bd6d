"""The letters to somebody about what she did or asked for herself: a template each, whose first line is the subject."""

from flask import render_template

from tracker.core import config, outbox
from tracker.core.database import Transaction


def link_url(token: str) -> str:
    """The address of a one-time link, as people reach it."""
    return f"{config.settings().public_url}/sign-in/{token}"


def write(tx: Transaction, address: str, template: str, *, name: str, link: str, **words: str) -> None:
    """Put a letter with a link into the outbox: it leaves at once."""
    text = render_template(f"mail/{template}.txt", name=name, link=link, site=config.settings().public_url, **words)
    subject, _, body = text.partition("\n")
    outbox.write(tx, address, subject.strip(), body.strip() + "\n")
