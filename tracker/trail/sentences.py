"""What the trail says of each deed: one sentence for each verb of the audit. Pure.

A sentence begins with who did it, so it is written from the verb on. Its places are filled with what things are called
now, and units as they were called on the day of the deed: {person}, {whose} ("Ada Asked's"), {unit}, {module},
{requirement}, {what} (what is waived), {title}, {people} and others of `wording.py`; {champion} and the like are the
institution's words. Every command has a verb here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.units.models import UnitRow


class Topic(StrEnum):
    """What deeds are about, to narrow the trail by."""

    COMPLETIONS = "completions"
    WAIVERS = "waivers"
    REQUESTS = "requests"
    CHAMPIONS = "champions"
    MESSAGES = "messages"
    PEOPLE = "people"
    UNITS = "units"
    CURRICULUM = "curriculum"
    TARGETS = "targets"
    ACCOUNTS = "accounts"
    SYSTEM = "system"


TOPIC_LABELS = {
    Topic.COMPLETIONS: "Completions and claims",
    Topic.WAIVERS: "Waivers and opened gates",
    Topic.REQUESTS: "Requests",
    Topic.CHAMPIONS: "{Champions}",
    Topic.MESSAGES: "Messages",
    Topic.PEOPLE: "Persons and appointments",
    Topic.UNITS: "Units",
    Topic.CURRICULUM: "Modules, requirements and gates",
    Topic.TARGETS: "Targets and reports",
    Topic.ACCOUNTS: "Accounts and signing in",
    Topic.SYSTEM: "Words, files and background work",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What is said of a verb; `of_own` where the doer is the person it is about."""

    topic: Topic
    text: str
    of_own: str | None = None


SET = "unit.set"
"""The verb of all new rows of units, which tells what it was only beside the row before: see `UnitDeed`."""

