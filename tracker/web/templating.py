"""What every template can use: the words of core for days, counts and shares as filters, and the token of a form."""

from flask import Flask
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from tracker.core import words

FILTERS = (
    *(words.day, words.day_short, words.iso, words.moment, words.ago),
    *(words.count, words.percent, words.plural, words.sentence_list, words.shown),
)


def register(app: Flask) -> None:
    """Give the application's templates their filters, and make a misspelt name in a template an error."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["csrf_token"] = generate_csrf
    for one in FILTERS:
        app.jinja_env.filters[one.__name__] = one
