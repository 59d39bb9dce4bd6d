"""Deeds of signing in: each one transaction with its event; the trail never holds an address, a password or a token."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select, update

from tracker.accounts import letters, passwords, throttle
from tracker.accounts.models import Account, SignInLink
from tracker.accounts.queries import token_hash
from tracker.accounts.rules import (
    FORGOTTEN_LIVES,
    INVITATION_LIVES,
    MAY_CHAMPION,
    may_let_in,
    normal_email,
    password_problem,
)
from tracker.champions import commands as champions
from tracker.champions.queries import units_championed
from tracker.core import audit, clock
from tracker.core.actor import Actor, Right, Role
from tracker.core.database import Transaction, db, transaction
from tracker.core.days import add_months
from tracker.core.errors import Conflict, Forbidden, Invalid, NotFound
from tracker.core.texts import is_email
from tracker.people.models import Person
from tracker.people.queries import person_view

WRONG = "The e-mail address and the password do not belong together. Please check both."
CHAMPION_MONTHS = 24
LINK_IS_GONE = "This link has been used or has run out."
MORE_THAN_ONES_OWN = "This account may do more than yours."


def add_account(
    actor: Actor, email: str, *, role: Role, person_id: int | None = None, sample_note: str | None = None
) -> tuple[int, str]:
    """Make an account; its id, and the secret of a one-time link into it. Raises Invalid, Conflict or Forbidden.

    With a note it is an account of the sample institution, which anybody on this machine may enter.
    """
    if not actor.has(Right.ACCOUNTS_INVITE):
        raise Forbidden("You cannot make accounts.")
    if not may_let_in(actor.rights, role):
        raise Forbidden(MORE_THAN_ONES_OWN)
    email = normal_email(email)
    if not is_email(email):
        raise Invalid("email", f"{email} is no e-mail address.")
    if role is Role.ADMINISTRATOR and person_id is not None:
        raise Invalid("person_id", "An administrator sees no training records, so the account cannot be a person's.")
    if role in (Role.LEARNER, Role.CHAMPION) and person_id is None:
        raise Invalid("person_id", f"A {role}'s account is a person's: say whose.")
    with transaction(actor) as tx:
        if tx.session.scalar(select(Account.id).where(Account.email == email)) is not None:
            raise Conflict(f"There is an account for {email} already.")
        if person_id is not None:
            _check_person(tx, person_id)
        account = Account(
            email=email,
            role=role,
            person_id=person_id,
            password_hash=None,
            session_key=new_session_key(),
            is_sample=sample_note is not None,
            sample_note=sample_note,
            created_at=tx.now,
        )
        tx.session.add(account)
        tx.flush("There is an account with this address or for this person already.")
        audit.record(tx, "account.added", "account", account.id, after={"role": role, "person_id": person_id})
        return account.id, make_link(tx, account.id, lives=INVITATION_LIVES)


def champion_with_account(email: str, person_id: int | None) -> int | None:
    """Whose account has this address, to champion a unit with it; none where there is no such account yet. Raises
    Conflict for another person's, and Invalid for one that can hold no term."""
    query = select(Account.role, Account.person_id).where(Account.email == normal_email(email))
    if (found := db.session.execute(query).one_or_none()) is None:
        return None
    if found.person_id is None or found.role not in MAY_CHAMPION:
        raise Invalid("email", f"The account for {normal_email(email)} is of the role {found.role}: it holds no term.")
    if person_id not in (None, found.person_id):
        raise Conflict(f"The account for {normal_email(email)} is another person's.")
    return int(found.person_id)


def make_champion(actor: Actor, person_id: int | None, unit_id: int) -> bool:
    """Let a person champion a unit for two years from today; whether a term began, as one that runs is left as it
    is."""
    if person_id is None:
        raise Invalid("person_id", "A champion is a person.")
    with transaction(actor):
        person = person_view(person_id, actor.today)
        if unit_id in units_championed(person_id, actor.today):
            return False
        ends_on = date.fromordinal(add_months(actor.today.toordinal(), CHAMPION_MONTHS) - 1)
        kind = "staff" if person.category == "staff" else "faculty"
        champions.appoint(actor, person_id, unit_id, kind=kind, starts_on=actor.today, ends_on=ends_on)
        return True


def _check_person(tx: Transaction, person_id: int) -> None:
    """There is such a person, without an account."""
    if tx.session.get(Person, person_id) is None:
        raise Invalid("person_id", "There is no such person.")
    if tx.session.scalar(select(Account.id).where(Account.person_id == person_id)) is not None:
        raise Conflict("This person has an account already.")


def sign_in(email: str, password: str, address: str) -> int:
    """Check a password given from a network address; the account's id. Raises Throttled, or Invalid in the same words
    and after the same time whether the address or the password is wrong."""
    email = normal_email(email)
    tries = throttle.sign_in_tries(email, address)
    with transaction(_nobody()) as tx:
        throttle.take(tx, *tries)
    by_email = select(Account.id, Account.password_hash).where(Account.email == email)
    account_id, kept = db.session.execute(by_email).one_or_none() or (None, None)
    db.session.close()
    if not passwords.matches(kept, password) or account_id is None:
        raise Invalid("password", WRONG)
    with transaction(_nobody()) as tx:
        throttle.give_back(tx, *tries)
        account = tx.session.get_one(Account, account_id, with_for_update=True)
        if account.password_hash != kept:
            raise Invalid("password", WRONG)
        if kept and passwords.is_outdated(kept):
            account.password_hash = passwords.hash_of(password)
        _note(tx, "account.signed-in", account.id)
    return account_id


