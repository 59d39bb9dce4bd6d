"""Each test has an application of its own; what templates, addresses and statements compile to is kept for all."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

_make_engine: Callable[..., Engine] = SQLAlchemy._make_engine
_compile_builder: Callable[[Rule, bool], Any] = Rule._compile_builder
_builders: dict[tuple[object, ...], Any] = {}


class Kept(BytecodeCache):
    """Compiled templates, by file and content, for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what is kept."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


def kept_builder(rule: Rule, append_unknown: bool = True) -> Any:
    """What puts a rule's addresses together: a function of its text and defaults, which is called with the rule."""
    key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


class KeptStatements(LRUCache[Any, Any]):
    """Compiled statements by kind of database, where SQLAlchemy has them by engine."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """What a statement was compiled to."""
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), compiled)


_statements = KeptStatements(capacity=5_000)


def kept_statements(*given: Any) -> Engine:
    """An engine that knows what the others have compiled."""
    engine = _make_engine(*given)
    engine._compiled_cache = _statements
    return engine


def pytest_configure() -> None:
    """Let every application that is made from now on have them."""
    SQLAlchemy._make_engine = kept_statements  # type: ignore[method-assign]
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Kept()}
    Rule._compile_builder = kept_builder  # type: ignore[method-assign]
