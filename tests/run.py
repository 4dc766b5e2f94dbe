"""`make test`: a browser is found or fetched, then the whole suite runs. `make cover` traces it,
which takes half as long again, and holds coverage.

No service has to be started by hand: PostgreSQL comes out of a wheel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: One more than there are cores: much of what is waited for is other processes.
_WORKERS = str(min(os.cpu_count() or 2, 8) + 1)
#: Percent of lines and branches, over everything; the rooms below must be whole.
_OVERALL = 95.0
#: Which of two processes comes first is left to the machine: so many branches may be missed.
_BY_CHANCE = 3
_WHOLE = ("bot/domain/", "bot/learning/", "bot/policy/", "bot/cards/", "bot/usecases/")


def browser() -> str | None:
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def fetch_browser() -> str:
    """Debian's chromium, when nothing is installed and we may install it."""
    found = browser()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No browser found: installing Debian's chromium.", flush=True)
        quiet = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-qq", "update"], env=quiet, check=False)
        subprocess.run(
            ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium",
             "fonts-noto-color-emoji"],
            env=quiet, check=False, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        found = browser()
    if not found:
        sys.exit(
            "The browser tests need Chromium or Chrome. Install one, for example with\n"
            "    sudo apt-get install chromium"
        )
    return found


def hold_coverage() -> int:
    """Print what is missing; 1 when a promise about coverage is broken."""
    coverage = [sys.executable, "-m", "coverage"]
    report = _ROOT / "build" / "coverage.json"
    report.parent.mkdir(exist_ok=True)
    subprocess.run([*coverage, "json", "--quiet", "-o", str(report)], cwd=_ROOT, check=True)
    measured = json.loads(report.read_text())
    broken = [
        f"{name}: lines {found['missing_lines']} branches {found['missing_branches']}"
        for name, found in sorted(measured["files"].items())
        if name.startswith(_WHOLE) and (found["missing_lines"] or found["missing_branches"])
    ]
    whole = [found for name, found in measured["files"].items() if name.startswith(_WHOLE)]
    lines = sum(len(found["missing_lines"]) for found in whole)
    branches = sum(len(found["missing_branches"]) for found in whole)
    total = measured["totals"]["percent_covered"]
    print(f"Coverage: {total:.1f} % of lines and branches (at least {_OVERALL:.0f} %).")
    if broken:
        print("Not wholly covered, though promised:", *broken, sep="\n  ")
    return int(lines > 0 or branches > _BY_CHANCE or total < _OVERALL)


def main() -> int:
    os.environ["PULLCORD_TEST_BROWSER"] = fetch_browser()
    # Hundreds of processes start: none shall compile every library anew, wherever this runs.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(_ROOT / "build" / "pycache")
    asked = sys.argv[1:]
    traced = ["--cov", "--cov-report="] if asked == ["cover"] else asked
    command = [sys.executable, "-m", "pytest", "-n", _WORKERS, "--dist", "loadgroup", *traced]
    failed = subprocess.run(command, cwd=_ROOT, check=False).returncode
    return (hold_coverage() if asked == ["cover"] else 0) or failed


if __name__ == "__main__":
    sys.exit(main())
