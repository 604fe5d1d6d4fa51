#!/usr/bin/env python3
"""`docker buildx inspect` on stdin as docker/setup-buildx-action's output `nodes` on stdout.

After docker/actions-toolkit src/buildx/builder.ts, parseInspect(); without `features`, which that action has because it
asks with DEBUG=1.
"""
import json, re, sys

PLAIN = {"endpoint": "endpoint", "status": "status", "buildkit daemon flags": "buildkitd-flags", "flags": "buildkitd-flags",
         "buildkit version": "buildkit", "buildkit": "buildkit"}
RULE = {"filters": "filter", "keep duration": "keepDuration", "keep bytes": "keepBytes", "reserved space": "reservedSpace",
        "max used space": "maxUsedSpace", "min free space": "minFreeSpace"}
nodes, section, seen = [], None, False
for line in sys.stdin.read().strip().split("\n"):
    key, *rest = line.split(":")
    low, value = key.strip().lower(), ":".join(part.strip() for part in rest)
    if not line.strip():
        continue
    if not line[0].isspace():
        section = None
        if low == "name":
            if seen:
                nodes.append({"name": value})
            seen = True
        elif not nodes:
            continue
        elif low == "driver options":
            nodes[-1]["driver-opts"] = [f"{k}={v}" for k, v in re.findall(r'([a-zA-Z0-9_.]+)="([^"]*)"', value)]
        elif low == "platforms" and value:
            preferred = [p.replace("*", "") for p in value.split(", ") if "*" in p]
            nodes[-1]["platforms"] = ",".join(preferred or value.split(", "))
        elif low == "labels":
            section = nodes[-1].setdefault("labels", {})
        elif low.startswith("gc policy rule#"):
            section = {}
            nodes[-1].setdefault("gcPolicy", []).append(section)
        elif low in PLAIN:
            nodes[-1][PLAIN[low]] = value
    elif section is nodes[-1].get("labels") and section is not None:
        section[key.strip()] = value
    elif section is not None and low == "all":
        section["all"] = value == "true"
    elif section is not None and low in RULE:
        section[RULE[low]] = value.split(",") if low == "filters" else value
print(json.dumps(nodes, indent=2))