SENTENCES: Mapping[str, Deed] = {
    # Completions
    "completion.logged": Deed(Topic.COMPLETIONS, "logged {module} for {person}", "logged {module}"),
    "completion.rostered": Deed(Topic.COMPLETIONS, "logged {module} for {person}, with others", "logged {module}"),
    "completion.verified": Deed(Topic.COMPLETIONS, "verified {whose} {module}"),
    "completion.rejected": Deed(Topic.COMPLETIONS, "did not verify {whose} {module}"),
    "completion.corrected": Deed(Topic.COMPLETIONS, "corrected {whose} {module}", "corrected {module}"),
    "completion.withdrawn": Deed(Topic.COMPLETIONS, "withdrew {whose} {module}", "withdrew {module}"),
    "completion.undone": Deed(Topic.COMPLETIONS, "took back what was recorded of {whose} {module}"),
    "evidence.added": Deed(Topic.COMPLETIONS, "added evidence to {whose} {module}", "added evidence to {module}"),
    "evidence.removed": Deed(
        Topic.COMPLETIONS, "removed the evidence of {whose} {module}", "removed the evidence of {module}"
    ),
    "reflection.written": Deed(
        Topic.COMPLETIONS, "wrote a private reflection", "wrote a private reflection on {module}"
    ),
    "reflection.changed": Deed(
        Topic.COMPLETIONS, "changed a private reflection", "changed a private reflection on {module}"
    ),
    "reflection.deleted": Deed(
        Topic.COMPLETIONS, "deleted a private reflection", "deleted a private reflection on {module}"
    ),
    "bulk_deed.done": Deed(Topic.COMPLETIONS, "{bulk} {module} for {people} of {unit}"),
    "bulk_deed.undone": Deed(Topic.COMPLETIONS, "undid what had been done for {people} of {unit}"),
    # Waivers and gates
    "waiver.granted": Deed(Topic.WAIVERS, "waived {what} for {person}"),
    "waiver.changed": Deed(Topic.WAIVERS, "changed the days of a waiver of {what} for {person}"),
    "waiver.taken_back": Deed(Topic.WAIVERS, "took back a waiver of {what} for {person}"),
    "gate.opened_by_hand": Deed(Topic.WAIVERS, "opened {gate} for {unit}"),
    # Requests
    "request.made": Deed(Topic.REQUESTS, "asked something about {person}", "asked for {asked}"),
    "request.answered": Deed(Topic.REQUESTS, "answered a request about {person}"),
    "request.granted": Deed(Topic.REQUESTS, "granted a request about {person}"),
    "request.declined": Deed(Topic.REQUESTS, "declined a request about {person}"),
    "request.withdrawn": Deed(Topic.REQUESTS, "withdrew a request about {person}", "withdrew a request"),
    "request.file-added": Deed(Topic.REQUESTS, "added a file to a request of {person}", "added a file to a request"),
    "request.file-removed": Deed(
        Topic.REQUESTS, "removed the file of a request of {person}", "removed the file of a request"
    ),
    # Champions
    "champion.appointed": Deed(Topic.CHAMPIONS, "appointed {person} as {kind} {champion} of {unit}"),
    "champion.changed": Deed(Topic.CHAMPIONS, "changed {whose} term as {champion} of {unit}"),
    "champion.ended": Deed(Topic.CHAMPIONS, "let {whose} term as {champion} of {unit} end"),
    "champion.withdrawn": Deed(Topic.CHAMPIONS, "took back {whose} coming term as {champion} of {unit}"),
    "substitute.named": Deed(Topic.CHAMPIONS, "named {person} to stand in as {champion} of {unit}"),
    "substitute.changed": Deed(Topic.CHAMPIONS, "changed the days on which {person} stands in for {unit}"),
    "substitute.ended": Deed(Topic.CHAMPIONS, "let {person} no longer stand in for {unit}"),
    "approval.recorded": Deed(Topic.CHAMPIONS, "recorded the approval of {whose} term in {unit}"),
    "approval.changed": Deed(Topic.CHAMPIONS, "changed the approval of {whose} term in {unit}"),
    "approval.removed": Deed(Topic.CHAMPIONS, "removed the approval of {whose} term in {unit}"),
    "training.recorded": Deed(Topic.CHAMPIONS, "recorded {whose} training as {champion}"),
    "training.removed": Deed(Topic.CHAMPIONS, "removed {whose} training as {champion}"),
    "certificate.recorded": Deed(Topic.CHAMPIONS, "recorded that {person} may teach {module}"),
    "certificate.removed": Deed(Topic.CHAMPIONS, "removed that {person} may teach {module}"),
    # Messages
    "message.sent": Deed(Topic.MESSAGES, "wrote to {people}"),
    "message.dropped": Deed(Topic.MESSAGES, "left somebody out of a message who had moved on since"),
    "message.stopped": Deed(Topic.MESSAGES, "stopped {letters} of a message"),
    "letter.sent-again": Deed(Topic.MESSAGES, "had a letter to {person} sent again"),
    "letter.left": Deed(Topic.MESSAGES, "left a letter to {person} as it is"),
    # Persons
    "person.added": Deed(Topic.PEOPLE, "added {person}"),
    "person.changed": Deed(Topic.PEOPLE, "changed the name or address of {person}"),
    "person.removed": Deed(Topic.PEOPLE, "removed the record of somebody who had been added by mistake"),
    "appointment.added": Deed(Topic.PEOPLE, "added an appointment of {person} in {unit}"),
    "appointment.changed": Deed(Topic.PEOPLE, "changed an appointment of {person} in {unit}"),
    "appointment.removed": Deed(Topic.PEOPLE, "removed an appointment of {person} in {unit}"),
    "function.added": Deed(Topic.PEOPLE, "recorded a function of {person}"),
    "function.changed": Deed(Topic.PEOPLE, "changed a function of {person}"),
    "function.removed": Deed(Topic.PEOPLE, "removed a function of {person}"),
    "leave.added": Deed(Topic.PEOPLE, "recorded a leave of {person}"),
    "leave.changed": Deed(Topic.PEOPLE, "changed a leave of {person}"),
    "leave.removed": Deed(Topic.PEOPLE, "removed a leave of {person}"),
    "deed.undone": Deed(Topic.PEOPLE, "took back what had just been recorded of {person}"),
    "roster.handed_in": Deed(Topic.PEOPLE, "handed in a roster"),
    "roster.read": Deed(Topic.PEOPLE, "read a roster for its preview"),
    "roster.confirmed": Deed(Topic.PEOPLE, "had a roster applied"),
    "roster.not_applied": Deed(Topic.PEOPLE, "could not apply a roster"),
    "roster.applied": Deed(Topic.PEOPLE, "applied a roster"),
    "roster.discarded": Deed(Topic.PEOPLE, "put a roster aside"),
    # Units
    "unit.created": Deed(Topic.UNITS, "created {unit}"),
    SET: Deed(Topic.UNITS, "said what {new_name} is called and where it belongs, {from_day}"),
    "unit.corrected": Deed(Topic.UNITS, "put right what was recorded of {unit}"),
    "unit.taken-back": Deed(Topic.UNITS, "took back the latest change of {unit}"),
    "unit.merged": Deed(Topic.UNITS, "merged {unit} into {into}"),
    "unit.split": Deed(Topic.UNITS, "split {unit} off {origin}"),
    # The curriculum
    "module.set": Deed(Topic.CURRICULUM, "wrote the module {title}"),
    "requirement.set": Deed(Topic.CURRICULUM, "wrote the requirement {title}"),
    "gate.set": Deed(Topic.CURRICULUM, "wrote the gate {title}"),
    "module.removed": Deed(Topic.CURRICULUM, "removed the module {title}"),
    "requirement.removed": Deed(Topic.CURRICULUM, "removed the requirement {title}"),
    "gate.removed": Deed(Topic.CURRICULUM, "removed the gate {title}"),
    "title.dated": Deed(Topic.CURRICULUM, "gave something another title from a day on: {title}"),
    "title.taken-back": Deed(Topic.CURRICULUM, "took back the coming title {title}"),
    "proposal.made": Deed(Topic.CURRICULUM, "had a change of the curriculum previewed"),
    "proposal.saved": Deed(Topic.CURRICULUM, "saved a change of the curriculum"),
    "proposal.discarded": Deed(Topic.CURRICULUM, "left a change of the curriculum at that"),
    "gate_override.changed": Deed(Topic.WAIVERS, "put right what was entered when a gate was opened by hand"),
    "gate_override.removed": Deed(Topic.WAIVERS, "took back that {gate} was opened for {unit}"),
    # Targets, and what one keeps for oneself
    "target.set": Deed(Topic.TARGETS, "set a target of {target_unit}"),
    "target.changed": Deed(Topic.TARGETS, "changed a target of {target_unit}"),
    "target.ended": Deed(Topic.TARGETS, "let a target of {target_unit} end"),
    "target.removed": Deed(Topic.TARGETS, "removed a target of {target_unit}"),
    "saved_filter.kept": Deed(Topic.TARGETS, "kept a filter of a list"),
    "saved_filter.renamed": Deed(Topic.TARGETS, "renamed a filter that was kept"),
    "saved_filter.removed": Deed(Topic.TARGETS, "removed a filter that was kept"),
    "figures.seen": Deed(Topic.TARGETS, "noted having seen the figures of the day"),
    # Reports
    "report.ordered": Deed(Topic.TARGETS, "had the figures of a month end sealed"),
    "report.sealed": Deed(Topic.TARGETS, "sealed the figures of a month end"),
    "mailing.made": Deed(Topic.TARGETS, "had figures sent regularly"),
    "mailing.stopped": Deed(Topic.TARGETS, "stopped figures that are sent regularly"),
    "mailing.resumed": Deed(Topic.TARGETS, "had figures sent regularly again"),
    "mailing.sent": Deed(Topic.TARGETS, "wrote the letters with figures that are sent regularly"),
    # Accounts
    "account.added": Deed(Topic.ACCOUNTS, "made an account for {account}"),
    "account.invited": Deed(Topic.ACCOUNTS, "invited {account}"),
    "account.link-made": Deed(Topic.ACCOUNTS, "made a sign-in link for {account}"),
    "account.signed-in": Deed(Topic.ACCOUNTS, "signed in"),
    "account.signed-in-by-link": Deed(Topic.ACCOUNTS, "signed in by a link"),
    "account.signed-out-everywhere": Deed(Topic.ACCOUNTS, "signed out on all devices"),
    "account.password-set": Deed(Topic.ACCOUNTS, "chose a password"),
    "account.link-sent": Deed(Topic.ACCOUNTS, "asked for a sign-in link"),
    "account.removed": Deed(Topic.ACCOUNTS, "removed the account of somebody who had been added by mistake"),
    # Words, files, jobs
    "display_term.set": Deed(Topic.SYSTEM, "gave the word for {term} from {day} on"),
    "display_term.changed": Deed(Topic.SYSTEM, "changed what something is called"),
    "display_term.removed": Deed(Topic.SYSTEM, "took back a word for {term}"),
    "facts.loaded": Deed(Topic.SYSTEM, "loaded facts from files"),
    "facts.replaced": Deed(Topic.SYSTEM, "put the facts of files in the place of all that were there"),
    "job.queued-again": Deed(Topic.SYSTEM, "had background work run again"),
}


