"""Kubernetes: each kustomization is built by kubectl's kustomize, then held against schemas and the house's rules."""

import subprocess

import kubernetes_validate
import yaml
from common import DEPLOY, TOOLS, drain_seconds, shown, unknown_settings

FOLDER = DEPLOY / "kubernetes"
# The oldest that is asked of a cluster, and the newest whose schemas there are.
VERSIONS = ["1.30", "1.37"]
# Kinds of operators, whose schemas Kubernetes does not have: their required members, checked by hand against the
# operators' own definitions when they were written.
CUSTOM = {
    "PodMonitor": {"spec": {"selector", "podMetricsEndpoints"}},
    "ScaledObject": {"spec": {"scaleTargetRef", "triggers"}},
}


def build(folder):
    run = subprocess.run([TOOLS / "kubectl", "kustomize", folder], capture_output=True, text=True)
    complaints = [run.stderr.strip()] if run.returncode or run.stderr.strip() else []
    return [d for d in yaml.safe_load_all(run.stdout) if d], complaints


def named(resource):
    return f"{resource['kind']} {resource['metadata']['name']}"


def schema_complaints(resource, version):
    if resource["kind"] in CUSTOM:
        return [
            f"{named(resource)}: {member} has no {missing}"
            for member, required in CUSTOM[resource["kind"]].items()
            for missing in required - set(resource.get(member, {}))
        ]
    try:
        kubernetes_validate.validate(resource, version, strict=True)
        return []
    except kubernetes_validate.ValidationError as error:
        return [f"{named(resource)}: {'.'.join(map(str, error.path))}: {error.message[:300]}"]
    except kubernetes_validate.SchemaNotFoundError as error:
        return [f"{named(resource)}: {error}"]


def pod_specs(resources):
    for resource in resources:
        if resource["kind"] in ("Deployment", "Job"):
            yield resource, resource["spec"]["template"]["spec"]


def restricted(resource, pod):
    """The rules of the pod security standard `restricted`, and what else every pod of ours has."""
    security, complaints = pod.get("securityContext", {}), []
    if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
        complaints.append("runs as root, or its user is no number")
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        complaints.append("has no seccomp profile")
    if pod.get("automountServiceAccountToken") is not False:
        complaints.append("has a token for the cluster's API")
    for container in pod["containers"]:
        own = container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("readOnlyRootFilesystem") is not True:
            complaints.append(f"{container['name']} may gain rights or write")
        if own.get("capabilities", {}).get("drop") != ["ALL"]:
            complaints.append(f"{container['name']} keeps capabilities")
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or "cpu" not in resources.get("requests", {}):
            complaints.append(f"{container['name']} does not say what it needs")
        if resource["kind"] == "Deployment" and not {"livenessProbe", "readinessProbe"} <= set(container):
            complaints.append(f"{container['name']} lacks a probe")
    return [f"{named(resource)}: {complaint}" for complaint in complaints]


def selectors(by_kind, pods):
    """Whom each selector means: workers where workers are meant, and nobody else's pods by our labels."""
    complaints = []

    def selects(what, selector, labels):
        wanted = selector.get("matchLabels", {})
        if not wanted or not wanted.items() <= labels.items():
            complaints.append(f"{what} selects {wanted or 'everything'}, not pods with {labels}")

    for deployment in by_kind["Deployment"]:
        selects(named(deployment), deployment["spec"]["selector"], deployment["spec"]["template"]["metadata"]["labels"])
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        for resource in by_kind.get(kind, []):
            selects(named(resource), resource["spec"]["selector"], pods)
    for policy in by_kind["NetworkPolicy"]:
        selects(named(policy), policy["spec"]["podSelector"], pods)
        peers = [p for rule in policy["spec"]["egress"] for p in rule.get("to", [])]
        peers += [p for rule in policy["spec"]["ingress"] for p in rule.get("from", [])]
        complaints += [
            f"{named(policy)} looks for our labels in another namespace: {peer['podSelector']}"
            for peer in peers
            if "namespaceSelector" in peer and set(peer.get("podSelector", {}).get("matchLabels", {})) & set(pods)
        ]
    return complaints


def rules(resources):
    """What only makes sense together."""
    complaints = []
    by_kind = {}
    for resource in resources:
        by_kind.setdefault(resource["kind"], []).append(resource)
    config = next(c for c in by_kind["ConfigMap"] if c["metadata"]["name"].startswith("jimeng-config"))
    settings = config["data"]
    complaints += unknown_settings(settings)
    worker = next(d for d in by_kind["Deployment"] if d["metadata"]["name"] == "jimeng-worker")
    pod = worker["spec"]["template"]["spec"]
    complaints += selectors(by_kind, worker["spec"]["template"]["metadata"]["labels"])
    complaints += unknown_settings(e["name"] for e in pod["containers"][0].get("env", []))
    if pod["terminationGracePeriodSeconds"] < drain_seconds(settings):
        complaints.append(f"the grace period is shorter than a drain can take ({drain_seconds(settings)} s)")
    if any(name.startswith(("JIMENG_ACCESS_KEY", "JIMENG_SECRET_KEY")) and not name.endswith("_FILE") for name in settings):
        complaints.append("a key is in the config map")
    arguments = by_kind["Job"][0]["spec"]["template"]["spec"]["containers"][0]["args"]
    lanes = int(arguments[arguments.index("--lanes") + 1])
    if lanes > int(settings["JIMENG_CONCURRENCY"]):
        complaints.append(f"there are {lanes} lanes, more than the slots of the account")
    for scaled in by_kind.get("ScaledObject", []):
        if scaled["spec"]["maxReplicaCount"] != lanes:
            complaints.append(f"at most {scaled['spec']['maxReplicaCount']} workers, but {lanes} lanes")
        if "replicas" in worker["spec"]:
            complaints.append("both KEDA and the deployment say how many workers there are")
    if worker["spec"].get("replicas", 0) > lanes:
        complaints.append("there are more workers than lanes: the rest would stand by only")
    return complaints


def check(tally):
    folders = sorted(p.parent for p in FOLDER.rglob("kustomization.yaml"))
    for folder in folders:
        resources, complaints = build(folder)
        tally.check(f"{shown(folder)} builds", complaints or ([] if resources else ["nothing"]))
        for version in VERSIONS:
            complaints = [c for r in resources for c in schema_complaints(r, version)]
            tally.check(f"{shown(folder)} fits the schemas of Kubernetes {version}", complaints)
        complaints = [c for r, pod in pod_specs(resources) for c in restricted(r, pod)]
        tally.check(f"{shown(folder)}: every pod is restricted", complaints)
        if resources:
            tally.check(f"{shown(folder)}: settings, times and counts agree", rules(resources))
    used = {f for p in FOLDER.rglob("kustomization.yaml") for f in mentioned(p)}
    strays = [shown(f) for f in FOLDER.rglob("*.yaml") if f.name != "kustomization.yaml" and f not in used]
    strays = [s for s in strays if not s.endswith(".example.yaml")]
    tally.check("no manifest is forgotten by its kustomization", strays)
    for example in FOLDER.rglob("*.example.yaml"):
        resource = yaml.safe_load(example.read_text())
        tally.check(f"{shown(example)} fits its schema", schema_complaints(resource, VERSIONS[-1]))


def mentioned(path):
    return {(path.parent / name).resolve() for name in yaml.safe_load(path.read_text()).get("resources", [])}
