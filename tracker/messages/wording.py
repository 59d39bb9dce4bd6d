"""How messages read on pages. Pure words: nothing is worked out here."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tracker.core.words import day, plural, sentence_list
from tracker.messages.plan import Plan, Why
from tracker.messages.queries import MessageView
from tracker.messages.rules import Progress, Standing

WHY = {
    Why.NO_ADDRESS: "No e-mail address that can be written to",
    Why.NO_POST: "No appointment here today",
    Why.ON_LEAVE: "On leave today",
    Why.NOTHING_LEFT: "Nothing of this left to do",
}
IN_COUNTS = {
    Standing.SENT: "sent",
    Standing.WAITING: "waiting",
    Standing.SENDING: "on the way",
    Standing.UNSURE: "may have been sent",
    Standing.LEFT: "may have been sent (left at that)",
    Standing.REFUSED: "not sent",
    Standing.STOPPED: "stopped",
}


def when(at: datetime, now: datetime) -> str:
    """A moment near now: at 14:32, tomorrow's and later ones with their day."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{day(at)}, {at:%H:%M}"


def in_minutes(at: datetime, now: datetime) -> str:
    """How long it is until a moment, in whole minutes begun: in 8 minutes."""
    return f"in {plural(max(1, -(-int((at - now).total_seconds()) // 60)), 'minute', 'minutes')}"


def standing(progress: Progress, now: datetime, *, sends_mail: bool) -> tuple[str, str | None]:
    """Where a message stands with somebody, and what belongs to it in small print."""
    at = progress.at
    match progress.standing:
        case Standing.WAITING:
            return _waiting(progress, now, sends_mail=sends_mail)
        case Standing.SENDING:
            return "On its way", None
        case Standing.UNSURE:
            return "May have been sent", _on(at, progress.error)
        case Standing.LEFT:
            return "May have been sent, left at that", _on(at, None)
        case Standing.SENT:
            return (f"Sent {day(at)} {at:%H:%M}" if at else "Sent"), None
        case Standing.REFUSED:
            return "Not sent", progress.error
    return "Stopped", None


def _waiting(progress: Progress, now: datetime, *, sends_mail: bool) -> tuple[str, str | None]:
    at = progress.at
    if not sends_mail:
        return "Waits for a mail server", progress.error
    if at is None or at <= now:
        return "Goes out now", progress.error
    if progress.attempts:
        return f"Will be tried again at {when(at, now)}", progress.error
    if at.date() != now.date():
        return f"Held until {when(at, now)}", "One letter a day is the most anybody gets."
    return f"Waiting until {when(at, now)}", None


def _on(at: datetime | None, error: str | None) -> str | None:
    """When a letter was on its way, and what happened then."""
    words = [f"On its way on {day(at)} at {at:%H:%M}." if at else "", f"{error}." if error else ""]
    return " ".join(filter(None, words)) or None


def counts(found: Mapping[Standing, int]) -> str:
    """How many letters of a message stand where: 208 sent, 2 not sent."""
    return sentence_list([f"{found[standing]:,} {words}" for standing, words in IN_COUNTS.items() if standing in found])


def stop_line(view: MessageView, now: datetime, *, sends_mail: bool) -> str:
    """When what waits of a message leaves, and how long it can still be stopped."""
    waiting, at = view.counts[Standing.WAITING], view.next_at
    what = "It waits" if view.total == 1 else f"{plural(waiting, 'letter waits', 'letters wait')}"
    if not sends_mail:
        return f"{what} for a mail server. Nothing goes out until then."
    if at is None or at <= now:
        return f"{what} to be sent."
    first = "" if waiting == 1 else "the first "
    leaves = f"{first}leaves at {when(at, now)}"
    return f"{what}: {leaves}, {in_minutes(at, now)}." if (at - now).total_seconds() < 3600 else f"{what}: {leaves}."


def plan_lines(found: Plan, *, sends_mail: bool) -> list[str]:
    """What a preview says of when it leaves, beside the number of people."""
    if not sends_mail:
        return ["Nothing goes out until a mail server is set. Until then you can stop it."]
    own = len(found.recipients) - found.joined - found.held
    lines = []
    if own:
        lines.append("It leaves ten minutes after you send it. Until then you can stop it.")
    if found.joined:
        lines.append(
            f"{plural(found.joined, 'person has', 'people have')} another letter waiting: both messages go in one."
        )
    if found.held:
        had, get = ("person has", "gets") if found.held == 1 else ("people have", "get")
        lines.append(
            f"{plural(found.held, had, had)} had a letter today, and {get} one a day at most: "
            "for them it is held until tomorrow morning."
        )
    return lines


def left_out(found: Plan) -> list[tuple[str, Sequence[str]]]:
    """Why people are left out, each with their names."""
    groups = [(words, [name for reason, name in found.left_out if reason is why]) for why, words in WHY.items()]
    return [(words, names) for words, names in groups if names]
