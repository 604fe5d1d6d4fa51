#!/usr/bin/env bats
# What reviewers and CI servers are given: comments, annotations, issues, summaries and outputs.
load lib
setup() {
	common_setup
	mkdir -p repository/states repository/ci
	git init -q repository
	cd repository/ci || return
}
teardown() { common_teardown; }

# A snapshot of COUNT builders that were never booted, and a state file whose defaults change each of them; with "own", the
# change is asked for at a line of each.
many() { # COUNT [own]
	python3 - "$root/tests/golden/plan-text/live.json" "$1" "${2:-}" <<-'P'
		import json, sys
		live, count, own = json.load(open(sys.argv[1])), int(sys.argv[2]), sys.argv[3]
		idle = next(builder for builder in live["builders"] if builder["name"] == "idle")
		host = idle["nodes"][0]["endpoint"]
		def builder(i):
		    made = json.loads(json.dumps(idle).replace("idle", f"b{i}"))
		    made["nodes"][0]["driver_opts"] = {"memory": "1g"}
		    return made
		live["builders"] = [builder(i) for i in sorted(range(count), key=lambda i: f"b{i}")]
		live.update(contexts=live["contexts"][:1], engines=[e for e in live["engines"] if not e.get("reason")], orphans=[], faults=[])
		for engine in live["engines"]: engine.update(containers=[], volumes=[])
		json.dump(live, open("live.json", "w"))
		with open("../states/many.yaml", "w") as state:
		    print("version: 1\ndefaults: {bootstrap: false, endpoint: \"%s\"%s}\nbuilders:" % (host, "" if own else ", driver-opts: {memory: 2g}"), file=state)
		    for i in range(count):
		        print(f"  b{i}: {{driver-opts: {{memory: 2g}}}}" if own else f"  b{i}: {{}}", file=state)
	P
}
# The file of a step's outputs as the runner reads it (actions/runner src/Runner.Worker/FileCommandManager.cs), as JSON.
outputs() {
	python3 - "$1" <<-'P'
		import json, sys
		lines, found = iter(open(sys.argv[1]).read().split("\n")), {}
		for line in lines:
		    if not line: continue
		    if "<<" not in line: found.update([line.split("=", 1)]); continue
		    name, end = line.split("<<", 1)
		    value = []
		    for line in lines:
		        if line == end: break
		        value.append(line)
		    else: sys.exit("no end of " + name)
		    found[name] = "\n".join(value)
		print(json.dumps(found))
	P
}
on_github() { # a step of a job
	export GITHUB_STEP_SUMMARY=$BATS_TEST_TMPDIR/summary GITHUB_OUTPUT=$BATS_TEST_TMPDIR/output
	: >"$GITHUB_STEP_SUMMARY"
	printf 'before=1' >"$GITHUB_OUTPUT"
}
# Docs: "Code Quality report format".
is_code_quality() {
	python3 - "$1" <<-'P'
		import json, jsonschema, sys
		issue = {"type": "object", "required": ["description", "check_name", "fingerprint", "severity", "location"], "properties": {
		    "description": {"type": "string", "minLength": 1}, "check_name": {"type": "string", "minLength": 1}, "fingerprint": {"type": "string", "minLength": 1},
		    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
		    "location": {"type": "object", "required": ["path", "lines"], "properties": {"path": {"type": "string", "pattern": "^[^./]"},
		        "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}}}}}
		report = json.load(open(sys.argv[1]))
		jsonschema.validate(report, {"type": "array", "items": issue})
		assert len({i["fingerprint"] for i in report}) == len(report), "fingerprints come twice"
	P
}

@test "one plan in every form at once, with the paths of the repository" {
	many 3 own
	on_github
	run -0 --separate-stderr reconcile --plan -f ../states --live live.json --format github -o saved.json --json-into plan.json \
		--markdown-into comment.md --text-into plan.txt --gitlab-into quality.json --github-into annotations.txt
	cmp saved.json plan.json
	[[ ${lines[0]} == "::notice title=reconcile::Plan: 0 to create, 3 to change"* ]]
	[[ ${lines[1]} == "::notice file=states/many.yaml,line=4,col="*",title=builder.b0%3A change::"*"memory: 1g → 2g"* ]]
	diff <(printf '%s\n' "$output") annotations.txt
	is_code_quality quality.json
	jq -e 'map(.location) == [range(4; 7) | {path: "states/many.yaml", lines: {begin: .}}]' quality.json
	[[ $(sed -n 2p comment.md) == "### reconcile: 3 to change · \`states/many.yaml\`" ]]
	diff <(cat comment.md; echo) "$GITHUB_STEP_SUMMARY"
	grep -q '^Plan: 0 to create, 3 to change' plan.txt
	outputs "$GITHUB_OUTPUT" | jq -e '.before == "1" and .outcome == "changes" and .changes == "3" and .destroys == "0" and ."exit-code" == "0" and (.summary | startswith("Plan: 0"))'
	# The next step of the same job finds the comment that it takes the place of.
	[[ $(sed -n 1p comment.md) == "<!-- reconcile:plan:"* ]]
	sed -i 's/2g/3g/' ../states/many.yaml
	run -0 --separate-stderr reconcile --plan -f ../states --live live.json --format markdown -v
	[[ ${lines[0]} == "$(sed -n 1p comment.md)" ]]
}

@test "a line of the defaults is told once for all builders, and GitHub's limits are kept" {
	many 100
	run -0 --separate-stderr reconcile --plan -f ../states --live live.json --format github
	[[ ${#lines[@]} -eq 2 && ${lines[1]} == "::notice file=states/many.yaml,line=2,"*"title=defaults%3A 100 builders::driver-opts.memory: 1g → 2g%0Afor b0, b1, "*" and 92 more" ]] || fail_with "$output"
	many 100 own
	run -0 --separate-stderr reconcile --plan -f ../states --live live.json --format github
	[[ $(grep -c '^::notice ' <<<"$output") -eq 10 && ${lines[0]} == *"(91 more in the log: GitHub shows ten of a kind)" ]]
	[[ $(grep -c '^notice: builder' <<<"$output") -eq 91 ]]
	run -2 --separate-stderr reconcile --check -f ../states --live live.json --format github
	[[ $(grep -c '^::error ' <<<"$output") -eq 10 && ${lines[0]} == "::error title=reconcile::"* ]]
}

@test "a comment for 300 changed builders is one that GitHub takes, and says what it leaves out" {
	many 300
	run -0 --separate-stderr reconcile --plan -f ../states --live live.json --markdown-into comment.md
	[[ $(wc -c <comment.md) -le 65000 && $(wc -c <comment.md) -gt 60000 ]]
	local shown
	shown=$(grep -c '^<details' comment.md)
	grep -qF "**… and $((300 - shown)) more changes ($((300 - shown)) to change), left out to fit here.** All of it: \`reconcile --plan -f ../states --live live.json\`" comment.md
	[[ $(sed -n 2p comment.md) == "### reconcile: 300 to change · "* ]]
}

@test "what is no plan has its errors as the report, in every form" {
	printf 'version: 1\nbuilders: {ci: {platfroms: [a]}}\n' >../states/bad.yaml
	on_github
	run -65 --separate-stderr reconcile --plan -f ../states --format json --markdown-into comment.md --gitlab-into quality.json
	jq -e '.problems[0].line == 2 and (.problems[0].message | contains("platfroms"))' <<<"$output"
	[[ $stderr == *"platfroms"* && $(sed -n 2p comment.md) == '### reconcile: the state file is invalid: 1 problem · `states/bad.yaml`' ]]
	is_code_quality quality.json
	run -65 --separate-stderr reconcile --plan -f ../states --format github
	[[ -z $output && $stderr == "::error file=states/bad.yaml,line=2,col=17,"* ]]
	grep -q 'the state file is invalid' "$GITHUB_STEP_SUMMARY"
	outputs "$GITHUB_OUTPUT" | jq -e '.outcome == "invalid" and ."exit-code" == "65" and (.summary | contains("platfroms"))'
	# Not of the state files alone.
	printf 'version: 1\nbuilders: {}\n' >../states/bad.yaml
	run -1 --separate-stderr reconcile --plan -f ../states --live nowhere.json --format json
	jq -e '.problems[0].message | contains("nowhere.json")' <<<"$output"
	# A file that is not written is told, and nothing else is tried with it.
	ln -s ../states/bad.yaml link
	many 1
	run -64 --separate-stderr reconcile --plan -f ../states/many.yaml --live live.json --json-into link
	[[ $stderr == *"link is a link"* && -L link ]]
}

@test "the outcome of an apply is annotated, summed up and given to later steps" {
	printf 'version: 1\nselected: %s\nbuilders:\n  %s: {driver: remote, endpoint: "tcp://127.0.0.1:9", bootstrap: false, platforms: [linux/amd64]}\n' "$B" "$B" >../states/a.yaml
	on_github
	run -0 --separate-stderr reconcile --apply --yes -f ../states --format github --json-into result.json
	[[ $output == *$'\n::notice title=reconcile::Apply complete: 1 created, 1 selected. Verified by observing again.' ]] || fail_with "$output"
	outputs "$GITHUB_OUTPUT" | jq -e --arg name "$B" '.outcome == "applied" and .changes == "2" and .name == $name and .driver == "remote" and .platforms == "linux/amd64" and (.summary | startswith("Apply complete"))'
	outputs "$GITHUB_OUTPUT" | jq -e --arg name "$B" '(.nodes | fromjson) == [{name: ($name + "0"), endpoint: "tcp://127.0.0.1:9", status: "unknown", platforms: "linux/amd64"}] and .endpoint == "tcp://127.0.0.1:9" and .status == "unknown" and .flags == ""'
	outputs "$GITHUB_OUTPUT" | jq -e --arg name "$B" '.nodes as $nodes | .builders | fromjson | map(select(.name == $name)) | length == 1 and .[0].nodes == ($nodes | fromjson)'
	jq -e '.status == "applied"' result.json
	[[ $(sed -n 2p "$GITHUB_STEP_SUMMARY") == "### reconcile: apply complete: 1 created, 1 selected. Verified by observing again · \`states/a.yaml\`"* ]]
	# Nothing answers there, and nothing may: the line that asked, what failed and what to do.
	sed -i 's/bootstrap: false/bootstrap: true/; s/:9"/:10"/' ../states/a.yaml
	on_github
	run --separate-stderr reconcile --apply --yes -f ../states --format github --boot-timeout 1 --gitlab-into quality.json
	[[ $status -ne 0 ]]
	[[ $output == *$'\n::error title=reconcile::Apply failed: 0 of 1 change done.%0A'*"%0ATo go on: reconcile --apply"* ]] || fail_with "$output"
	[[ $output == *"::error file=states/a.yaml,line=4,"*"title=builder.$B%3A not changed::"*"does not answer: "*"%0Ahint: "* ]] || fail_with "$output"
	[[ $(sed -n 2p "$GITHUB_STEP_SUMMARY") == "### reconcile: apply failed: 0 of 1 change done · "* ]]
	is_code_quality quality.json
	jq -e 'length > 0' quality.json
	outputs "$GITHUB_OUTPUT" | jq -e --arg code "$status" '."exit-code" == $code and (.outcome | test("applied|changes") | not) and (.nodes | fromjson | .[0].endpoint) == "tcp://127.0.0.1:9"'
	# Of another one, by its name, whatever is selected; and of what was never there, what it is to be.
	printf 'version: 1\nselected: %s\nbuilders:\n  %s: {bootstrap: false}\n  never: {platforms: [linux/arm64]}\n' "$B" "$B" >../states/a.yaml
	on_github
	run -0 --separate-stderr reconcile --status --only never -f ../states --format github
	outputs "$GITHUB_OUTPUT" | jq -e '.name == "never" and .driver == "docker-container" and .platforms == "linux/arm64" and (has("nodes") | not)'
	on_github
	printf 'version: 1\nbuilders: {}\n' >../states/a.yaml
	docker buildx use default
	run -0 --separate-stderr reconcile --status -f ../states --format github
	outputs "$GITHUB_OUTPUT" | jq -e '.name == "default" and .driver == "docker" and .status == "running"'
}
