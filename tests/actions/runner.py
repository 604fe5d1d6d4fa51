#!/usr/bin/env python3
"""Runs a composite action of this repository as a runner of GitHub's does, without the service.

    runner.py ACTION [--event FILE] [--input NAME=VALUE …]

Runs in the current folder as workspace. The action's outputs go to outputs.json, what its steps append to their
summaries to summary.md, and the log to stdout; the exit code is 1 when a step failed. Of GitHub's expressions it knows
what actions here use, and refuses the rest, as it does an input that the action has not.

Facts: docs.github.com "Metadata syntax", "Contexts", "Evaluate expressions"; actions/runner
src/Runner.Worker/Handlers/ScriptHandlerHelpers.cs (bash --noprofile --norc -e -o pipefail), FileCommandManager.cs.
"""
import argparse, json, os, re, subprocess, sys, tempfile, yaml

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<op>&&|\|\||==|!=|!|\(|\)|\.)|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*))")


class Expression:
    """contexts: what names mean; status: whether all steps so far went well."""

    def __init__(self, text, contexts, well):
        self.tokens, self.contexts, self.well, at = [], contexts, well, 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            if not found:
                raise SystemExit(f"runner: what is {text[at:]!r} in the expression {text!r}?")
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()
        self.asks_status = False

    def value(self):
        value = self.either()
        if self.tokens:
            raise SystemExit(f"runner: more than an expression: {self.tokens}")
        return value

    def took(self, *texts):
        if self.tokens and self.tokens[0][0] == "op" and self.tokens[0][1] in texts:
            return self.tokens.pop(0)[1]

    def either(self):
        value = self.both()
        while self.took("||"):
            other = self.both()
            value = value or other
        return value

    def both(self):
        value = self.equal()
        while self.took("&&"):
            other = self.equal()
            value = value and other
        return value

    def equal(self):
        value = self.one()
        while op := self.took("==", "!="):
            value = (str(value).lower() == str(self.one()).lower()) == (op == "==")
        return value

    def one(self):
        if self.took("!"):
            return not self.one()
        if self.took("("):
            value = self.either()
            assert self.took(")"), "a parenthesis is not closed"
            return value
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return int(word)
        if self.took("("):
            assert self.took(")"), f"{word}() with arguments is not known here"
            self.asks_status = True
            return {"always": True, "success": self.well, "failure": not self.well, "cancelled": False}[word]
        value = self.contexts[word]
        while self.took("."):
            value = (value or {}).get(self.tokens.pop(0)[1])
        return "" if value is None else value


def filled(text, contexts, well=True):
    """Expressions in a text, in their places."""
    def shown(found):
        value = Expression(found[1], contexts, well).value()
        return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return re.sub(r"\$\{\{(.*?)\}\}", shown, str(text), flags=re.S)


def runs(condition, contexts, well):
    if condition is None:
        return well
    found = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", str(condition), flags=re.S)
    expression = Expression(found[1] if found else str(condition), contexts, well)
    value = expression.value()
    return bool(value) and (expression.asks_status or well)


def pairs(path):
    """NAME=VALUE, or NAME<<END and lines up to END."""
    lines, found = iter(open(path, encoding="utf-8").read().split("\n")), {}
    for line in lines:
        if not line:
            continue
        if "<<" in line and "=" not in line.split("<<")[0]:
            name, end = line.split("<<", 1)
            value = []
            for line in lines:
                if line == end:
                    break
                value.append(line)
            else:
                raise SystemExit(f"runner: {name} has no end {end}")
            found[name] = "\n".join(value)
        else:
            name, value = line.split("=", 1)
            found[name] = value
    return found


class Job:
    def __init__(self, folder, event, given):
        self.folder = os.path.realpath(folder)
        self.action = yaml.safe_load(open(os.path.join(self.folder, "action.yml"), encoding="utf-8"))
        declared = self.action.get("inputs", {})
        unknown = set(given) - set(declared)
        if unknown:
            raise SystemExit(f"runner: the action has no input {', '.join(unknown)}")
        self.github = {"token": os.environ.get("RUNNER_TOKEN", ""), "event": event, "workspace": os.getcwd(),
                       "event_name": "pull_request" if "pull_request" in event else "push", "action_path": self.folder, "action_repository": ""}
        contexts = {"github": self.github}
        inputs = {name: given.get(name, filled(spec.get("default") or "", contexts)) for name, spec in declared.items()}
        self.contexts = {"github": self.github, "inputs": inputs, "steps": {}}
        self.well, self.paths = True, []

    def step(self, step):
        if not runs(step.get("if"), self.contexts, self.well):
            return
        assert step.get("shell") == "bash", "every step of a composite action names its shell"
        with tempfile.TemporaryDirectory() as folder:
            files = {name: os.path.join(folder, name) for name in
                     ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")}
            for path in files.values():
                open(path, "w").close()
            script, event = os.path.join(folder, "script.sh"), os.path.join(folder, "event.json")
            open(script, "w").write(filled(step["run"], self.contexts, self.well))
            json.dump(self.github["event"], open(event, "w"))
            environ = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "RUNNER_"))}
            environ.update({k: v for k, v in os.environ.items() if k in
                            ("GITHUB_API_URL", "GITHUB_REPOSITORY", "RUNNER_TEMP", "RUNNER_TOOL_CACHE")})
            environ.update(files, GITHUB_ACTIONS="true", GITHUB_EVENT_PATH=event, GITHUB_WORKSPACE=os.getcwd(), CI="true",
                           GITHUB_EVENT_NAME=self.github["event_name"], GITHUB_ACTION_PATH=self.folder)
            environ["PATH"] = os.pathsep.join([*reversed(self.paths), environ["PATH"]])
            environ.update({k: filled(v, self.contexts, self.well) for k, v in (step.get("env") or {}).items()})
            print(f"== {step.get('id') or step.get('name') or 'step'}", flush=True)
            code = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script], env=environ,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT).returncode
            if step.get("id"):
                self.contexts["steps"][step["id"]] = {"outputs": pairs(files["GITHUB_OUTPUT"]),
                                                      "outcome": "failure" if code else "success"}
            self.paths += [line for line in open(files["GITHUB_PATH"]).read().split("\n") if line]
            with open("summary.md", "a", encoding="utf-8") as summary:
                summary.write(open(files["GITHUB_STEP_SUMMARY"], encoding="utf-8").read())
        if code and not step.get("continue-on-error"):
            print(f"== failed with {code}", flush=True)
            self.well = False

    def run(self):
        open("summary.md", "w").close()
        for step in self.action["runs"]["steps"]:
            self.step(step)
        outputs = {name: filled(spec["value"], self.contexts) for name, spec in self.action.get("outputs", {}).items()}
        json.dump(outputs, open("outputs.json", "w"), indent=2)
        return 0 if self.well else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("action")
    parser.add_argument("--event")
    parser.add_argument("--input", action="append", default=[])
    options = parser.parse_args()
    event = json.load(open(options.event)) if options.event else {}
    sys.exit(Job(options.action, event, dict(item.split("=", 1) for item in options.input)).run())


main()
