"""A form whose deed is looked at before it is done: the same values are sent twice, first for the preview."""

from hashlib import sha256

from flask import request

from tracker.web.forms import BaseForm, Hidden

APPLY = "apply"


class PreviewedForm(BaseForm):
    """The deed is done only for the very values that were previewed."""

    seen = Hidden()

    @property
    def is_confirmed(self) -> bool:
        """Whether this was sent from its preview, unchanged."""
        return request.form.get("deed") == APPLY and self.seen.value == self.fingerprint

    @property
    def fingerprint(self) -> str:
        """The values, in short."""
        apart = {"seen", "csrf_token"}
        values = repr(sorted((name, repr(field.data)) for name, field in self._fields.items() if name not in apart))
        return sha256(values.encode()).hexdigest()[:16]

    def remember_preview(self) -> None:
        """Have the form carry what its preview was of."""
        self.seen.data = self.fingerprint
