"""Speaks to the mail server: hands one mail over, and says plainly what became of it."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import unquote, urlsplit

SECONDS = 20.0
TEXT_MAY_FOLLOW = 354
REFUSED_FOR_GOOD = 500
LONGEST_QUOTE = 200


class Became(StrEnum):
    """What became of a mail: taken, to be tried later, refused for good, or nobody knows."""

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a mail and why; `said` is what the server itself said, which may hold an address."""

    became: Became
    reason: str = ""
    said: str = ""

    @property
    def words(self) -> str:
        """The reason as its sender reads it."""
        return f"{self.reason}: {self.said}" if self.said else self.reason


class _Server(smtplib.SMTP):
    """Notes whether the text began to go over: from then on silence may mean that the mail was taken."""

    has_begun = False

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()
        self.has_begun = self.has_begun or code == TEXT_MAY_FOLLOW
        return code, text


def hand_over(url: str, message: EmailMessage, sender: str, address: str) -> Answer:
    """Give a mail to the server at smtp://[user:password@]host[:port], for one address. Never raises for mail trouble.

    Only what the server has said is believed: a line that breaks after the text began leaves it open.
    """
    server: _Server | None = None
    try:
        server = _connected(url)
        server.send_message(message, sender, [address])
    except smtplib.SMTPRecipientsRefused as error:
        return _turned_down("The mail server refused the address", *next(iter(error.recipients.values())))
    except smtplib.SMTPDataError as error:
        return _turned_down("The mail server refused the letter", error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        if server is not None and server.has_begun:
            return Answer(Became.UNSURE, "The connection broke before the mail server had answered")
        return Answer(Became.LATER, _trouble(error))
    finally:
        _leave(server)
    return Answer(Became.TAKEN)


def _connected(url: str) -> _Server:
    parts = urlsplit(url)
    server = _Server(parts.hostname or "", parts.port or 25, timeout=SECONDS)
    if parts.username:
        server.starttls(context=ssl.create_default_context())
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _leave(server: _Server | None) -> None:
    """Say good-bye. What goes wrong here changes nothing: the mail's own answer has come."""
    if server is not None:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _turned_down(reason: str, code: int, said: bytes | str) -> Answer:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    became = Became.REFUSED if code >= REFUSED_FOR_GOOD else Became.LATER
    return Answer(became, reason, f"{code} {words}"[:LONGEST_QUOTE].strip())


def _trouble(error: Exception) -> str:
    """What kept the server from being used at all, in words for whoever runs it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server did not accept the user and password of MAIL_URL"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "The mail server refused the sender of MAIL_FROM"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server cannot do what this letter or MAIL_URL asks of it"
    if isinstance(error, smtplib.SMTPException):
        return "The mail server broke off before it took the letter"
    return "The mail server could not be reached"
