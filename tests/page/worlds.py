"""Other worlds made of the golden one: of a hundred builders, of none, and of one whose names and words are markup.

    worlds.py many|none|hostile <live.json
"""

import copy
import json
import sys

HOSTILE = "</text></svg><script>document.title='owned'</script>\"'><img src=x onerror=\"document.title='owned'\">"


def many(live):
    pattern = next(b for b in live["builders"] if b["name"] == "arm")
    for number in range(100 - len(live["builders"])):
        builder = copy.deepcopy(pattern)
        builder["name"] = "team-%03d" % number
        builder["nodes"][0].update(name=builder["name"] + "0", container=None, volume=None)
        if number % 9 == 0:
            builder["nodes"][0].update(state="unknown", reason="no answer within 5 s")
            del builder["nodes"][0]["daemon"]
        builder["nodes"][0].pop("seen", None)
        live["builders"].append(builder)


def none(live):
    live.update(builders=[], faults=[], orphans=[])


def hostile(live):
    for builder in live["builders"]:
        for node in builder["nodes"]:
            node.update(reason=HOSTILE, state="unknown")
            node.pop("seen", None)
            node.pop("daemon", None)
            node["files"] = [{"name": "buildkitd.toml", "secret": False, "text": HOSTILE + "\n"}]
            node["driver_opts"] = {"image": HOSTILE}
    for fault in live["faults"]:
        fault.update(message=HOSTILE, mend=HOSTILE)
    live["store"] = live["current_context_from"] = live["taken"]["host"] = HOSTILE


world = json.load(sys.stdin)
{"many": many, "none": none, "hostile": hostile}[sys.argv[1]](world)
world["builders"].sort(key=lambda builder: builder["name"])
json.dump(world, sys.stdout)
