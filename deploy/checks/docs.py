"""The documents: links lead somewhere, and the runbook has a section for each alert and no other."""

import re
import shutil
import subprocess
import tempfile

import yaml
from common import DEPLOY, ROOT, shown, unknown_settings

RUNBOOK = ROOT / "Sources/WorkerRuntime/WorkerRuntime.docc/Operations.md"
SKIPPED = {".build", ".git", ".venv"}


def documents():
    found = [p for p in ROOT.rglob("*.md") if not SKIPPED & set(p.relative_to(ROOT).parts)]
    return sorted(found)


def without_code(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def anchor(heading):
    """As code hosts make it of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    seen, result = {}, set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.M):
        name = anchor(heading)
        count = seen.get(name, 0)
        seen[name] = count + 1
        result.add(name if not count else f"{name}-{count}")
    return result


def link_complaints(path, pages):
    complaints = []
    text = without_code(path.read_text())
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, fragment = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists():
            complaints.append(f"{link}: there is no {file}")
        elif fragment and target.suffix == ".md" and fragment not in anchors(target):
            complaints.append(f"{link}: no heading makes that anchor")
    for name in re.findall(r"<doc:([^>#]+)", text):
        if name not in pages:
            complaints.append(f"<doc:{name}>: there is no such page")
    return complaints


def alerts():
    names = {}
    for path in sorted((DEPLOY / "observability").glob("*.y*ml")):
        document = yaml.safe_load(path.read_text())
        if not isinstance(document, dict):
            continue
        for group in document.get("groups", []):
            for rule in group.get("rules", []):
                if "alert" in rule:
                    names[rule["alert"]] = rule
    return names


def check_runbook(tally):
    rules = alerts()
    sections = set(re.findall(r"^### (\w+)$", RUNBOOK.read_text(), re.M))
    complaints = [f"alert {a} has no section: what it means, what to look at, what to do" for a in rules if a not in sections]
    complaints += [f"section {s} belongs to no alert" for s in sorted(sections - set(rules))]
    for name, rule in rules.items():
        link = rule.get("annotations", {}).get("runbook_url", "")
        if link and not link.endswith(f"{RUNBOOK.name}#{name.lower()}"):
            complaints.append(f"alert {name}: its runbook_url {link} does not lead to its section")
    tally.check(f"{shown(RUNBOOK)} and the {len(rules)} alerts agree", complaints if rules else ["there are no alerts"])


def check_names(tally):
    """Settings and metrics that are spoken of exist."""
    for path in documents():
        names = sorted(set(re.findall(r"\bJIMENG_[A-Z_]*[A-Z]\b(?!_)", path.read_text())))
        tally.check(f"{shown(path)}: its settings exist", unknown_settings(n for n in names if n != "JIMENG_EXECUTABLE"))
    metrics = set(re.findall(r"^\| `([a-z0-9_]+)` \|", (RUNBOOK.parent / "Metrics.md").read_text(), re.M))
    series = metrics | {m + end for m in metrics for end in ("_bucket", "_sum", "_count")}
    speakers = [RUNBOOK, RUNBOOK.parent / "CapacityPlanning.md", RUNBOOK.parent / "Deployment.md"]
    speakers += [DEPLOY / "observability/alerts.yaml", *sorted((DEPLOY / "kubernetes").rglob("*.yaml"))]
    for path in speakers:
        names = set(re.findall(r"\b(?:jimeng|process)_[a-z0-9_]*[a-z0-9]\b", path.read_text()))
        tally.check(f"{shown(path)}: its metrics exist", sorted(f"there is no {n}" for n in names - series))


def check_docc(tally):
    """The documentation compiler takes the pages; symbols are not known to it here, as that would need a build."""
    for catalogue in sorted((ROOT / "Sources").glob("*/*.docc")):
        what = f"{shown(catalogue)}: docc"
        if not shutil.which("docc"):
            tally.skip(what, "it comes with Swift's toolchain")
            continue
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [
                    "docc", "convert", catalogue, "--output-path", folder, "--diagnostic-level", "warning",
                    "--fallback-display-name", catalogue.stem, "--fallback-bundle-identifier", catalogue.stem,
                ],
                capture_output=True, text=True,
            )
        lines = (run.stdout + run.stderr).splitlines()
        tally.check(what, [l for l in lines if re.match("(warning|error):", l) and "No symbol matched" not in l])


def check(tally):
    pages = {p.stem for p in documents()} | {"JobEngine"}
    for path in documents():
        tally.check(f"{shown(path)}: every link leads somewhere", link_complaints(path, pages))
    check_docc(tally)
    check_names(tally)
    check_runbook(tally)