def sign_in_to_sample(account_id: int) -> int:
    """Enter an account of the sample institution; its id. Raises NotFound for any other account."""
    with transaction(_nobody()) as tx:
        account = tx.session.get(Account, account_id)
        if account is None or not account.is_sample:
            raise NotFound(f"sample account {account_id}")
        _note(tx, "account.signed-in", account.id)
    return account_id


def replace_link(actor: Actor, account_id: int) -> str:
    """The secret of a new one-time link into an account, to be handed over; links into it that nobody used end.

    Raises NotFound, Forbidden for one's own account or one that may do more, and Conflict for a sample's.
    """
    if not actor.has(Right.ACCOUNTS_INVITE):
        raise Forbidden("You cannot make sign-in links.")
    with transaction(actor) as tx:
        account = tx.session.get(Account, account_id)
        if account is None:
            raise NotFound(f"account {account_id}")
        if account.is_sample:
            raise Conflict("Sample accounts are entered without a link.")
        if account.id == actor.account_id or not may_let_in(actor.rights, account.role):
            raise Forbidden(MORE_THAN_ONES_OWN)
        end_links(tx, [account.id])
        audit.record(tx, "account.link-made", "account", account.id)
        return make_link(tx, account.id, lives=INVITATION_LIVES)


def end_links(tx: Transaction, account_ids: Sequence[int]) -> None:
    """End the links into some accounts that nobody has used, inside a transaction."""
    unused = (SignInLink.account_id.in_(account_ids), SignInLink.used_at.is_(None))
    tx.session.execute(delete(SignInLink).where(*unused))


def make_link(tx: Transaction, account_id: int, *, lives: timedelta) -> str:
    """A new one-time link's secret, inside a transaction. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    tx.session.add(SignInLink(token_hash=token_hash(token), account_id=account_id, expires_at=tx.now + lives))
    return token


def use_link(token: str) -> int:
    """Use up a link; whose it was. Raises NotFound when it cannot be used: of two who race, one gets in."""
    with transaction(_nobody()) as tx:
        usable = (
            SignInLink.token_hash == token_hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > tx.now,
        )
        used = update(SignInLink).where(*usable).values(used_at=tx.now).returning(SignInLink.account_id)
        account_id = tx.session.scalar(used)
        if account_id is None:
            raise NotFound(LINK_IS_GONE)
        _note(tx, "account.signed-in-by-link", account_id)
        return account_id


def set_password(actor: Actor, password: str, *, current: str | None) -> None:
    """Give one's own account a password; all its sessions and open links end.

    `current` is the password so far; none for who has just come by a link, or has none yet. Raises Invalid, Throttled
    after too many wrong ones, and Conflict. Hashing takes its time, so nobody waits to write meanwhile.
    """
    tries = () if current is None else ((throttle.PRESENT_PASSWORD, str(actor.account_id)),)
    with transaction(actor) as tx:
        account = _own(tx, actor)
        email, kept = account.email, account.password_hash
        if problem := password_problem(password, email):
            raise Invalid("password", problem)
        throttle.take(tx, *tries)
    if current is not None and not passwords.matches(kept, current):
        raise Invalid("current", "This is not your present password")
    new = passwords.hash_of(password)
    with transaction(actor) as tx:
        account = _own(tx, actor)
        if account.password_hash != kept:
            raise Conflict("Your password was changed in the meantime.")
        throttle.give_back(tx, *tries)
        account.password_hash = new
        account.session_key = new_session_key()
        end_links(tx, [account.id])
        _note(tx, "account.password-set", account.id)


def sign_out_everywhere(actor: Actor) -> None:
    """End all sessions of one's own account."""
    with transaction(actor) as tx:
        account = _own(tx, actor)
        account.session_key = new_session_key()
        _note(tx, "account.signed-out-everywhere", account.id)


def forgot_password(email: str, address: str) -> None:
    """Send a sign-in link to an account, if there is one with this address. Raises Throttled either way."""
    email = normal_email(email)
    with transaction(_nobody()) as tx:
        throttle.take(tx, *throttle.letter_tries(email, address))
        query = (
            select(Account.id, Person.name)
            .outerjoin(Person, Person.id == Account.person_id)
            .where(Account.email == email, ~Account.is_sample)
        )
        if (found := tx.session.execute(query).one_or_none()) is None:
            return
        token = make_link(tx, found.id, lives=FORGOTTEN_LIVES)
        letters.write(tx, email, "forgotten", name=found.name or email, link=letters.link_url(token))
        _note(tx, "account.link-sent", found.id)


def new_session_key() -> str:
    """What ties sessions to an account until it changes."""
    return secrets.token_urlsafe(16)


def _nobody() -> Actor:
    """Whoever is about to sign in: no account, no rights."""
    today = clock.today()
    return Actor(None, None, frozenset(), frozenset(), today)


def _own(tx: Transaction, actor: Actor) -> Account:
    account = tx.session.get(Account, actor.account_id, with_for_update=True) if actor.account_id else None
    if account is None:
        raise NotFound("account")
    if account.is_sample:
        raise Forbidden("Sample accounts are everybody's.")
    return account


def _note(tx: Transaction, verb: str, account_id: int) -> None:
    """Write that something was done with an account; by whom is the account itself where nobody was signed in yet."""
    audit.record(tx, verb, "account", account_id)
