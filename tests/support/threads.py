"""Several writers at once, each a thread with the application's context and connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from tracker.core.database import db

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds after which writers have locked each other out."""


def at_once(app: Flask, deeds: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Do all deeds at the same moment; what each returned or raised, in order."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T | Exception:
        with app.app_context():
            start.wait(PATIENCE)
            try:
                return deed()
            except Exception as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(run, deed) for deed in deeds]]
