"""What the slow tests ask of programs written for Node; `make verify` installs them into tests/tools/node_modules."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.browser import CHROMIUM

TOOLS = Path(__file__).resolve().parents[1] / "tools"
MODULES = TOOLS / "node_modules"
SECONDS = 300.0


def invalid(pages: Path) -> list[str]:
    """What html-validate finds in the pages of a folder: a line for each, with the name of the file first."""
    validator = MODULES / "html-validate" / "bin" / "html-validate.mjs"
    settings = TOOLS / "html-validate.json"
    files = sorted(str(page) for page in pages.glob("*.html"))
    report = pages / "report.json"
    _node(str(validator), "--config", str(settings), "--formatter", f"json={report}", *files, codes=(0, 1))
    return [
        f"{Path(file['filePath']).name}: {one['line']}:{one['column']} {one['message']} ({one['ruleId']})"
        for file in json.loads(report.read_text(encoding="utf-8"))
        for one in file["messages"]
    ]


def lighthouse(pages: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """What Lighthouse says of pages, each a url and the cookie it is opened with: url, scores, and what falls short."""
    asked = {"chromium": shutil.which("chromium"), "flags": CHROMIUM, "pages": pages}
    answers: list[dict[str, Any]] = json.loads(_node(str(TOOLS / "lighthouse.mjs"), json.dumps(asked)))
    return answers


def _node(*words: str, codes: Sequence[int] = (0,)) -> str:
    done = subprocess.run(["node", *words], cwd=TOOLS, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode in codes, f"{words[0]} ended with {done.returncode}: {done.stderr}"
    return done.stdout
