"""Validates schemas, examples, AsyncAPI document and records; run through schemas/check."""

import base64
import copy
import json
import sys
from datetime import datetime
from pathlib import Path

import compatibility
import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from pydantic import ValidationError as ModelError
from pydantic_asyncapi import AsyncAPI
from referencing import Registry, Resource

HERE = Path(__file__).resolve().parent
SUFFIX = ".schema.json"


def utf8_length(value):
    """Bytes of a string, or of any other value as compact JSON."""
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(value.encode())


def x_max_bytes(_, bound, value, __):
    if value is not None and utf8_length(value) > bound:
        yield ValidationError(f"has {utf8_length(value)} bytes, more than {bound}")


def x_equal(_, names, value, __):
    given = {value[n] for n in names if value.get(n) is not None} if isinstance(value, dict) else set()
    if len(given) > 1:
        yield ValidationError(f"{' and '.join(names)} differ")


def x_ascending(_, names, value, __):
    given = [value[n] for n in names if isinstance(value, dict) and isinstance(value.get(n), str)]
    try:
        times = [datetime.fromisoformat(g.replace("Z", "+00:00")) for g in given]
    except ValueError:
        return  # The format's own error says it.
    if any(later <= earlier for earlier, later in zip(times, times[1:])):
        yield ValidationError(f"{' and '.join(names)} are not in ascending order")


Validator = validators.extend(
    Draft202012Validator,
    {"x-max-bytes": x_max_bytes, "x-equal": x_equal, "x-ascending": x_ascending},
)


def exact_object(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a member twice")
    return members


def no_constant(text):
    raise ValueError(f"{text} is not JSON")


def parse(text):
    """Strict JSON: UTF-8, no byte order mark, no NaN, no member twice."""
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    return json.loads(text, object_pairs_hook=exact_object, parse_constant=no_constant)


class Schemas:
    """Every schema file by name, with its references resolved among the files only."""

    def __init__(self):
        self.documents = {p.name.removesuffix(SUFFIX): parse(p.read_bytes()) for p in HERE.glob("*" + SUFFIX)}
        self.registry = Registry().with_resources(
            (document["$id"], Resource.from_contents(document)) for document in self.documents.values()
        )

    @property
    def records(self):
        return sorted(set(self.documents) - {"common"})

    def validator(self, schema):
        return Validator(schema, registry=self.registry, format_checker=FormatChecker(["date-time", "date"]))

    def complaints(self, name, record):
        """What is wrong with the record, one sentence each."""
        if name == "outcome":
            failed = isinstance(record, dict) and record.get("status") == "failed"
            name = "failure" if failed else "result"
        errors = self.validator(self.documents[name]).iter_errors(record)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]


class Tally:
    def __init__(self, verbose):
        self.verbose, self.passed, self.failed = verbose, 0, 0

    def check(self, what, complaints, note=""):
        if complaints:
            self.failed += 1
            print(f"FAILED {what}")
            for complaint in complaints:
                print(f"       {complaint}")
        else:
            self.passed += 1
            if self.verbose:
                print(f"ok     {what}{note and '  ← ' + note}")

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def follow(base, reference):
    """The value that a reference in the file `base` points at; files may be JSON or YAML."""
    file, _, pointer = reference.partition("#")
    path = (base.parent / file).resolve() if file else base
    if HERE not in path.parents:
        raise ValueError("leads out of schemas/")
    value = yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else parse(path.read_bytes())
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def dangling(base, document):
    complaints = []
    for reference in references(document):
        try:
            follow(base, reference)
        except (OSError, KeyError, IndexError, ValueError, TypeError) as error:
            complaints.append(f"{reference}: {type(error).__name__}: {error}")
    return complaints


def check_schemas(schemas, tally):
    for name, schema in sorted(schemas.documents.items()):
        errors = Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)
        complaints = [f"{error.json_path}: {error.message[:200]}" for error in errors]
        if not schema["$id"].endswith("/" + name + SUFFIX):
            complaints.append(f"$id {schema['$id']} is not named like the file")
        complaints += [f"no {key}" for key in ("title", "description") if not schema.get(key)]
        complaints += dangling(HERE / (name + SUFFIX), schema)
        tally.check(f"{name}{SUFFIX} is a schema", complaints)


def disagreements(record):
    """What a schema cannot say of an outcome's own numbers."""
    timings = record.get("timings")
    if not timings:
        return []
    at = {k: datetime.fromisoformat(v.replace("Z", "+00:00")) for k, v in timings.items() if k.endswith("_at")}

    def between(start, end):
        return max(0, round((at[end] - at[start]).total_seconds() * 1000))

    last = "submitted_at" if "submitted_at" in at else "finished_at"
    expected = {"queued_ms": between("accepted_at", last), "total_ms": between("requested_at", "finished_at")}
    if "submitted_at" in at:
        expected["generating_ms"] = between("submitted_at", "finished_at")
    complaints = [f"timings.{k} is {timings[k]}, the instants say {v}" for k, v in expected.items() if timings[k] != v]
    if "request_raw_base64" in record:
        base64.b64decode(record["request_raw_base64"], validate=True)
    if "request" in record and isinstance(record["request"], dict):
        complaints += [
            f"{k} differs from the request's"
            for k in ("id", "metadata")
            if k in record and k in record["request"] and record["error"]["kind"] != "invalid_request"
            and record[k] != record["request"][k]
        ]
    return complaints


