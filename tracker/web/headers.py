"""The headers of every answer, and addresses of static files that change with their content."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
A_YEAR = 365 * 24 * 3600
AN_HOUR = 3600


def init_app(app: Flask, *, is_public_https: bool) -> None:
    """Set the headers of every answer, and give static addresses the mark of their content."""
    fixed = dict(ALWAYS)
    if is_public_https:
        fixed["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    marks: dict[str, str] = {}

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = _caching(response)
        return response

    @app.url_defaults
    def mark_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            name = values["filename"]
            if name not in marks:
                marks[name] = _mark(Path(str(app.static_folder)) / name)
            values.setdefault("v", marks[name])


def _caching(response: Response) -> str:
    """Pages are never kept; a static file is, for good when its address names its content."""
    if request.endpoint != "static" or response.status_code >= 400:
        return "no-store"
    return f"public, max-age={A_YEAR}, immutable" if "v" in request.args else f"public, max-age={AN_HOUR}"


def _mark(path: Path) -> str:
    """A short mark of a file's content; a file that is not there fails when it is asked for, not here."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"
