"""Who acts: the first argument of every command and of every query that shows a person's records."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Right(StrEnum):
    """Every right there is, as thing:deed; docs/permissions.md says which role has which."""

    ACCOUNTS_INVITE = "accounts:invite"
    CHAMPIONS_APPOINT = "champions:appoint"
    CLAIMS_DECIDE = "claims:decide"
    COMPLETIONS_LOG_OWN = "completions:log-own"
    COMPLETIONS_LOG_UNIT = "completions:log-unit"
    COMPLETIONS_LOG_ANY = "completions:log-any"
    CURRICULUM_WRITE = "curriculum:write"
    DIRECTORY_EDIT = "directory:edit"
    DIRECTORY_READ = "directory:read"
    JOBS_READ = "jobs:read"
    MESSAGES_READ = "messages:read"
    PEOPLE_WRITE_TO = "people:write-to"
    RECORDS_READ_OWN = "records:read-own"
    RECORDS_READ_ALL = "records:read-all"
    REPORTS_MAKE = "reports:make"
    REPORTS_READ = "reports:read"
    REQUESTS_ANSWER = "requests:answer"
    REQUESTS_ASK = "requests:ask"
    REQUESTS_READ = "requests:read"
    SUBSTITUTES_NAME = "substitutes:name"
    SYSTEM_RUN = "system:run"
    TARGETS_SET = "targets:set"
    TERMS_SET = "terms:set"
    TRAIL_READ = "trail:read"
    UNITS_READ = "units:read"
    WAIVERS_GRANT = "waivers:grant"


class Role(StrEnum):
    """What an account is for; a champion's units come from the champion facts, not from here."""

    LEARNER = "learner"
    CHAMPION = "champion"
    OFFICE = "office"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, taken once per request or command.

    `person_id` is the person behind the account, if any; `unit_ids` are the units championed today.
    """

    account_id: int | None
    person_id: int | None
    rights: frozenset[Right]
    unit_ids: frozenset[int]
    today: date

    def has(self, right: Right) -> bool:
        """Whether this actor may do such deeds at all; on what, policies say."""
        return right in self.rights


def system(today: date) -> Actor:
    """The command line and the jobs: may do everything, is nobody."""
    return Actor(None, None, frozenset(Right), frozenset(), today)