def check_examples(schemas, tally):
    for name in schemas.records:
        for kind in ("valid", "invalid"):
            files = sorted((HERE / "examples" / name / kind).glob("*.json"))
            tally.check(f"{name} has {kind} examples", [] if files else ["there are none"])
            for file in files:
                what = f"{name}/{kind}/{file.name}"
                try:
                    record = parse(file.read_bytes())
                except ValueError as error:
                    tally.check(what, [str(error)] if kind == "valid" else [], str(error))
                    continue
                complaints = schemas.complaints(name, record)
                if kind == "valid":
                    tally.check(what, complaints or disagreements(record))
                elif len({complaint.split(": ")[0] for complaint in complaints}) > 1:
                    tally.check(what, ["wrong in more than one place:", *complaints])
                else:
                    tally.check(what, [] if complaints else ["passes"], "; ".join(complaints))
    known = {HERE / "examples" / name / kind for name in schemas.records for kind in ("valid", "invalid")}
    strays = [str(f.relative_to(HERE)) for f in (HERE / "examples").rglob("*") if f.is_file() and f.parent not in known]
    tally.check("no stray example", strays)


def check_asyncapi(schemas, tally):
    path = HERE / "asyncapi.yaml"
    document = yaml.safe_load(path.read_text())
    # The models (0.3.2) have no place for Kafka's message bindings: these are checked below, the rest by the models.
    modelled = copy.deepcopy(document)
    bindings = {name: m.pop("bindings", {}) for name, m in modelled["components"]["messages"].items()}
    try:
        AsyncAPI.model_validate(modelled)
        complaints = []
    except ModelError as error:
        complaints = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if document.get("asyncapi") != "3.0.0":
        complaints.append("asyncapi is not 3.0.0")
    tally.check("asyncapi.yaml has the structure of AsyncAPI 3.0 (models of pydantic-asyncapi)", complaints)
    keyless = [name for name, binding in bindings.items() if set(binding.get("kafka", {})) != {"key", "bindingVersion"}]
    tally.check("asyncapi.yaml: every message has a key", keyless)
    tally.check("asyncapi.yaml: every $ref resolves", dangling(path, document))
    described = {r.removesuffix(SUFFIX).removeprefix("./") for r in references(document) if r.endswith(SUFFIX)}
    missing = sorted(set(schemas.records) - described)
    tally.check("asyncapi.yaml refers to every record", [f"not to {name}" for name in missing])
    for channel, value in document["channels"].items():
        names = set(value["messages"])
        for key, operation in document["operations"].items():
            if operation["channel"]["$ref"] != f"#/channels/{channel}":
                continue
            strangers = [
                m["$ref"]
                for m in operation.get("messages", [])
                if not m["$ref"].startswith(f"#/channels/{channel}/messages/") or m["$ref"].split("/")[-1] not in names
            ]
            tally.check(f"asyncapi.yaml: operation {key} uses its channel's messages", strangers)
    for name, message in document["components"]["messages"].items():
        payload = follow(path, message["payload"]["schema"]["$ref"])
        headers = message.get("headers", {}).get("schema", {}).get("$ref")
        for example in message.get("examples", []):
            what = f"asyncapi.yaml: example {example['name']} of {name}"
            complaints = schemas.complaints(payload["$id"].split("/")[-1].removesuffix(SUFFIX), example["payload"])
            if headers and "headers" in example:
                named = {"$ref": schemas.documents["common"]["$id"] + "#" + headers.partition("#")[2]}
                complaints += [e.message for e in schemas.validator(named).iter_errors(example["headers"])]
            tally.check(what, complaints)


def check_file(schemas, tally, name, file):
    """JSON lines; a file that is one JSON document is one record."""
    text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    shown = "stdin" if file == "-" else file
    try:
        lines = [(shown, parse(text))]
    except ValueError:
        lines = [(f"{shown}:{n}", line) for n, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    for where, line in lines:
        try:
            record = parse(line) if isinstance(line, bytes) else line
            complaints = schemas.complaints(name, record)
        except ValueError as error:
            complaints = [str(error)]
        tally.check(f"{where} is a valid {name}", complaints)


def check_compatibility(schemas, tally):
    compatibility.check(schemas, tally, HERE / "released", compatibility.version_of(HERE / "asyncapi.yaml"))
    compatibility.check_itself(HERE / "released", tally)


def release(schemas, tally):
    """Takes today's schemas down as the version that asyncapi.yaml names."""
    version = compatibility.version_of(HERE / "asyncapi.yaml")
    path = HERE / "released" / f"{version}.json"
    if path.exists():
        print(f"schemas/check: {version} has been released; raise info.version in asyncapi.yaml first", file=sys.stderr)
        return 1
    check_schemas(schemas, tally)
    check_examples(schemas, tally)
    check_compatibility(schemas, tally)
    if tally.failed:
        return tally.close()
    content = compatibility.snapshot(schemas, HERE / "examples")
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")
    print(f"released {version}: {path.relative_to(HERE.parent)}")
    return tally.close()


def main(arguments):
    verbose = "-v" in arguments
    arguments = [a for a in arguments if a != "-v"]
    schemas, tally = Schemas(), Tally(verbose)
    if not arguments:
        check_schemas(schemas, tally)
        check_examples(schemas, tally)
        check_asyncapi(schemas, tally)
        check_compatibility(schemas, tally)
        return tally.close()
    if arguments == ["release"]:
        return release(schemas, tally)
    name, *files = arguments
    names = [*schemas.records, "outcome"]
    if name not in names or not files:
        print(f"usage: schemas/check [-v] [release | SCHEMA FILE...]; SCHEMA is one of {', '.join(names)}", file=sys.stderr)
        return 2
    for file in files:
        try:
            check_file(schemas, tally, name, file)
        except OSError as error:
            print(f"schemas/check: cannot read {file}: {error.strerror}", file=sys.stderr)
            return 2
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
