"""Deeds on champions' terms. A term says who may see and help; it never changes a figure."""

from tracker.champions.commands.extras import (
    add_certificate,
    add_training,
    record_approval,
    remove_approval,
    remove_certificate,
    remove_training,
)
from tracker.champions.commands.loads import give_back, hold
from tracker.champions.commands.substitutes import end_substitution, name_substitute
from tracker.champions.commands.terms import appoint, change_term, end_term, withdraw_term

__all__ = [
    "add_certificate",
    "add_training",
    "appoint",
    "change_term",
    "end_substitution",
    "end_term",
    "give_back",
    "hold",
    "name_substitute",
    "record_approval",
    "remove_approval",
    "remove_certificate",
    "remove_training",
    "withdraw_term",
]
