"""What of a roster is taken in but deserves a second look: new words, missing names, addresses of no use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tracker.accounts.models import Account
from tracker.accounts.rules import normal_email
from tracker.core.database import db
from tracker.core.texts import is_email
from tracker.core.words import plural
from tracker.directory.queries.roster.reading import PersonGiven, Roster
from tracker.directory.queries.spelling import ONE, Vocabulary, known, question
from tracker.exchange.files import Record
from tracker.people.models import Person

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at again: in which row, about whom, if anybody, and what it is in a sentence."""

    record: Record
    identifier: str
    text: str


def doubts(said: Roster, touched: Sequence[PersonGiven]) -> Iterator[Doubt]:
    """Everything of that kind; `touched` are the persons whom the files add or change."""
    for vocabulary, words in _words(said).items():
        yield from _of_words(vocabulary, words)
    holders = _holders(said, touched)
    for person in touched:
        yield from (Doubt(person.record, person.identifier, text) for text in _of_person(person, holders))


# Words


def _words(said: Roster) -> dict[Vocabulary, dict[str, list[Record]]]:
    """The words in the files, with the rows that have each."""
    found: dict[Vocabulary, dict[str, list[Record]]] = {vocabulary: {} for vocabulary in Vocabulary}
    for unit in said.units:
        found[Vocabulary.KINDS].setdefault(unit.kind, []).append(unit.record)
    for posts in said.posts.values():
        for post in posts:
            found[Vocabulary.CATEGORIES].setdefault(post.said.category, []).append(post.record)
            found[Vocabulary.ROLES].setdefault(post.said.role, []).append(post.record)
    for functions in said.functions.values():
        for one in functions:
            found[Vocabulary.FUNCTIONS].setdefault(one.said.function, []).append(one.record)
    return found


def _of_words(vocabulary: Vocabulary, words: Mapping[str, Sequence[Record]]) -> Iterator[Doubt]:
    """A doubt for each word that is new, at the first row that has it."""
    among = known(vocabulary) if words else frozenset[str]()
    for word, records in words.items():
        asked = question(vocabulary, word, among) if word else ""
        first = min(records, key=lambda record: record.line)
        if asked:
            yield Doubt(first, "", f"{asked} {plural(len(records), 'row has', 'rows have')} it.")
        elif not word and word not in among:
            which = "" if len(records) == 1 else " This is the first."
            yield Doubt(first, "", f"{plural(len(records), 'row has', 'rows have')} no {ONE[vocabulary]}.{which}")


# Persons


def _of_person(person: PersonGiven, holders: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What there is to say about a person's row."""
    if not person.name:
        yield "No name: pages call this person by the identifier."
    if person.email and not is_email(person.email):
        yield f"“{person.email}” is not an e-mail address: no letter and no sign-in link can go there."
    others = [words for identifier, words in _having(person, holders) if identifier != person.identifier]
    if others:
        beside = f" and {plural(len(others) - 1, 'other', 'others')}" if others[1:] else ""
        yield f"“{person.email}” is also the address of {others[0]}{beside}: nobody can be given an account with it."


def _having(person: PersonGiven, holders: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    return holders.get(normal_email(person.email), {}).items() if is_email(person.email) else ()


def _holders(said: Roster, touched: Sequence[PersonGiven]) -> dict[str, dict[str, str]]:
    """Who will have each address of those touched, by identifier: called what. An account that is nobody's is there
    under no identifier."""
    found: dict[str, dict[str, str]] = {normal_email(one.email): {} for one in touched if one.email}
    for person in said.people.values():
        if (address := normal_email(person.email)) in found:
            found[address][person.identifier] = person.name or person.identifier
    addresses = sorted(found)
    for start in range(0, len(addresses), AT_ONCE):
        some = addresses[start : start + AT_ONCE]
        for address, identifier, name in _on_record(some):
            if identifier not in said.people:
                found[address][identifier] = name or identifier
        for address, whose in _accounts(some):
            found[address].setdefault(whose or "", "somebody with an account")
    return found


def _on_record(addresses: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """(address, identifier, name) of whoever has one of these addresses."""
    address = func.lower(func.trim(Person.email))
    query = select(address, Person.identifier, Person.name).where(address.in_(addresses)).order_by(Person.id)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _accounts(addresses: Sequence[str]) -> Iterable[tuple[str, str | None]]:
    """(address, identifier of whose it is, if anybody's) of the accounts with one of these addresses."""
    query = select(Account.email, Person.identifier).outerjoin(Person, Person.id == Account.person_id)
    return [(row[0], row[1]) for row in db.session.execute(query.where(Account.email.in_(addresses)))]
