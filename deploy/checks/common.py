"""What the checks share: the tree, the tally, the names of all settings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
TOOLS = ROOT / ".build" / "deploy-check"
REFERENCE = ROOT / "Sources/WorkerRuntime/WorkerRuntime.docc/Configuration.md"

# What Worker.swift allows each of its ways to close, one after the other, at the worst.
FAREWELL_SECONDS = 25


class Tally:
    """Counts checks; a check is a name and what is wrong, nothing if it passed."""

    def __init__(self, verbose):
        self.verbose, self.passed, self.failed, self.skipped = verbose, 0, 0, 0

    def check(self, what, complaints):
        if complaints:
            self.failed += 1
            print(f"FAILED {what}")
            for complaint in complaints:
                print(f"       {complaint}")
        else:
            self.passed += 1
            if self.verbose:
                print(f"ok     {what}")

    def skip(self, what, why):
        self.skipped += 1
        print(f"not run: {what}: {why}")

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0


def shown(path):
    return str(path.relative_to(ROOT))


def setting_names():
    """Every setting by its name, `…_FILE` included, as the generated page lists them."""
    names = set()
    for name, file in re.findall(r"^\| `([A-Z_]+)`(, `…_FILE`)? \|", REFERENCE.read_text(), re.M):
        names.add(name)
        if file:
            names.add(name + "_FILE")
    return names


def unknown_settings(names):
    known = setting_names()
    ours = [n for n in names if n.startswith(("JIMENG_", "KAFKA_"))]
    return [f"{n} is no setting of the worker (see {shown(REFERENCE)})" for n in ours if n not in known]


def seconds(text):
    """Of a time such as 25s, 1m, 1m30s, or a plain number."""
    text = str(text)
    if text.isdigit():
        return int(text)
    units = {"h": 3600, "m": 60, "s": 1, "min": 60}
    return sum(int(n) * units[u] for n, u in re.findall(r"(\d+)(h|min|m|s)", text))


def drain_seconds(settings):
    """How long a worker with these settings may take from SIGTERM to its end."""
    match = re.search(r"^\| `JIMENG_DRAIN_TIMEOUT` \| `([^`]+)`", REFERENCE.read_text(), re.M)
    return seconds(settings.get("JIMENG_DRAIN_TIMEOUT", match.group(1))) + FAREWELL_SECONDS


def environment_file(path):
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
