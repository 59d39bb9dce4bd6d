"""Deeds of the exchange: load a folder whole or not at all, dump one without loss."""

from tracker.exchange.commands.dump import dump
from tracker.exchange.commands.load import load

__all__ = ["dump", "load"]
