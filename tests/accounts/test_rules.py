"""What each role may do, and what a password must be."""

import pytest

from tracker.accounts.rules import label_of, normal_email, password_problem, rights_of
from tracker.core.actor import Right, Role

OWN = {Right.RECORDS_READ_OWN, Right.COMPLETIONS_LOG_OWN, Right.REQUESTS_ASK}
REQUESTS = {Right.REQUESTS_READ, Right.REQUESTS_ANSWER}
MESSAGES = {Right.MESSAGES_READ, Right.PEOPLE_WRITE_TO}
UNITS = (
    REQUESTS | MESSAGES | {Right.UNITS_READ, Right.CLAIMS_DECIDE, Right.COMPLETIONS_LOG_UNIT, Right.SUBSTITUTES_NAME}
)
OF_ALL = {Right.RECORDS_READ_ALL, Right.COMPLETIONS_LOG_ANY, Right.ACCOUNTS_INVITE}
LOOKING = {Right.REPORTS_READ, Right.TRAIL_READ, Right.JOBS_READ, Right.DIRECTORY_READ}
DEEDS = {
    *(Right.TARGETS_SET, Right.CHAMPIONS_APPOINT, Right.CURRICULUM_WRITE, Right.REPORTS_MAKE),
    *(Right.TERMS_SET, Right.DIRECTORY_EDIT, Right.WAIVERS_GRANT),
}
OFFICE = UNITS | OF_ALL | LOOKING | DEEDS
AUDITOR = LOOKING | {Right.UNITS_READ, Right.RECORDS_READ_ALL, Right.REQUESTS_READ, Right.MESSAGES_READ}
ADMINISTRATOR = {Right.SYSTEM_RUN, Right.JOBS_READ}


@pytest.mark.parametrize(
    ("role", "has_person", "is_in_term", "rights"),
    [
        (Role.LEARNER, True, False, OWN),
        (Role.LEARNER, True, True, OWN | UNITS),
        (Role.LEARNER, False, False, set()),
        (Role.CHAMPION, True, True, OWN | UNITS),
        (Role.CHAMPION, True, False, OWN),
        (Role.OFFICE, False, False, OFFICE),
        (Role.OFFICE, True, False, OFFICE | OWN),
        (Role.OFFICE, True, True, OFFICE | OWN),
        (Role.AUDITOR, False, False, AUDITOR),
        (Role.AUDITOR, True, True, AUDITOR | OWN),
        (Role.ADMINISTRATOR, False, False, ADMINISTRATOR),
        (Role.ADMINISTRATOR, True, True, ADMINISTRATOR),
    ],
)
def test_rights(role: Role, has_person: bool, is_in_term: bool, rights: set[Right]) -> None:
    assert rights_of(role, has_person=has_person, is_in_term=is_in_term) == rights


def test_an_auditor_changes_nothing_of_others() -> None:
    changing = {Right.CLAIMS_DECIDE, Right.COMPLETIONS_LOG_UNIT, Right.COMPLETIONS_LOG_ANY, Right.ACCOUNTS_INVITE}
    changing |= DEEDS | {Right.PEOPLE_WRITE_TO}
    assert not rights_of(Role.AUDITOR, has_person=True, is_in_term=True) & changing


@pytest.mark.parametrize(
    ("role", "is_in_term", "label"),
    [
        (Role.LEARNER, False, "{full learner}"),
        (Role.LEARNER, True, "{full champion}"),
        (Role.CHAMPION, True, "{full champion}"),
        (Role.CHAMPION, False, "{full learner}"),
        (Role.OFFICE, True, "{full office}"),
        (Role.AUDITOR, False, "Auditor"),
        (Role.ADMINISTRATOR, False, "Administrator"),
    ],
)
def test_labels(role: Role, is_in_term: bool, label: str) -> None:
    assert label_of(role, is_in_term=is_in_term) == label


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "The password must be 12 characters or more; a few words in a row are easy to remember"),
        ("eleven char", "The password must be 12 characters or more; a few words in a row are easy to remember"),
        ("twelve chars", ""),
        ("x" * 201, "The password must be 200 characters or fewer"),
        ("abc" * 10, "The password must not be a few characters repeated"),
        ("ada@example.edu", "The password must not contain your e-mail address"),
        ("my Ada@Example.edu!", "The password must not contain your e-mail address"),
        ("Grüße an alle Tanten", ""),
        ("пароль для входа", ""),
    ],
)
def test_what_a_password_must_be(password: str, problem: str) -> None:
    assert password_problem(password, "ada@example.edu") == problem


def test_addresses_are_kept_in_one_form() -> None:
    assert normal_email("  Ada.Byron@Example.EDU ") == "ada.byron@example.edu"
