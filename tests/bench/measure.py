#!/usr/bin/env python3
"""One measurement of several programs: runs them in turn, and prints a row each of median time, its ratio to the last one's,
peak memory, for ours instructions, system calls and round trips, and for all the requests to a cluster.

    measure.py WHAT LABEL=COMMAND…     a label that ends in "*" is counted, too
    BENCH_RUNS=15                      counted runs of each, after one that warms up
    BENCH_TRIPS=FILE                   where relay.py writes the round trips to each port; else they are counted in what
                                       a program sends and receives
    BENCH_AUDIT=FILE                   the audit log of an API server, whose own programs call themselves kube-NAME"""
import collections
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

GOOD = (0, 2)


def once(argv):
    """Wall seconds of one run."""
    null = os.open(os.devnull, os.O_RDWR)
    start = time.monotonic()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, _ = os.wait4(pid, 0)
    seconds = time.monotonic() - start
    os.close(null)
    code = os.waitstatus_to_exitcode(status)
    if code not in GOOD:
        sys.exit(f"measure: {shlex.join(argv)} ended with {code}")
    return seconds


def under(tool, argv):
    """What a tool says on stderr of one run under it."""
    return subprocess.run(tool + argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True, errors="replace", check=False).stderr


def peak(argv):
    """Mebibytes. A process begins with the peak of the one that starts it, and this one's is large: time's is small."""
    with tempfile.NamedTemporaryFile("r") as out:
        under(["time", "-o", out.name, "-f", "%M"], argv)
        return int(out.read().split()[-1]) / 1024


def instructions(argv):
    found = re.search(r"Collected : (\d+)", under(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], argv))
    return f"{int(found.group(1)) / 1e6:.2f}M" if found else "?"


def calls_and_trips(argv):
    """A round trip begins with what is sent after something came."""
    calls = trips = 0
    asked = False
    for line in under(["strace", "-f", "-qq", "-e", "signal=none"], argv).splitlines():
        line = re.sub(r"^\[pid +\d+\] ", "", line)
        calls += 1
        if line.startswith("sendto"):
            asked = True
        elif line.startswith("recvfrom") and re.search(r"= [1-9]\d*$", line):
            trips += asked
            asked = False
    return calls, trips


def relayed(argv, path):
    """What the relay counted of one run alone: the most of one port, whose lives follow each other."""
    time.sleep(1)  # what comes late of the run before
    open(path, "w", encoding="ascii").close()
    once(argv)
    time.sleep(1)
    trips = collections.Counter()
    with open(path, encoding="ascii") as rows:
        for row in rows:
            port, count = row.split()
            trips[port] += int(count)
    return max(trips.values(), default=0)


def requests(argv, audit):
    """What the API server was asked by one run alone; it writes that down when it has answered."""
    time.sleep(1)  # what comes late of the run before
    with open(audit, encoding="utf-8") as lines:
        lines.seek(0, os.SEEK_END)
        once(argv)
        time.sleep(1)
        events = map(json.loads, lines)
        return len({event["auditID"] for event in events if not event.get("userAgent", "kube-").startswith("kube-")})


def main():
    what = sys.argv[1]
    commands = [(label, shlex.split(command)) for label, command in (argument.split("=", 1) for argument in sys.argv[2:])]
    runs = int(os.environ.get("BENCH_RUNS", "15"))
    seconds = [[] for _ in commands]
    for turn in range(runs + 1):
        for which, (_, argv) in enumerate(commands):
            took = once(argv)
            if turn:
                seconds[which].append(took)
    medians = [statistics.median(took) for took in seconds]
    for which, (label, argv) in enumerate(commands):
        counted = ["", "", ""]
        if label.endswith("*"):
            calls, trips = calls_and_trips(argv)
            relay = os.environ.get("BENCH_TRIPS")
            counted = [instructions(argv), str(calls), str(relayed(argv, relay) if relay else trips)]
        audit = os.environ.get("BENCH_AUDIT")
        print(f"{what if which == 0 else '':<34} {label.rstrip('*'):<8} {medians[which] * 1000:>8.1f}ms "
              f"{medians[which] / medians[-1]:>7.3f} {peak(argv):>6.1f}MB {counted[0]:>9} {counted[1]:>6} {counted[2]:>5} "
              f"{requests(argv, audit) if audit else '':>4}",
              flush=True)


main()
