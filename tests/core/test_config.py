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


def test_a_host_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^HOST must be an address such as 127\.0\.0\.1, not '\?'\.$"):
        from_environment(tmp_path, {"HOST": "?"})
