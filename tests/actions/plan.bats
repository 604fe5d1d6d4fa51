#!/usr/bin/env bats
# The action that plans under a pull request, run as a runner does, with the comments of a service on loopback.
load ../e2e/lib
setup() {
	common_setup
	unset "${!GITHUB_@}" "${!RUNNER_@}"
	export GITHUB_REPOSITORY=o/r RUNNER_TOKEN=t0ken GIT_CONFIG_GLOBAL=$PWD/gitconfig GIT_CONFIG_NOSYSTEM=1
	git config --global user.email ada@example.com
	git config --global user.name Ada
	git config --global init.defaultBranch main
	mkdir api work runner
	export RUNNER_TEMP=$PWD/runner
	timeout 3600 "$root/tests/actions/fake_api.py" api >api/log 2>&1 3>&- &
	helpers+=($!)
	wait_until 300 test -e api/port || fail_with "$(<api/log)"
	GITHUB_API_URL=http://127.0.0.1:$(<api/port)
	export GITHUB_API_URL api=$PWD/api
	cd work || return
	printf '{"pull_request": {"number": 7, "head": {"sha": "%040d"}, "base": {"sha": "%040d"}}}' 1 2 >../event.json
}
teardown() { common_teardown; }

# It plans for a machine without builders.
plan_action() { "$root/tests/actions/runner.py" "$root/.github/actions/plan" --event ../event.json --input "binary=$reconcile" "$@"; }
offline() { plan_action --input "live=$PWD/live.json" "$@"; }
output() { jq -re --arg name "$1" '.[$name]' outputs.json; }
comments() { jq -r "$@" "$api/comments.json"; }
writes() { grep -vc '^GET' "$api/requests"; }
state() { printf 'version: 1\nselected: ci\nbuilders:\n  ci: {driver-opts: {memory: %s}}\n' "$1" >reconcile.yaml; }
machine() { "$reconcile" --snapshot -o live.json; }

@test "plan: one comment, which the next plan takes the place of" {
	machine
	state 1g
	run -0 offline
	[[ $output == *"::notice title=reconcile::Plan: 1 to create"* && $output == *"comment written: https://example.com/o/r/pull/7#issuecomment-1"* ]] || fail_with "$output"
	[[ $(output changes) == 2 && $(output destroys) == 0 && $(output outcome) == changes && $(output exit-code) == 2 && $(output comment-url) == *issuecomment-1 ]]
	[[ $(comments '.[0].body') == '<!-- reconcile:plan:'*'### reconcile: 1 to create, 1 to select'*'memory'*'1g'* ]] || fail_with "$(<"$api/comments.json")"
	grep -q '^### reconcile: 1 to create' summary.md
	diff <(comments '.[0].body') <(cat "$(output report)"; echo)
	# The same again is nothing to write; another one replaces it.
	run -0 offline
	[[ $output == *"comment stands as it is: "* && $(writes) -eq 1 ]] || fail_with "$output"
	state 2g
	run -0 offline
	[[ $output == *"comment replaced: "* && $(comments length) -eq 1 && $(comments '.[0].body') == *2g* ]] || fail_with "$output"
	# Of other state files there is another one.
	cp reconcile.yaml other.yaml
	run -0 offline --input files=other.yaml
	[[ $(comments length) -eq 2 ]]
	# What is invalid says so there, and fails.
	echo 'builders: {ci: {platfroms: [a]}}' >>reconcile.yaml
	run -1 offline
	[[ $(output outcome) == invalid && $(comments '.[0].body') == *'the state file is invalid'*platfroms* && $(comments length) -eq 2 ]] || fail_with "$output"
}

@test "plan: its own comment alone, among many, and whoever wrote them" {
	machine
	state 1g
	run -0 offline
	local marker
	marker=$(comments '.[0].body | split("\n")[0]')
	# 230 others, strangers who know the marker among them; the own one is on the last page, as a browser left it.
	python3 - "$api/comments.json" "$marker" <<-'P'
		import json, sys
		stranger, bot = {"login": "eve", "type": "User"}, {"login": "github-actions[bot]", "type": "Bot"}
		made = [{"id": i, "user": stranger, "body": sys.argv[2] + "\nmine" if i % 50 == 0 else "hello", "html_url": "u"} for i in range(1, 231)]
		made += [{"id": 231, "user": bot, "body": sys.argv[2] + "\r\nold", "html_url": "u"}, {"id": 232, "user": bot, "body": None, "html_url": "u"}]
		json.dump(made, open(sys.argv[1], "w"))
	P
	run -0 offline
	[[ $output == *"comment replaced: "* && $(comments length) -eq 232 && $(comments '.[230].body') == *1g* ]] || fail_with "$output"
	[[ $(comments 'map(select(.body != null and (.body | endswith("\nmine")))) | length') -eq 4 ]]
	echo person >"$api/mode"
	run -0 offline
	[[ $output == *"comment written: "* && $(comments '.[232].user.login') == ada ]] || fail_with "$output"
	run -0 offline
	[[ $output == *"comment stands as it is: "* ]] || fail_with "$output"
}

