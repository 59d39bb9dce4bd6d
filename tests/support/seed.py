"""The seed of all random tests of a run: printed in its header, and given back in WAYMARK_SEED to repeat the run."""

import os
import secrets

import pytest

NAME = "WAYMARK_SEED"


def pytest_configure() -> None:
    """Choose the seed once; worker processes inherit it."""
    os.environ.setdefault(NAME, str(secrets.randbelow(10**6)))


def pytest_report_header(config: pytest.Config) -> str:
    """Say it."""
    return f"random tests: {NAME}={value()} repeats this run"


def value(part: int = 0) -> int:
    """The seed of one of several parts of a run."""
    return int(os.environ[NAME]) * 1_000 + part
