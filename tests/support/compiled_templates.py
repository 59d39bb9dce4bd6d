"""Each test has an application of its own; what the templates compile to is kept for all of them."""

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


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


def pytest_configure() -> None:
    """Let every application that is made from now on have it."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Kept()}
