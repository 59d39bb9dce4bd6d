"""What `serve` refuses before it starts anything: one line each, that an operator can act on."""

import contextvars
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import settings_for
from tests.support.postgres import free_port
from tracker.core.config import Settings
from tracker.wiring import create_app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of a database that is not there yet, on a free port."""
    return replace(settings_for(f"sqlite:///{tmp_path}/waymark.db", tmp_path), port=free_port())


def refusal(settings: Settings) -> str:
    """What `serve` says before it gives up. In a context of its own: it would serve the application of another test."""
    runner = create_app(settings).test_cli_runner()
    result = contextvars.Context().run(runner.invoke, args=["serve"])
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    return str(result.output)


def test_a_taken_port(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", settings.port)):
        said = refusal(settings)
    assert said == (
        f"Error: Port {settings.port} is taken: something else listens on 127.0.0.1."
        f" Set PORT to another, such as {settings.port + 1}.\n"
    )
    assert not (tmp_path / "waymark.db").exists()


def test_all_addresses_without_https(settings: Settings) -> None:
    assert refusal(replace(settings, host="0.0.0.0")) == (
        "Error: HOST 0.0.0.0 listens beyond this machine, so PUBLIC_URL must be the https:// address of the proxy"
        " in front of it; sign-ins would otherwise cross the network in the clear.\n"
    )


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_another_machine(settings: Settings, host: str) -> None:
    said = refusal(replace(settings, host=host, public_url="https://x.example"))
    assert said == f"Error: HOST {host} is not an address of this machine.\n"


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://me:secret@127.0.0.1:{port}/waymark", "sqlite:////no/such/folder/w.db"]
)
def test_a_database_that_cannot_be_reached(settings: Settings, url: str) -> None:
    said = refusal(replace(settings, database_url=url.format(port=free_port())))
    assert said.startswith("Error: The database ")
    assert " cannot be used: " in said
    assert "secret" not in said


def test_a_file_that_is_no_database(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "waymark.db").write_text("This is a letter, not a database. " * 100)
    assert refusal(settings).endswith("cannot be used: file is not a database\n")