class UnitDeed(StrEnum):
    """What a new row of a unit does, beside the row before it."""

    PLACED = "placed {new_name} {below} {from_day}"
    RENAMED = "renamed {old_name} to {new_name} {from_day}"
    MOVED = "moved {new_name} {below} {from_day}"
    RENAMED_AND_MOVED = "renamed {old_name} to {new_name} and moved it {below} {from_day}"
    OF_ANOTHER_KIND = "gave {new_name} the kind “{kind}” {from_day}"
    CLOSED = "closed {new_name} {from_day_without}"


def unit_deed(said: UnitRow | None, before: UnitRow | None) -> UnitDeed | None:
    """What a new row of a unit did beside the one before it; None where it is gone, or says the same."""
    if said is None:
        return None
    if before is None:
        return UnitDeed.PLACED
    is_moved = before.parent_id != said.parent_id
    if before.name != said.name:
        return UnitDeed.RENAMED_AND_MOVED if is_moved else UnitDeed.RENAMED
    if is_moved:
        return UnitDeed.MOVED
    if before.kind != said.kind:
        return UnitDeed.OF_ANOTHER_KIND
    return None if said.ends_on is None else UnitDeed.CLOSED


OWN_DEEDS_OF_ACCOUNTS = frozenset(verb for verb in SENTENCES if verb.startswith("account.")) - {
    "account.added",
    "account.invited",
    "account.link-made",
    "account.removed",
}
"""Deeds on an account that only its holder does, before anybody is signed in."""


