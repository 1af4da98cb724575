"""Whether today's schemas still fit what was released; run through schemas/check.

Members are compared one by one. Conditions (if, oneOf, not) are not: of those, the examples of the release tell.
"""

import copy
import json
import re

ADVICE = """
How schemas evolve. Who writes requests and who reads outcomes was built against a release, and is not asked:
  add         an optional member (readers ignore members that they do not know), a wider bound or a further
              type on input, a narrower one on output. Nothing more to do.
  rename      add the new member beside the old one, and keep both until the next major version.
  require     never on input: give the member a default instead.
  remove      only with a major version: raise info.version in asyncapi.yaml, say in Messages.md how to
              move, and take the new state down with `schemas/check release`.
  accept      a break that was decided and hurts nobody: an entry in released/accepted.json, with the reason.
"""
INPUT, OUTPUT, OWN = "input", "output", "own"
# Requests come from others, outcomes go to others; the ledger is read by the release before and the one after.
DIRECTIONS = {"request": INPUT, "cancel": INPUT, "result": OUTPUT, "failure": OUTPUT, "progress": OUTPUT}


def direction_of(name):
    """Of a record's schema; what is not listed is the ledger's."""
    return DIRECTIONS.get(name, OWN)


LOWER = ("minLength", "minimum", "minItems", "minProperties")
UPPER = ("maxLength", "maximum", "maxItems", "maxProperties", "x-max-bytes")
FIXED = ("pattern", "format", "contentEncoding", "x-equal", "x-ascending")


class Shape:
    """The members of a record by their path, each with what is said of it, references resolved."""

    def __init__(self, documents, name):
        self.documents, self.members = documents, {}
        self.walk(name, documents[name], "")

    def resolve(self, base, schema):
        """With what a reference points at merged in; the schema's own words go first."""
        while isinstance(schema, dict) and "$ref" in schema:
            file, _, pointer = schema["$ref"].partition("#")
            base = file.removesuffix(".schema.json") or base
            target = self.documents[base]
            for step in pointer.split("/")[1:]:
                target = target[step]
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
        return base, schema

    def walk(self, base, schema, path):
        base, schema = self.resolve(base, schema)
        if not isinstance(schema, dict):
            schema = {} if schema else {"type": []}
        self.members[path] = schema
        for name, member in schema.get("properties", {}).items():
            self.walk(base, member, f"{path}.{name}")
        if "items" in schema:
            self.walk(base, schema["items"], f"{path}[]")
        if isinstance(schema.get("additionalProperties"), dict):
            self.walk(base, schema["additionalProperties"], f"{path}.*")


def as_set(value):
    return None if value is None else set(value) if isinstance(value, list) else {value}


def values(schema):
    """The finite set of what may stand there, as JSON texts; None if anything of the type may."""
    given = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if given is None else {json.dumps(v) for v in given}


def narrowed(old, new):
    """Whether the new set excludes what the old one allowed; None allows everything."""
    return new is not None and (old is None or not old <= new)


def member_complaints(path, old, new, direction):
    """Of one member: what writers may no longer send (input), or what readers do not expect (output)."""
    # What must not become narrower, seen from whoever was built against the release.
    before, after = (old, new) if direction != OUTPUT else (new, old)
    verb = "no longer takes" if direction != OUTPUT else "may now be"
    complaints = []
    for what, read in (("types", lambda s: as_set(s.get("type"))), ("values", values)):
        if narrowed(read(before), read(after)):
            missing = sorted((read(before) or {"anything"}) - read(after))
            complaints.append(f"{path} {verb} {', '.join(map(str, missing))} ({what})")
    for keys, is_worse in ((LOWER, lambda a, b: b > a), (UPPER, lambda a, b: b < a)):
        for key in keys:
            a, b = before.get(key), after.get(key)
            if b is not None and (a is None or is_worse(a, b)):
                complaints.append(f"{path}: {key} was {old.get(key, 'absent')} and is {new.get(key, 'absent')}")
    for key in FIXED:
        if key in after and before.get(key) != after[key]:
            complaints.append(f"{path}: {key} was {old.get(key, 'absent')} and is {new.get(key, 'absent')}")
    required_before, required_after = set(old.get("required", [])), set(new.get("required", []))
    if direction == OUTPUT:
        complaints += [f"{path}.{m} was always there, and may be absent now" for m in sorted(required_before - required_after)]
    else:
        complaints += [f"{path}.{m} must be given now" for m in sorted(required_after - required_before)]
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            complaints.append(f"{path} no longer takes members that it does not know")
    return complaints


