"""Evidence as files: handed out to whoever may look at it, in a way that can do no harm."""

from flask.typing import ResponseReturnValue

from tracker.core.actor import Right
from tracker.core.errors import NotFound
from tracker.progress import uploads
from tracker.progress.queries import evidence as queries
from tracker.progress.routes.blueprint import bp
from tracker.web.access import actor, needs_any
from tracker.web.downloads import somebodys_file


@bp.route("/evidence/<int:evidence_id>")
@needs_any(Right.RECORDS_READ_OWN, Right.RECORDS_READ_ALL)
def evidence_file(evidence_id: int) -> ResponseReturnValue:
    """The file of one piece of evidence: a picture is shown, all else downloaded under a name that tells what it is."""
    found = queries.evidence(actor(), evidence_id)
    if found.stored_as is None or not (path := uploads.path_of(found.stored_as)).is_file():
        raise NotFound(f"file of evidence {evidence_id}")
    return somebodys_file(path, found.media_type, found.download_name, is_shown=found.is_shown_by_browsers)
