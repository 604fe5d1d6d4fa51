#!/usr/bin/env bats
# The action that sets builders up, run as a runner does, on the private engine.
load ../e2e/lib
setup() {
	common_setup
	mkdir -p states tools
	unset "${!GITHUB_@}" "${!RUNNER_@}"
}
teardown() { common_teardown; }

setup_action() { "$root/tests/actions/runner.py" "$root/.github/actions/setup" "$@"; }
output() { jq -re --arg name "$1" '.[$name]' outputs.json; }

@test "setup: the outputs are those of docker/setup-buildx-action, and a second run changes nothing" {
	printf 'version: 1\nselected: %s\nbuilders:\n  %s:\n    driver-opts: {memory: 1g}\n    platforms: [linux/amd64]\n' "$B" "$B" >"states/a b.yaml"
	printf 'version: 1\nbuilders:\n  %s: {platforms: [], buildkitd-flags: "--allow-insecure-entitlement network.host"}\n' "$B" >states/c.yaml
	run -0 setup_action --input "binary=$reconcile" --input $'files=states/a b.yaml\nstates/c.yaml\n' --input $'args=--on-failure=stop\n'
	[[ $output == *"Apply complete: 1 created, 1 selected."* ]] || fail_with "$output"
	[[ $(output name) == "$B" && $(output driver) == docker-container && $(output outcome) == applied && $(output status) == running ]]
	docker buildx inspect "$B" | "$root/tests/actions/inspect.py" >theirs.json
	diff -u theirs.json <(output nodes) || fail_with "not what the other action gives"
	[[ $(output platforms) == "$(jq -r '.[0].platforms' theirs.json)" && $(output flags) == "$(jq -r '.[0]["buildkitd-flags"]' theirs.json)" ]]
	[[ $(output endpoint) == "$(jq -r '.[0].endpoint' theirs.json)" ]]
	output builders | jq -e --arg name "$B" '.[] | select(.name == $name) | .driver == "docker-container"'
	grep -q '^### reconcile: apply complete' summary.md
	[[ $(grep -c '^### ' summary.md) -eq 1 ]]
	# The next job.
	run -0 setup_action --input "binary=$reconcile" --input "files=states/" --input "builder=$B"
	[[ $(output outcome) == unchanged && $(output changes) == 0 && ! -s summary.md ]]
	diff -u theirs.json <(output nodes)
}

@test "setup: a failed apply fails the step, and says what became of it" {
	printf 'version: 1\nselected: %s\nbuilders: {%s: {driver: remote, endpoint: "tcp://127.0.0.1:9"}}\n' "$B" "$B" >reconcile.yaml
	run -1 setup_action --input "binary=$reconcile" --input args=--boot-timeout=1
	[[ $output == *"::error title=reconcile::"* && $output != *"== builder"* ]] || fail_with "$output"
	[[ $(output outcome) == unreachable || $(output outcome) == rolled-back || $(output outcome) == failed ]]
	# What only looks applies nothing.
	run -0 setup_action --input "binary=$reconcile" --input apply=false
	[[ $(output name) == "$B" && ! -e $BUILDX_CONFIG/instances/$B ]]
}

@test "setup: the program that the runner has, one that is named, and none" {
	printf 'version: 1\nbuilders: {}\n' >reconcile.yaml
	ln -s "$reconcile" tools/reconcile
	PATH=$PWD/tools:$PATH run -0 setup_action --input apply=false
	[[ $(output path) == "$PWD/tools/reconcile" ]]
	run -1 setup_action --input binary=nowhere/reconcile
	[[ $output == *"::error title=reconcile::there is no nowhere/reconcile"* ]] || fail_with "$output"
	run -1 setup_action --input "version=1; touch $PWD/hurt"
	[[ $output == *"is no version"* && ! -e hurt ]] || fail_with "$output"
	# A release that this runner got before is not got again.
	mkdir -p "cache/reconcile/9.9.9/$(uname -m)/bin"
	ln -s "$reconcile" "cache/reconcile/9.9.9/$(uname -m)/bin/reconcile"
	RUNNER_TOOL_CACHE=$PWD/cache run -0 setup_action --input version=v9.9.9 --input apply=false
	[[ $(output path) == "$PWD/cache/reconcile/9.9.9/"* ]]
}

