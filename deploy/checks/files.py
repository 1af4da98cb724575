"""Plain files: YAML, JSON, dashboards, Prometheus' configuration, scripts, the unit of systemd."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import DEPLOY, ROOT, drain_seconds, environment_file, seconds, shown, unknown_settings
from yamllint import config, linter

YAML_RULES = """
extends: default
rules:
  line-length: {max: 180}
  document-start: disable
  comments-indentation: disable
  braces: {max-spaces-inside: 1}
  truthy: {check-keys: false}
  indentation: {indent-sequences: whatever}
"""
UNIT = DEPLOY / "systemd/jimeng-worker.service"
# In tenths; a service that does what it likes has 9.6.
EXPOSURE = "20"


def ours(pattern):
    return sorted(p for p in DEPLOY.rglob(pattern) if not p.is_symlink() and ".venv" not in p.parts)


def check_yaml(tally):
    rules = config.YamlLintConfig(YAML_RULES)
    for path in ours("*.yaml") + ours("*.yml"):
        problems = [f"{p.line}: {p.message}" for p in linter.run(path.read_text(), rules)]
        tally.check(f"{shown(path)} is tidy YAML", problems)


def panels(dashboard):
    for panel in dashboard.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def check_json(tally):
    for path in ours("*.json"):
        try:
            value = json.loads(path.read_text())
        except ValueError as error:
            tally.check(f"{shown(path)} is JSON", [str(error)])
            continue
        complaints = []
        if "panels" in value:
            complaints += [f"no {k}" for k in ("uid", "title", "schemaVersion") if not value.get(k)]
            ids = [p["id"] for p in panels(value)]
            complaints += ["two panels have one id"] if len(ids) != len(set(ids)) else []
            for panel in panels(value):
                empty = panel.get("type") not in ("row", "text") and not panel.get("targets")
                complaints += [f"panel {panel.get('title')!r} asks nothing"] if empty else []
        tally.check(f"{shown(path)} is JSON" + (", a dashboard with panels that ask" if "panels" in value else ""), complaints)


def command(tally, what, *words, missing):
    if not shutil.which(words[0]):
        return tally.skip(what, missing)
    run = subprocess.run(words, capture_output=True, text=True)
    tally.check(what, (run.stdout + run.stderr).strip().splitlines() if run.returncode else [])


def check_scripts(tally):
    scripts = [p for p in DEPLOY.rglob("*") if p.is_file() and p.read_bytes()[:20].startswith(b"#!/usr/bin/env bash")]
    for script in sorted(scripts):
        command(tally, f"{shown(script)}: shellcheck", "shellcheck", str(script), missing="apt-get install shellcheck")


def check_unit(tally):
    text = UNIT.read_text()
    complaints = unknown_settings(re.findall(r"^Environment=([A-Z_]+)=", text, re.M))
    settings = environment_file(UNIT.parent / "jimeng-worker.env")
    complaints += unknown_settings(settings)
    stop = seconds(re.search(r"^TimeoutStopSec=(\S+)$", text, re.M).group(1))
    if stop < drain_seconds(settings):
        complaints.append(f"TimeoutStopSec={stop} is shorter than a drain can take ({drain_seconds(settings)} s)")
    tally.check("jimeng-worker.service: settings and times", complaints)
    with tempfile.TemporaryDirectory() as folder:
        # The program is not installed here; everything else is as it is.
        copy = Path(folder) / UNIT.name
        copy.write_text(text.replace("/usr/local/bin/jimeng", "/bin/true"))
        why = "apt-get install systemd"
        command(tally, "jimeng-worker.service: systemd-analyze verify", "systemd-analyze", "verify", str(copy), missing=why)
        command(
            tally, f"jimeng-worker.service: exposure at most {int(EXPOSURE) / 10}", "systemd-analyze", "security",
            "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(copy), missing=why,
        )


def check_prometheus(tally):
    path = DEPLOY / "compose/prometheus.yml"
    command(
        tally, f"{shown(path)}: promtool", "promtool", "check", "config", "--syntax-only", str(path),
        missing="apt-get install prometheus",
    )


def check_acls(tally):
    script = DEPLOY / "kafka/acls"
    for role in ("worker", "submitter", "reader", "operator", "topics"):
        run = subprocess.run([script, role, "User:test"], capture_output=True, text=True)
        lines = run.stdout.splitlines()
        wide = [l for l in lines if "--operation All" in l or " '*'" in l or "--cluster" in l]
        tally.check(f"acls {role}: nothing but what is named", wide or run.stderr.splitlines() or ([] if lines else ["nothing"]))


def check(tally):
    check_yaml(tally)
    check_json(tally)
    check_scripts(tally)
    check_unit(tally)
    check_prometheus(tally)
    check_acls(tally)
