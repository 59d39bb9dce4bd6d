"""Evidence as files: handed out to whoever may look at it, in a way that can do no harm."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.progress import uploads
from tracker.progress.queries import evidence as queries
from tracker.progress.routes.blueprint import bp
from tracker.web.access import actor, needs_any

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Whatever a file holds, it runs nothing and asks for nothing; the styles are the browser's own around a picture."""


@bp.route("/evidence/<int:evidence_id>")
@needs_any(Right.RECORDS_READ_OWN, Right.RECORDS_READ_ALL)
def evidence_file(evidence_id: int) -> ResponseReturnValue:
    """The file of one piece of evidence: a picture is shown, all else downloaded under a name that tells what it is."""
    found = queries.evidence(actor(), evidence_id)
    if found.stored_as is None or not (path := uploads.path_of(found.stored_as)).is_file():
        raise NotFound(f"file of evidence {evidence_id}")
    answer: Response = send_file(
        path,
        mimetype=found.media_type,
        as_attachment=not found.is_shown_by_browsers,
        download_name=found.download_name,
        conditional=False,
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer
