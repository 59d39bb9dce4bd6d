"""The seed of all random tests of a run: printed in its header, and given back in WAYMARK_SEED to repeat the run. And
what holds for each of them: neither a slow machine nor a large example is a fault."""

import os
import secrets

import pytest
from hypothesis import HealthCheck, settings

NAME = "WAYMARK_SEED"
LARGE_OR_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def pytest_configure() -> None:
    """Choose the seed once; worker processes inherit it."""
    os.environ.setdefault(NAME, str(secrets.randbelow(10**6)))
    settings.register_profile("tests", deadline=None, database=None, suppress_health_check=LARGE_OR_SLOW)
    settings.load_profile("tests")


def pytest_report_header(config: pytest.Config) -> str:
    """Say it."""
    return f"random tests: {NAME}={value()} repeats this run"


def value(part: int = 0) -> int:
    """The seed of one of several parts of a run."""
    return int(os.environ[NAME]) * 1_000 + part
