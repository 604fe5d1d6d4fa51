#!/usr/bin/env python3
"""Looks at one world of the fault tests: the store, the Docker configuration and the history in the current folder, and
what the test engine has under the world's prefix.

    audit.py state PREFIX                    what there is, but the history; the same twice when nothing has changed
    audit.py audit PREFIX BUILDER:STATUS…    what is wrong, a line each; nothing when all is well
    audit.py store PREFIX BUILDER:STATUS…    the same, but of store and history alone

It runs after each of a thousand points, so it is one process that asks the Engine itself (the docker command line takes
fifty milliseconds), and needs nothing but the standard library (python3 -IS)."""
import fcntl
import fnmatch
import json
import os
import socket
import subprocess
import sys

LOCKS = ("store/.lock", "store/.reconcile.lock")
LEDGER = "history.git/reconcile.leftovers"
LEFT_BEHIND = (".tmp-*", "tmp_*", "*.lock", "*.tmp-*", "reconcile.key.*", ".reconcile-*", "reconcile.journal")


def files_below(*folders):
    for top in folders:
        for folder, _, names in os.walk(top):
            yield from (path for path in (os.path.join(folder, name) for name in sorted(names)) if not os.path.islink(path))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def engine(path):
    """HTTP/1.0: the answer comes whole, and its end is the end of the connection."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["RECONCILE_ENGINE_SOCK"])
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return json.loads(answer.split(b"\r\n\r\n", 1)[1])


def containers(prefix):
    """Name and what distinguishes one from its successor, for each node's container."""
    found = ((one["Names"][0][1:], one["Id"] + " " + one["State"]) for one in engine("/containers/json?all=1"))
    return {name: what for name, what in found if name.startswith("buildx_buildkit_" + prefix)}


def volumes(prefix):
    return {one["Name"] for one in engine("/volumes")["Volumes"] or () if one["Name"].startswith("buildx_buildkit_" + prefix)}


def state(prefix):
    for path in files_below("store", "docker"):
        if path not in LOCKS:
            print(path, read(path))
    print(sorted(containers(prefix).items()), sorted(volumes(prefix)))


def instances():
    """Builder of each instance file; None where it is not one."""
    for path in files_below("store/instances"):
        try:
            builder = json.loads(read(path))
            whole = "store/instances/" + builder["Name"] == path
        except (ValueError, KeyError, TypeError):
            whole = False
        yield path, builder if whole else None


def audit_store(builders, wanted):
    for path, builder in builders.items():
        if builder is None:
            yield f"damaged: {path}: {read(path)[:200]}"
    # The plugin by itself: the docker command line would start it twice.
    said = subprocess.run(["docker/cli-plugins/docker-buildx", "ls", "--format", "{{json .}}"], capture_output=True, text=True)
    try:
        listed = [json.loads(line) for line in said.stdout.splitlines()]
        listed = {f"{one['Name']}:{node['Status']}" for one in listed if one["Driver"] not in ("docker", "") for node in one["Nodes"]}
    except (ValueError, KeyError, TypeError):
        listed = None
    if listed != set(wanted):
        yield f"docker buildx ls lists {listed}, wanted: {wanted}; {said.stdout[:1000]}{said.stderr}"
    for path in filter(os.path.exists, LOCKS):
        with open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield f"still locked: {path}"
    if os.path.exists(LOCKS[1]) and read(LOCKS[1]):
        yield f"an owner is left in {LOCKS[1]}: {read(LOCKS[1])}"


def audit_leftovers():
    for folder, folders, names in os.walk("."):
        for path in (os.path.relpath(os.path.join(folder, name)) for name in folders + names):
            if path not in LOCKS and any(fnmatch.fnmatchcase(os.path.basename(path), left) for left in LEFT_BEHIND):
                yield f"left behind: {path}"


def git(*arguments):
    return subprocess.run(["git", "--git-dir=history.git", *arguments], capture_output=True, text=True)


def audit_history():
    checked = git("fsck", "--strict", "--no-dangling")
    if checked.returncode:
        yield f"git fsck: {checked.stdout}{checked.stderr}"
    refs = set(git("for-each-ref", "--format=%(refname)", "refs/reconcile").stdout.split())
    named = set(git("log", "--format=%(trailers:key=Private-Ref,valueonly)", "main").stdout.split())
    private = {ref for ref in refs if ref.startswith("refs/reconcile/private/")}
    yield from (f"still pending: {ref}" for ref in sorted(refs) if ref.startswith("refs/reconcile/pending/"))
    yield from (f"a private ref that no record names: {ref}" for ref in sorted(private - named))
    yield from (f"a record names a private ref that is not there: {ref}" for ref in sorted(named - private))


def audit_engine(prefix, builders, wanted):
    """Volumes of nodes that went may be there where the ledger says that they are kept for a while."""
    nodes = {"buildx_buildkit_" + node["Name"] for builder in builders.values()
             if builder and builder["Driver"] == "docker-container" for node in builder["Nodes"]}
    if not any(one.endswith(":running") for one in wanted):
        nodes = set()  # a builder that was never booted has no container
    yield from (f"containers and store differ: {name}" for name in sorted(nodes ^ set(containers(prefix))))
    if not nodes:
        return
    kept = json.loads(read(LEDGER))["nodes"] if os.path.exists(LEDGER) else []
    kept = {f"buildx_buildkit_{node['node']}_state" for node in kept if node.get("until", 0) > 0}
    have, want = volumes(prefix), {node + "_state" for node in nodes}
    yield from (f"volumes and store differ: {name}" for name in sorted((want - have) | (have - want - kept)))


def told(*parts):
    for found in parts:
        for line in found:
            print(line)


def audit(prefix, *wanted):
    store(prefix, *wanted)
    told(audit_engine(prefix, dict(instances()), wanted))


def store(_, *wanted):
    told(audit_store(dict(instances()), wanted), audit_leftovers(), audit_history())


{"state": state, "audit": audit, "store": store}[sys.argv[1]](*sys.argv[2:])
