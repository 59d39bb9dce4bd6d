"""What a role may do, how long links live, what a password must be. Pure."""

import unicodedata
from datetime import timedelta

from tracker.core.actor import Right, Role
from tracker.core.texts import is_email

INVITATION_LIVES = timedelta(days=7)
FORGOTTEN_LIVES = timedelta(hours=1)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

OWN = frozenset({Right.RECORDS_READ_OWN, Right.COMPLETIONS_LOG_OWN, Right.REQUESTS_ASK})
IN_UNITS = frozenset(
    {
        *(Right.UNITS_READ, Right.CLAIMS_DECIDE, Right.COMPLETIONS_LOG_UNIT),
        *(Right.REQUESTS_READ, Right.REQUESTS_ANSWER),
        *(Right.SUBSTITUTES_NAME, Right.MESSAGES_READ, Right.PEOPLE_WRITE_TO),
    }
)
ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.LEARNER: frozenset(),
    Role.CHAMPION: frozenset(),
    Role.OFFICE: IN_UNITS
    | {
        *(Right.RECORDS_READ_ALL, Right.COMPLETIONS_LOG_ANY, Right.ACCOUNTS_INVITE),
        *(Right.REPORTS_MAKE, Right.REPORTS_READ),
        *(Right.TARGETS_SET, Right.CHAMPIONS_APPOINT, Right.CURRICULUM_WRITE),
        *(Right.TRAIL_READ, Right.JOBS_READ, Right.TERMS_SET),
        *(Right.DIRECTORY_READ, Right.DIRECTORY_EDIT, Right.WAIVERS_GRANT),
    },
    Role.AUDITOR: frozenset(
        {
            *(Right.UNITS_READ, Right.RECORDS_READ_ALL, Right.MESSAGES_READ, Right.REQUESTS_READ),
            Right.REPORTS_READ,
            *(Right.TRAIL_READ, Right.JOBS_READ, Right.DIRECTORY_READ),
        }
    ),
    Role.ADMINISTRATOR: frozenset({Right.SYSTEM_RUN, Right.JOBS_READ}),
}
"""What a role gives by itself. What belongs to a person, and to a champion's term, comes on top."""
NO_ADDRESS = "no e-mail address"
NOT_AN_ADDRESS = "the e-mail address cannot be written to"
SHARED = "the e-mail address is somebody else's too"
MAY_CHAMPION = frozenset({Role.LEARNER, Role.CHAMPION, Role.OFFICE})

LABELS = {
    Role.LEARNER: "{full learner}",
    Role.CHAMPION: "{full learner}",
    Role.OFFICE: "{full office}",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}
CHAMPION_LABEL = "{full champion}"
LABELS_OF_ROLES = LABELS | {Role.CHAMPION: CHAMPION_LABEL}
"""What accounts of a role are called where nobody's term is looked at; `say` puts in the institution's words."""


def rights_of(role: Role, *, has_person: bool, is_in_term: bool) -> frozenset[Right]:
    """The rights of an account: its role's, with a person her own record's, in a champion's term those in her units.

    An administrator runs the system and never sees training records, not even through a person.
    """
    rights = ROLE_RIGHTS[role]
    if has_person and role is not Role.ADMINISTRATOR:
        rights |= OWN
    if is_in_term and role in MAY_CHAMPION:
        rights |= IN_UNITS
    return rights


def label_of(role: Role, *, is_in_term: bool) -> str:
    """What an account is, in words; a champion is one for as long as her term runs."""
    if is_in_term and role in (Role.LEARNER, Role.CHAMPION):
        return CHAMPION_LABEL
    return LABELS[role]


def may_let_in(rights: frozenset[Right], role: Role) -> bool:
    """Whether who has these rights may make ways into accounts of a role: never into one that may do more than she.

    What belongs to a person or to a champion's term does not count: the office lets learners in.
    """
    return ROLE_RIGHTS[role] <= rights


def address_problem(email: str, *, is_shared: bool) -> str:
    """Why nobody can sign in with an address; empty when somebody can."""
    if not email:
        return NO_ADDRESS
    if not is_email(email):
        return NOT_AN_ADDRESS
    return SHARED if is_shared else ""


def normal_email(typed: str) -> str:
    """An e-mail address as accounts keep it: without blanks around it, in lower case."""
    return typed.strip().lower()


def normal_password(typed: str) -> str:
    """A password as it is hashed: however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", typed)


def password_problem(password: str, email: str) -> str:
    """Why a password cannot be taken; empty when it can."""
    if len(password) < SHORTEST_PASSWORD:
        return f"The password must be {SHORTEST_PASSWORD} characters or more; a few words in a row are easy to remember"
    if len(password) > LONGEST_PASSWORD:
        return f"The password must be {LONGEST_PASSWORD} characters or fewer"
    if email and email.casefold() in password.casefold():
        return "The password must not contain your e-mail address"
    if len(set(password)) < 4:
        return "The password must not be a few characters repeated"
    return ""
