"""Settings from the environment, checked once at start; a wrong one stops with one clear line."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import getaddresses
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
KEY_FILE = "secret_key"
SHORTEST_KEY = 16
"""How many characters a key has at least. One that is made has 64."""


class SettingError(Exception):
    """A setting that cannot work; its text is the line an operator reads."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. `mail_url` is smtp://[user:password@]host[:port], or none.

    Learners log what they finished within the last `claim_window_days`; a file they add has at most
    `evidence_megabytes`. What was on a day can be disputed for `dispute_window_days` after it. Each month is sealed by
    itself `seal_days_after` its end; 0 is never.
    """

    instance: Path
    database_url: str
    own_database: bool
    host: str
    port: int
    public_url: str
    time_zone: ZoneInfo
    secret_key: str
    mail_url: str | None
    mail_from: str
    claim_window_days: int = 15
    evidence_megabytes: int = 10
    dispute_window_days: int = 90
    seal_days_after: int = 3

    @property
    def is_public_https(self) -> bool:
        """Whether people reach the pages over https; cookies are then Secure."""
        return self.public_url.startswith("https://")

    @property
    def is_for_trying(self) -> bool:
        """Whether this may be the sample institution: no database of one's own, and reached from this machine only."""
        host = urlsplit(self.public_url).hostname or ""
        return not self.own_database and is_loopback(self.host) and is_loopback(host)


def settings() -> Settings:
    """The settings of the application that is asked."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def from_environment(instance: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all settings; what is set but empty is as if it were not set. Raises SettingError."""
    given = {name: value for name, value in environment.items() if value.strip()}
    host = _host(given.get("HOST", "127.0.0.1"))
    port = _port(given.get("PORT", "8000"))
    database = given.get("DATABASE_URL")
    return Settings(
        instance=instance,
        database_url=_database_url(database) if database else f"sqlite:///{instance / 'waymark.db'}",
        own_database=bool(database),
        host=host,
        port=port,
        public_url=_public_url(given.get("PUBLIC_URL", f"http://{_bracketed(host)}:{port}")),
        time_zone=_time_zone(given.get("TIME_ZONE", "UTC")),
        secret_key=_secret_key(given.get("SECRET_KEY"), instance),
        mail_url=_mail_url(given.get("MAIL_URL")),
        mail_from=_mail_from(given.get("MAIL_FROM", "waymark@localhost")),
        claim_window_days=_whole("CLAIM_WINDOW_DAYS", given.get("CLAIM_WINDOW_DAYS", "15"), least=0, most=36_500),
        evidence_megabytes=_whole("EVIDENCE_MEGABYTES", given.get("EVIDENCE_MEGABYTES", "10"), least=1, most=100),
        dispute_window_days=_whole("DISPUTE_WINDOW_DAYS", given.get("DISPUTE_WINDOW_DAYS", "90"), least=0, most=36_500),
        seal_days_after=_whole("SEAL_DAYS_AFTER", given.get("SEAL_DAYS_AFTER", "3"), least=0, most=28),
    )


def check_listening(settings: Settings) -> None:
    """Refuse to listen beyond this machine unless people come in over https. Raises SettingError."""
    if not is_loopback(settings.host) and not settings.is_public_https:
        raise SettingError(
            f"HOST {settings.host} listens beyond this machine, so PUBLIC_URL must be the https:// address "
            "of the proxy in front of it; sign-ins would otherwise cross the network in the clear."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _host(text: str) -> str:
    if any(character.isspace() or character in "/?#@[]" for character in text):
        raise SettingError(f"HOST must be an address such as 127.0.0.1, not {text!r}.")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise SettingError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _whole(name: str, text: str, *, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingError(f"{name} must be a whole number from {least:,} to {most:,}, not {text!r}.")
    return int(text)


def _database_url(text: str) -> str:
    """SQLAlchemy's form of the address: PostgreSQL always through psycopg 3, SQLite's file by its whole path."""
    for prefix in ("postgresql://", "postgres://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text.removeprefix(prefix)
    if text.startswith("postgresql+psycopg://"):
        return text
    if text.startswith("sqlite:///") and text != "sqlite:///":
        return f"sqlite:///{Path(text.removeprefix('sqlite:///')).absolute()}"
    raise SettingError("DATABASE_URL must begin with postgresql:// or sqlite:///.")


def _public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")  # fails where no host can be called so
        is_place = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        usable = is_place and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise SettingError(f"PUBLIC_URL must be an address such as https://waymark.example.edu, not {text!r}.")
    return text.rstrip("/")


def _mail_url(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "smtp" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingError("MAIL_URL must be an address such as smtp://user:password@mail.example.edu:587.")
    return text


def _mail_from(text: str) -> str:
    """One address, with or without a name before it."""
    found = getaddresses([text])
    if not text.isprintable() or len(found) != 1 or not ADDRESS.fullmatch(found[0][1]):
        raise SettingError(f"MAIL_FROM must be an address such as Waymark <waymark@example.edu>, not {text!r}.")
    return text


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(f"TIME_ZONE must be a zone such as America/Chicago, not {name!r}.") from error


def _secret_key(text: str | None, instance: Path) -> str:
    """The key that signs sessions: the one that is set, or one made at the first start and kept."""
    key = _kept_secret(instance) if text is None else text
    if len(key.strip()) >= SHORTEST_KEY:
        return key
    if text is None:
        raise SettingError(f"{instance / KEY_FILE} is empty or cut short. Remove it; the next start makes one.")
    raise SettingError(f"SECRET_KEY must have {SHORTEST_KEY} characters or more; openssl rand -hex 32 makes one.")


def _kept_secret(instance: Path) -> str:
    """What is kept, readable by its owner only. It is made whole beside its place and then linked there, so that a kill
    leaves no half of it, and of two processes both go by the first one's."""
    path = instance / KEY_FILE
    try:
        instance.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with NamedTemporaryFile("w", dir=instance, prefix=f"{KEY_FILE}.", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise SettingError(f"The folder {instance} cannot be written: {error.strerror}.") from error
