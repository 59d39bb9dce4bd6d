"""Names of invented people, and the e-mail addresses that follow from them."""

import unicodedata
from collections.abc import Iterator, Sequence
from random import Random

from .plan import Plan

PLAIN_LETTERS = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "'": "", " ": ""})


def invent_names(plan: Plan, rng: Random, taken: Sequence[str]) -> Iterator[str]:
    """Names without end, no two with the same address."""
    addresses = {email_of(name, "") for name in taken}
    weights = [pool.weight for pool in plan.pools]
    while True:
        pool = rng.choices(plan.pools, weights)[0]
        other = rng.choices(plan.pools, weights)[0] if rng.random() < 0.12 else pool
        name = f"{rng.choice(pool.given)} {rng.choice(other.family)}"
        address = email_of(name, "")
        if address not in addresses:
            addresses.add(address)
            yield name


def _ascii(name: str) -> str:
    """A name as an e-mail address can carry it."""
    plain = unicodedata.normalize("NFKD", name.translate(PLAIN_LETTERS))
    return plain.encode("ascii", "ignore").decode().lower()


def email_of(name: str, domain: str) -> str:
    """The e-mail address that follows from a name."""
    given, family = name.split(" ", 1)
    return f"{_ascii(given)}.{_ascii(family)}@{domain}"