@test "setup: this revision of the action, compiled" {
	printf 'version: 1\nbuilders: {}\n' >reconcile.yaml
	printf '#!/bin/sh\necho "$@" >%s/made; exec test ! -e %s/broken\n' "$PWD" "$PWD" >tools/make
	chmod +x tools/make
	PATH=$PWD/tools:$PATH run -0 setup_action --input version=source --input apply=false
	[[ $(output path) == "$root/build/reconcile" && $(<made) == *"-C $root "*all ]] || fail_with "$output"
	touch broken
	PATH=$PWD/tools:$PATH run -1 setup_action --input version=source --input apply=false
	[[ $output == *"::error title=reconcile::this revision could not be compiled"* ]] || fail_with "$output"
}

@test "setup: a release is got once, its sum checked" {
	local machine=amd64 asset releases
	[[ $(uname -m) == x86_64 ]] || machine=arm64
	asset=reconcile-linux-$machine
	printf 'version: 1\nbuilders: {}\n' >reconcile.yaml
	mkdir -p releases/download/v9.9.{7,8} cache
	cp "$reconcile" "releases/download/v9.9.7/$asset"
	(cd releases/download/v9.9.7 && sha256sum "$asset" >SHA256SUMS && sed 's/^./g/' SHA256SUMS >../v9.9.8/SHA256SUMS && cp "$asset" ../v9.9.8/)
	timeout 3600 python3 -u -m http.server 0 --bind 127.0.0.1 >served 2>&1 3>&- &
	helpers+=($!)
	wait_until 300 grep -q ' port [0-9]' served
	releases=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' served)/releases
	RECONCILE_RELEASES=$releases RUNNER_TOOL_CACHE=$PWD/cache run -0 setup_action --input version=9.9.7 --input apply=false
	cmp "$(output path)" "$reconcile"
	[[ $(output path) == "$PWD/cache/reconcile/9.9.7/"* ]]
	RECONCILE_RELEASES=http://127.0.0.1:1 RUNNER_TOOL_CACHE=$PWD/cache run -0 setup_action --input version=9.9.7 --input apply=false
	RECONCILE_RELEASES=$releases RUNNER_TOOL_CACHE=$PWD/cache run -1 setup_action --input version=9.9.8 --input apply=false
	[[ $output == *"::error title=reconcile::reconcile 9.9.8 could not be installed"* && ! -e cache/reconcile/9.9.8/bin/reconcile ]] || fail_with "$output"
}

@test "setup: what is in an input is never a command" {
	# Nothing that is filled in stands in a script.
	python3 - "$root"/.github/actions/*/action.yml "$root/.gitlab/reconcile.yml" <<-'P'
		import sys, yaml
		for path in sys.argv[1:-1]:
		    for step in yaml.safe_load(open(path))["runs"]["steps"]:
		        assert "${{" not in step["run"], step
		for name, job in list(yaml.safe_load_all(open(sys.argv[-1])))[1].items():
		    assert not any("[[ inputs" in line for line in job.get("before_script", []) + job.get("script", [])), name
	P
	printf 'version: 1\nbuilders: {}\n' >reconcile.yaml
	local hostile
	for hostile in '$(touch hurt)' '`touch hurt`' '"; touch hurt; "' "'; touch hurt; '" '*' '-f x' $'a\n$(touch hurt)'; do
		run ! setup_action --input "binary=$reconcile" --input "files=$hostile" --input "args=$hostile"
		run ! setup_action --input "binary=$reconcile" --input apply=false --input "builder=$hostile"
		run ! setup_action --input "binary=$hostile"
		[[ ! -e hurt ]]
	done
}
