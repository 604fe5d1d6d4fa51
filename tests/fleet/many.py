#!/usr/bin/env python3
"""Hosts of a fleet as input for `git fast-import`: COUNT of them, each with a record and a summary, and of every twenty
one that drifted, one that is held, one whose record failed, one that was silent for a month, and one that is unreadable.

    many.py COUNT NOW | git -C REMOTE fast-import --quiet"""
import hashlib
import sys
import time

COUNT, NOW = int(sys.argv[1]), int(sys.argv[2])
ADDRESS = "reconcile <root@generated>"


def rfc3339(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def data(text):
    raw = text.encode()
    sys.stdout.buffer.write(b"data %d\n%s\n" % (len(raw), raw))


def identify(kind, raw):
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(raw), raw))


def put(text):
    sys.stdout.buffer.write(text.encode())


for number in range(COUNT):
    kind = number % 20
    host = f"build{number:04}"
    name = f"{host}-{number:012x}"
    when = NOW - (30 * 86400 if kind == 3 else 600)
    status = "failed" if kind == 2 else "applied"
    message = f"apply: create ci\n\nPlan-Id: {number:064x}\nStatus: {status}\nStore: /root/.docker/buildx\nHost: {host}\n"
    report = f"A record of {host}\n" * 20
    put(f"commit refs/heads/hosts/{name}\ncommitter {ADDRESS} {when - 60} +0000\n")
    data(message)
    put("M 100644 inline report.md\n")
    data(report)
    tree = identify(b"tree", b"100644 report.md\0" + identify(b"blob", report.encode()).digest()).hexdigest()
    who = f"{ADDRESS} {when - 60} +0000"
    tip = identify(b"commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\n{message}".encode()).hexdigest()
    put(f"commit refs/reconcile/hosts/{name}\ncommitter {ADDRESS} {when} +0000\n")
    lines = [f"Host: {host}", "User: root", "Store: /root/.docker/buildx"]
    if kind == 4:
        lines = ["Host: "]
    lines += [f"Tip: {tip}", f"Record: {tip}", f"Recorded: {rfc3339(when - 60)}", "Serial: 3", f"Status: {status}", "What: apply: create ci",
              "State-Commit: 3f2a1b9c0d4e5f60718293a4b5c6d7e8f9012345"]
    if kind == 1:
        lines.append("Held: yes")
    if kind != 2:
        lines += [f"Checked: {rfc3339(when)}", f"Checked-Record: {tip}"]
        lines += ["Drift: some", "Changes: 2"] if kind == 0 else ["Drift: none"]
    data(f"{host}: generated\n\nReconcile-Summary: 1\n" + "\n".join(lines) + "\n")
    put("deleteall\n")