# What the trail is narrowed to


@dataclass(frozen=True, slots=True)
class Deeds:
    """Which verbs; and of new rows of units (`SET`) only those that did one of these, or (None) all."""

    verbs: frozenset[str]
    of_rows: frozenset[UnitDeed | None] | None = None


UNIT_DEEDS: Mapping[str, Deeds] = {
    "created": Deeds(frozenset({"unit.created"})),
    "placed": Deeds(frozenset({SET}), frozenset({UnitDeed.PLACED})),
    "renamed": Deeds(frozenset({SET}), frozenset({UnitDeed.RENAMED, UnitDeed.RENAMED_AND_MOVED})),
    "moved": Deeds(frozenset({SET}), frozenset({UnitDeed.MOVED, UnitDeed.RENAMED_AND_MOVED})),
    "given-another-kind": Deeds(frozenset({SET}), frozenset({UnitDeed.OF_ANOTHER_KIND})),
    "merged": Deeds(frozenset({"unit.merged"})),
    "split": Deeds(frozenset({"unit.split"})),
    "closed": Deeds(frozenset({SET}), frozenset({UnitDeed.CLOSED})),
    "put-right": Deeds(frozenset({"unit.corrected"})),
    "taken-back": Deeds(frozenset({"unit.taken-back"})),
}
"""What can be done with a unit, in the words of the sentences, as addresses have them."""


def deeds_about(what: str | None, words: str, terms: frozenset[str]) -> Deeds | None:
    """The deeds of a topic, or of one kind on units (a key of `UNIT_DEEDS`), whose sentence holds the words or speaks
    of a term that these mean; None for all."""
    if what is None and not words:
        return None
    one = UNIT_DEEDS.get(what) if what is not None else None
    verbs = one.verbs if one else frozenset(verb for verb, deed in SENTENCES.items() if what in (None, deed.topic))
    rows = one.of_rows if one else None
    if not words:
        return Deeds(verbs, rows)
    told = frozenset(verb for verb in verbs if verb != SET and _says(SENTENCES[verb], words, terms))
    if SET not in verbs:
        return Deeds(told)
    rows = frozenset(deed for deed in rows or (*UnitDeed, None) if _holds(deed or SENTENCES[SET].text, words, terms))
    return Deeds(told | {SET}, rows) if rows else Deeds(told)


def _says(deed: Deed, words: str, terms: frozenset[str]) -> bool:
    return _holds(deed.text, words, terms) or _holds(deed.of_own or "", words, terms)


def _holds(text: str, words: str, terms: frozenset[str]) -> bool:
    found = text.casefold()
    return words.casefold() in found or any(f"{{{term}" in found for term in terms)
