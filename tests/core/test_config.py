"""Settings from the environment: what is set but empty is as if it were not set, and what is wrong is named."""

from dataclasses import fields
from pathlib import Path

import pytest

from tracker.core.config import SettingError, Settings, from_environment

NAMES = (
    *("HOST", "PORT", "DATABASE_URL", "PUBLIC_URL", "TIME_ZONE", "SECRET_KEY", "MAIL_URL", "MAIL_FROM"),
    *("CLAIM_WINDOW_DAYS", "EVIDENCE_MEGABYTES", "DISPUTE_WINDOW_DAYS", "SEAL_DAYS_AFTER"),
)


def test_each_setting_is_tried_here() -> None:
    told = {field.name for field in fields(Settings)} - {"instance", "own_database"}
    assert told == {name.lower() for name in NAMES}


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_set_but_empty_is_not_set(tmp_path: Path, name: str, blank: str) -> None:
    assert from_environment(tmp_path, {name: blank}) == from_environment(tmp_path, {})


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("HOST", "?", "HOST must be an address such as 127.0.0.1, not '?'."),
        ("PORT", "eighty", "PORT must be a number from 1 to 65535, not 'eighty'."),
        ("TIME_ZONE", "Mars", "TIME_ZONE must be a zone such as America/Chicago, not 'Mars'."),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with postgresql:// or sqlite:///."),
        ("PUBLIC_URL", "waymark", "PUBLIC_URL must be an address such as https://waymark.example.edu, not 'waymark'."),
        (
            "MAIL_URL",
            "mail.example.edu",
            "MAIL_URL must be an address such as smtp://user:password@mail.example.edu:587.",
        ),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, name: str, value: str, line: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment(tmp_path, {name: value})
    assert str(refused.value) == line
