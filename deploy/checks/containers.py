"""The image and the composition: a linter, the Compose specification, and the house's rules."""

import re
import subprocess

import yaml
from common import DEPLOY, ROOT, TOOLS, drain_seconds, seconds, shown, unknown_settings
from compose_spec import PyCompose

DOCKERFILE = DEPLOY / "Dockerfile"
COMPOSE = DEPLOY / "compose.yaml"


def check_image(tally):
    run = subprocess.run([TOOLS / "bin/hadolint", "--no-color", DOCKERFILE], capture_output=True, text=True)
    tally.check("Dockerfile: hadolint", (run.stdout + run.stderr).splitlines())
    text = DOCKERFILE.read_text()
    final = text[text.rindex("\nFROM ") :]
    complaints = unknown_settings(re.findall(r"\b((?:JIMENG|KAFKA)_[A-Z_]+)=", final))
    if not re.search(r"^USER [1-9][0-9]*:[1-9][0-9]*$", final, re.M):
        complaints.append("the user is root, or no number")
    complaints += [f"no {word}" for word in ("HEALTHCHECK", "STOPSIGNAL SIGTERM", "LABEL") if f"\n{word}" not in final]
    tally.check("Dockerfile: user, health check, signal, labels, settings", complaints)
    allowed = {l[1:] for l in (ROOT / ".dockerignore").read_text().splitlines() if l.startswith("!")}
    sources = [
        s
        for line in re.findall(r"^COPY (.+)$", text, re.M)
        if "--from=" not in line
        for s in [w for w in line.split() if not w.startswith("--")][:-1]
    ]
    missing = [f"{s} is ignored by .dockerignore" for s in sources if s not in allowed]
    missing += [f"there is no {s}" for s in sources if not (ROOT / s).exists()]
    tally.check("Dockerfile: what it copies is there, and in the context", missing)


def service_complaints(name, service, services):
    complaints = []
    image = service.get("image", "")
    if "build" not in service and not re.search(r":v?\d+\.\d+", image):
        complaints.append(f"{name}: image {image} has no version")
    if "healthcheck" not in service and not name.startswith("worker"):
        complaints.append(f"{name}: no health check")  # The workers have their image's.
    if "memory" not in service.get("deploy", {}).get("resources", {}).get("limits", {}):
        complaints.append(f"{name}: no limit on memory")
    complaints += [f"{name}: depends on {d}, which is not there" for d in service.get("depends_on", {}) if d not in services]
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith(".") and not (COMPOSE.parent / source).exists():
            complaints.append(f"{name}: there is no {source} to mount")
    complaints += [f"{name}: port {p} is open to others" for p in service.get("ports", []) if not p.startswith("127.0.0.1:")]
    if service.get("image", "").startswith("jimeng-worker"):
        environment = service.get("environment", {})
        complaints += [f"{name}: {c}" for c in unknown_settings(environment)]
        if not service.get("read_only") or service.get("cap_drop") != ["ALL"]:
            complaints.append(f"{name}: is not hardened")
        if service.get("command") == ["worker"] and seconds(service.get("stop_grace_period", 10)) < drain_seconds(environment):
            complaints.append(f"{name}: is killed before a drain can be over")
    return complaints


def check_compose(tally):
    document = yaml.safe_load(COMPOSE.read_text())
    # Without anchors and merges, which are YAML's and not Compose's.
    plain = {k: v for k, v in document.items() if not k.startswith("x-")}
    try:
        composition = PyCompose.from_yaml(yaml.safe_dump(plain))
        composition.validate()
        composition.to_spec()
        complaints = []
    except Exception as error:  # The package raises what its core raises.
        complaints = [str(error)]
    tally.check("compose.yaml follows the Compose specification", complaints)
    services = document["services"]
    for name, service in services.items():
        tally.check(f"compose.yaml: {name}", service_complaints(name, service, services))


def check(tally):
    check_image(tally)
    check_compose(tally)
