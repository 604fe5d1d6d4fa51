#!/usr/bin/env python3
"""One row of the benchmark: runs one or two commands alternately and prints medians, their ratio and peak memory."""
import os
import shlex
import statistics
import sys
import time


def once(argv):
    """Wall seconds and peak resident KiB of one run, its children included where they are larger."""
    null = os.open(os.devnull, os.O_RDWR)
    start = time.monotonic()
    pid = os.posix_spawnp(
        argv[0], argv, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - start
    os.close(null)
    return seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status)


def main():
    name, commands = sys.argv[1], [shlex.split(c) for c in sys.argv[2:]]
    runs = int(os.environ.get("BENCH_RUNS", "15"))
    results = [[] for _ in commands]
    for turn in range(runs + 1):
        for which, argv in enumerate(commands):
            result = once(argv)
            if result[2] not in (0, 2):
                sys.exit(f"compare: {shlex.join(argv)} ended with {result[2]}")
            if turn:  # the first of each warms up
                results[which].append(result)
    seconds = [statistics.median(r[0] for r in rows) for rows in results]
    peaks = [statistics.median(r[1] for r in rows) / 1024 for rows in results]
    if len(commands) == 1:
        print(f"{name:<38} {seconds[0] * 1000:>8.1f}ms {'':>10} {'':>7} {peaks[0]:>7.1f}MB")
    else:
        print(f"{name:<38} {seconds[0] * 1000:>8.1f}ms {seconds[1] * 1000:>8.1f}ms {seconds[0] / seconds[1]:>7.3f} "
              f"{peaks[0]:>7.1f}MB {peaks[1]:>7.1f}MB")


main()
