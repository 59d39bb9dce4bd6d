"""Settings from the environment: what is set but empty is as if it were not set, and what is wrong is named."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from tracker.core.config import SettingError, Settings, from_environment

NAMES = (
    *("HOST", "PORT", "DATABASE_URL", "PUBLIC_URL", "TIME_ZONE", "SECRET_KEY", "MAIL_URL", "MAIL_FROM"),
    *("CLAIM_WINDOW_DAYS", "EVIDENCE_MEGABYTES", "DISPUTE_WINDOW_DAYS", "SEAL_DAYS_AFTER"),
)


def refusal(folder: Path, **environment: str) -> str:
    """Why these settings cannot work."""
    with pytest.raises(SettingError) as refused:
        from_environment(folder, environment)
    return str(refused.value)


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
            *("PUBLIC_URL", "https://a..edu"),
            "PUBLIC_URL must be an address such as https://waymark.example.edu, not 'https://a..edu'.",
        ),
        ("SECRET_KEY", "secret", "SECRET_KEY must have 16 characters or more; openssl rand -hex 32 makes one."),
        (
            "MAIL_URL",
            "mail.example.edu",
            "MAIL_URL must be an address such as smtp://user:password@mail.example.edu:587.",
        ),
        (
            "MAIL_FROM",
            "Waymark",
            "MAIL_FROM must be an address such as Waymark <waymark@example.edu>, not 'Waymark'.",
        ),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, name: str, value: str, line: str) -> None:
    assert refusal(tmp_path, **{name: value}) == line


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1"])
@pytest.mark.parametrize(("name", "place"), [("PUBLIC_URL", "https://example.edu"), ("MAIL_URL", "smtp://example.edu")])
def test_the_port_of_an_address_is_looked_at_too(tmp_path: Path, name: str, place: str, port: str) -> None:
    assert refusal(tmp_path, **{name: f"{place}:{port}"}).startswith(f"{name} must be an address such as ")


@pytest.mark.parametrize(
    "sender", ["a@example.edu, b@example.edu", "Waymark, the office <a@example.edu>", "a b@example.edu", "a@", "a\n@b"]
)
def test_the_sender_is_one_address(tmp_path: Path, sender: str) -> None:
    assert refusal(tmp_path, MAIL_FROM=sender).startswith("MAIL_FROM must be an address such as ")


@pytest.mark.parametrize(
    "sender", ["waymark@localhost", "Waymark <waymark@example.edu>", '"Office, Waymark" <waymark@example.edu>']
)
def test_the_sender_may_have_a_name(tmp_path: Path, sender: str) -> None:
    assert from_environment(tmp_path, {"MAIL_FROM": sender}).mail_from == sender


# The key that is kept


def test_processes_that_start_together_go_by_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: from_environment(tmp_path / "new", {}).secret_key, range(8)))
    kept = tmp_path / "new" / "secret_key"
    assert set(found) == {kept.read_text()}
    assert len(found[0]) == 64
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_a_start_that_is_cut_off_leaves_no_half_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", cut_off)
        with pytest.raises(KeyboardInterrupt):
            from_environment(tmp_path, {})
    assert not (tmp_path / "secret_key").exists()
    assert len(from_environment(tmp_path, {}).secret_key) == 64


@pytest.mark.parametrize("left", ["", "\n", "too short"])
def test_half_a_key_is_not_used(tmp_path: Path, left: str) -> None:
    (tmp_path / "secret_key").write_text(left)
    line = f"{tmp_path}/secret_key is empty or cut short. Remove it; the next start makes one."
    assert refusal(tmp_path) == line