def complaints(old_documents, new_documents, name):
    """What would break somebody who was built against the old one."""
    if name not in new_documents:
        return [f"{name} is gone"]
    old, new = Shape(old_documents, name), Shape(new_documents, name)
    direction = direction_of(name)
    found = []
    for path, schema in old.members.items():
        shown = path.lstrip(".") or "the record"
        if path in new.members:
            found += member_complaints(shown, schema, new.members[path], direction)
        elif path.rpartition(".")[0] in new.members or path.endswith("[]"):
            found.append(f"{shown} is gone")
    return found


def accepted(folder):
    """Parts of complaints that were accepted; each has its reason beside it."""
    entries = json.loads((folder / "accepted.json").read_text())
    return [entry["change"] for entry in entries if entry["why"]]


def number(version):
    return tuple(int(part) for part in version.split("."))


def released(folder):
    """Snapshots by version: schemas and valid examples."""
    files = sorted(folder.glob("[0-9]*.json"), key=lambda f: number(f.stem))
    return {f.stem: json.loads(f.read_text()) for f in files}


def check(schemas, tally, folder, version):
    """Against the latest release of the same major version."""
    snapshots = {v: s for v, s in released(folder).items() if number(v)[0] == number(version)[0]}
    if not snapshots:
        return tally.check(f"{version} is the first of its major version", [])
    latest = max(snapshots, key=number)
    snapshot = snapshots[latest]
    tally.check(
        f"asyncapi.yaml's version {version} is not older than {latest}, which was released",
        [] if number(version) >= number(latest) else ["raise info.version"],
    )
    failed, waved = tally.failed, accepted(folder)
    for name in snapshot["schemas"]:
        if name != "common":
            found = complaints(snapshot["schemas"], schemas.documents, name)
            tally.check(f"{name} fits {latest}", [c for c in found if not any(w in c for w in waved)])
    for name, records in snapshot["examples"].items():
        if direction_of(name) != OUTPUT:
            for file, record in records.items():
                tally.check(f"{name}/{file} of {latest} is still valid", schemas.complaints(name, record))
    if tally.failed > failed:
        print(ADVICE)


def snapshot(schemas, examples):
    """What a release consists of; examples only of what is read, as those are what must stay valid."""
    return {
        "schemas": schemas.documents,
        "examples": {
            name: {f.name: json.loads(f.read_text()) for f in sorted((examples / name / "valid").glob("*.json"))}
            for name in schemas.records
            if direction_of(name) != OUTPUT
        },
    }


def check_itself(folder, tally):
    """Deliberate breaks of the first release: each must be found, and what may change must pass."""
    snapshots = released(folder)
    if not snapshots:
        return
    original = snapshots[min(snapshots, key=number)]["schemas"]

    def changed(name, change):
        documents = copy.deepcopy(original)
        change(documents[name])
        return complaints(original, documents, name)

    breaks = {
        "request": [
            lambda s: s.update(required=["prompt"]),
            lambda s: s["properties"].pop("priority"),
            lambda s: s["properties"]["priority"].update(maximum=5),
            lambda s: s["properties"]["seed"].update(type="integer"),
            lambda s: s["properties"]["id"].update(pattern="^[a-z]+$"),
            lambda s: s.update(additionalProperties=False),
        ],
        "result": [
            lambda s: s["required"].remove("attempts"),
            lambda s: s["properties"].pop("video_url"),
            lambda s: s["properties"]["video_url"].update(type=["string", "null"]),
            lambda s: s["properties"].update(status={"enum": ["succeeded", "done"]}),
        ],
        "ledger-entry": [lambda s: s["required"].append("something")],
    }
    for name, changes in breaks.items():
        for index, change in enumerate(changes):
            tally.check(f"break {index + 1} of {name} is found", [] if changed(name, change) else ["it is not"])
    tally.check("a new optional member is compatible", changed("result", lambda s: s["properties"].update(new={"type": "string"})))
    tally.check("a wider bound is compatible on input", changed("request", lambda s: s["properties"]["prompt"].update(maxLength=9000)))


def version_of(asyncapi):
    return re.search(r"^  version: (\d+\.\d+\.\d+)$", asyncapi.read_text(), re.M).group(1)