@test "plan: where no comment may be, the summary has it, and that is said" {
	machine
	state 1g
	echo readonly >"$api/mode"
	run -0 offline
	[[ $output == *"::notice title=reconcile::no comment: this token may not write one (403: Resource not accessible by integration"*"The plan is in the summary of this job."* ]] || fail_with "$output"
	run ! grep '^::error' <<<"$output"
	grep -q '^### reconcile: 1 to create' summary.md
	[[ -z $(jq -r '."comment-url"' outputs.json) ]]
	echo broken >"$api/mode"
	run -0 offline
	[[ $output == *"::warning title=reconcile::no comment: it was refused (500: out of order)"* ]] || fail_with "$output"
	RUNNER_TOKEN=wrong run -0 offline
	[[ $output == *"may not write one (401: "* ]] || fail_with "$output"
	GITHUB_API_URL=http://127.0.0.1:1 run -0 offline
	[[ $output == *"did not answer"* ]] || fail_with "$output"
	[[ ! -e $api/comments.json ]]
	: >"$api/requests"
	echo '{"ref": "refs/heads/main"}' >../event.json
	run -0 offline
	[[ $output == *"no comment: this run is of no pull request"* && ! -s $api/requests ]] || fail_with "$output"
	run -0 offline --input comment=never
	[[ $output != *"no comment"* ]]
	run ! grep -rF t0ken "$(output report)" summary.md outputs.json
}

@test "plan: what it fails for is the workflow's choice" {
	machine
	state 1g
	local choice
	for choice in never error destroy; do run -0 offline --input comment=never --input "fail-on=$choice"; done
	run -1 offline --input comment=never --input fail-on=changes
	[[ $output == *"::error title=reconcile::there are 2 changes, and fail-on is changes"* ]] || fail_with "$output"
	run -1 offline --input fail-on=sometimes
	[[ $output == *"the input fail-on is \"sometimes\""* && $output != *"comment"* ]] || fail_with "$output"
	printf 'version: 1\nbuilders: {}\n' >reconcile.yaml
	run -0 offline --input fail-on=changes --input comment=changes
	[[ $(output outcome) == unchanged && ! -e $api/comments.json ]] || fail_with "$output"
	echo nonsense >reconcile.yaml
	run -0 offline --input comment=never --input fail-on=never
	[[ $(output outcome) == invalid ]]
	run -1 offline --input comment=never
	# One that destroys: a builder that a state file asked for lives, and is not to.
	git init -q .
	state 1g
	git add reconcile.yaml && git commit -qm a
	sed -i 's/ci: .*/ci: {state: absent}/; /^selected/d' reconcile.yaml
	run -1 plan_action --input against=HEAD --input fail-on=destroy --input comment=never
	[[ $(output destroys) == 1 && $output == *"::error title=reconcile::1 of "*" changes destroy something, and fail-on is destroy"* ]] || fail_with "$output"
	[[ -z $(git status --porcelain --untracked-files=no -- . ':!reconcile.yaml') ]]
}

@test "plan: against what the pull request goes into, from clones as checkout makes them" {
	local base topic merge
	git init -q --initial-branch=main ../origin
	git -C ../origin config uploadpack.allowAnySHA1InWant true
	(
		mkdir ../origin/states
		cd ../origin/states || exit
		state 1g
		git add . && git commit -qm base
		git checkout -qb topic
		state 2g
		git commit -qam topic
		# Somebody else's change, which came after the pull request was opened.
		git checkout -q main
		git tag opened
		printf 'version: 1\nbuilders: {other: {}}\n' >other.yaml
		git add . && git commit -qm later
		git checkout -qb merge
		git merge -q --no-ff -m merge topic
	)
	base=$(git -C ../origin rev-parse opened) topic=$(git -C ../origin rev-parse topic) merge=$(git -C ../origin rev-parse merge)
	printf '{"pull_request": {"number": 7, "head": {"sha": "%s"}, "base": {"sha": "%s"}}}' "$topic" "$base" >../event.json
	local depth what
	for depth in 1 2 0; do
		for what in "$merge" "$topic"; do
			rm -rf clone && git init -q clone
			git -C clone remote add origin "file://$PWD/../origin"
			# shellcheck disable=SC2046
			git -C clone fetch -q $([[ $depth == 0 ]] || echo "--depth=$depth") origin "$what"
			git -C clone checkout -q FETCH_HEAD
			cp ../event.json event.json
			cd clone || return
			DOCKER_HOST=unix:///nowhere run -0 plan_action_in_clone
			[[ $output == *"1 changes"* || $(output changes) == 1 ]] || fail_with "depth $depth, $what: $output"
			[[ $output == *"1g → 2g"* && $output != *other* ]] || fail_with "depth $depth, $what: $output"
			cd ..
		done
	done
	echo '{}' >../event.json
	run -1 plan_action --input against=base
	[[ $output == *"::error title=reconcile::the input against is base, and this is no pull request"* ]] || fail_with "$output"
}
plan_action_in_clone() { "$root/tests/actions/runner.py" "$root/.github/actions/plan" --event ../event.json --input "binary=$reconcile" --input against=base --input files=states/ --input comment=never; }

@test "plan: what strangers wrote is data, in inputs, state files and answers" {
	machine
	printf 'version: 1\nbuilders:\n  ci: {driver-opts: {"env.X": "%s"}}\n' '::error::x $$(touch hurt) `touch hurt` @everyone <!-- reconcile:plan: --> </details>' >'$(touch hurt).yaml'
	run -0 offline --input 'files=$(touch hurt).yaml' --input "args=--only=ci" || fail_with "$output"
	run ! grep -E '^::error' <<<"$output"
	[[ ! -e hurt && $(comments length) -eq 1 ]] || fail_with "$output"
	run -1 offline --input 'args=--only=$(touch hurt)' --input 'files=$(touch hurt).yaml'
	run -1 offline --input 'against=$(touch hurt)'
	run -1 offline --input 'against=--output=hurt' --input files=x
	[[ ! -e hurt ]]
	printf '{"pull_request": {"number": "7/../../x; touch hurt", "head": {"sha": "$(touch hurt)"}, "base": {"sha": "$(touch hurt)"}}}' >../event.json
	git init -q .
	run -0 offline --input 'files=$(touch hurt).yaml'
	[[ $output == *"of no pull request"* && ! -e hurt ]] || fail_with "$output"
	run -1 plan_action --input against=base
	[[ ! -e hurt ]]
}
