#!/usr/bin/env python3
"""A job of .gitlab/reconcile.yml as GitLab and its runner make it, without them.

    gitlab.py FILE [--input NAME=VALUE …] --whole          the pipeline with inputs in their places, as JSON
    gitlab.py FILE [--input …] --jobs [VARIABLE=VALUE …]   the jobs that its rules let run in such a pipeline
    gitlab.py FILE [--input …] --script JOB                what a shell is given, variables first

Facts: docs.gitlab.com/ci/inputs (types, options, interpolation), /ci/yaml (extends, rules, variables:expand).
"""
import argparse, json, re, shlex, sys, yaml

INPUT = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")
TYPES = {"string": str, "boolean": bool, "array": list, "number": (int, float)}


def given_inputs(spec, given):
    unknown = set(given) - set(spec)
    if unknown:
        sys.exit(f"unknown input arguments: {', '.join(unknown)}")
    values = {}
    for name, rule in spec.items():
        kind = rule.get("type", "string")
        value = given.get(name, rule.get("default"))
        if name in given and kind != "string":
            value = yaml.safe_load(value)
        if not isinstance(value, TYPES[kind]):
            sys.exit(f"`{name}` input: {'required value has not been provided' if value is None else 'provided value is not a ' + kind}")
        if value not in rule.get("options", [value]):
            sys.exit(f"`{name}` input: `{value}` cannot be used because it is not in the list of allowed options")
        values[name] = value
    return values


def placed(node, values):
    """A whole text becomes the input with its type; within a longer one it is written out."""
    if isinstance(node, dict):
        return {placed(k, values): placed(v, values) for k, v in node.items()}
    if isinstance(node, list):
        return [placed(item, values) for item in node]
    if not isinstance(node, str):
        return node
    whole = INPUT.fullmatch(node)
    if whole:
        return values[whole[1]]
    return INPUT.sub(lambda found: values[found[1]] if isinstance(values[found[1]], str) else json.dumps(values[found[1]]), node)


def merged(below, above):
    if isinstance(below, dict) and isinstance(above, dict):
        return {k: merged(below[k], above[k]) if k in below and k in above else above.get(k, below.get(k)) for k in {**below, **above}}
    return above


def extended(pipeline, name):
    job = pipeline[name]
    return merged(extended(pipeline, job["extends"]), {k: v for k, v in job.items() if k != "extends"}) if "extends" in job else job


def holds(condition, variables):
    def value(word):
        word = word.strip()
        return variables.get(word[1:], "") if word.startswith("$") else word.strip("\"'")
    def one(part):
        left, op, right = re.fullmatch(r"(.*?)\s*(==|!=)\s*(.*)", part.strip()).groups()
        return (value(left) == value(right)) == (op == "==")
    return all(one(part) for part in condition.split("&&"))


def runs(job, variables):
    for rule in job.get("rules", [{}]):
        if "if" not in rule or holds(rule["if"], variables):
            return rule.get("when", "on_success")
    return "never"


def script(job):
    lines = []
    for name, value in job.get("variables", {}).items():
        plain = value["value"] if isinstance(value, dict) else value
        lines.append(f"export {name}={shlex.quote(str(plain).lower() if isinstance(plain, bool) else str(plain))}")
    return "\n".join(["set -e", *lines, *job.get("before_script", []), *job["script"], ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--input", action="append", default=[])
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--jobs", nargs="*")
    parser.add_argument("--script")
    options = parser.parse_args()
    header, pipeline = yaml.safe_load_all(open(options.file, encoding="utf-8"))
    assert list(header) == ["spec"], "the first document is the header"
    pipeline = placed(pipeline, given_inputs(header["spec"]["inputs"], dict(item.split("=", 1) for item in options.input)))
    if options.whole:
        print(json.dumps(pipeline))
    elif options.script:
        print(script(extended(pipeline, options.script)))
    else:
        variables = {"CI_DEFAULT_BRANCH": "main", **dict(item.split("=", 1) for item in options.jobs)}
        for name in pipeline:
            when = runs(extended(pipeline, name), variables)
            if not name.startswith(".") and when != "never":
                print(f"{name}: {when}")


main()
