"""The files of tests lie in memory where the machine has room: nobody waits for a disk that nothing has to survive."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""What must be free there. A run takes some hundred megabytes."""


def pytest_configure() -> None:
    """Choose the place once; worker processes inherit it."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None
