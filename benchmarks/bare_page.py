"""The application with one page more, against which the others are measured: fifty rows by ORM and template.

granian --interface wsgi benchmarks.bare_page:app
"""

from pathlib import Path

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tracker.core.database import db
from tracker.people.models import Person
from tracker.web import access
from tracker.web.access import needs_account
from tracker.web.pages import page
from tracker.wiring import create_app

ROWS = 50

bp = Blueprint("bare", __name__, template_folder=str(Path(__file__).resolve().parent / "templates"))


@bp.get("/bare")
@needs_account
def bare() -> ResponseReturnValue:
    """The next fifty persons, as they stand in the database."""
    first = request.args.get("from", 1, type=int)
    query = select(Person).where(Person.id >= first).order_by(Person.id).limit(ROWS)
    return page("bench/bare.html", people=db.session.scalars(query).all())


app = create_app(is_served=True)
app.register_blueprint(bp)
access.check_routes(app)
