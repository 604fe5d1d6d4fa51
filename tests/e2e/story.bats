#!/usr/bin/env bats
# One team's week, from end to end: a server with a bare repository, a developer's clone, a reviewer without Docker, and
# a runner with a shallow clone, an Engine and a snapshot that it leaves every night.
load lib
setup() {
	common_setup
	export GIT_CONFIG_GLOBAL=$PWD/gitconfig GIT_CONFIG_NOSYSTEM=1
	git config --global user.name dev
	git config --global user.email dev@example.com
	git config --global init.defaultBranch main
	git config --global protocol.file.allow always
	git config --global advice.detachedHead false
}
teardown() { common_teardown; }

write_states() { # memory: what the developer commits
	mkdir -p states
	printf 'version: 1\nselected: %s\ndefaults:\n  driver-opts:\n    memory: %s\nbuilders:\n  %s: {}\n' "$B" "$1" "$B" >states/team.yaml
}
commit() { git add states && git commit -qm "$1"; }
in_clone() { # developer|runner, command…
	(cd "$home/$1" && "${@:2}")
}
runner() { cd "$home/runner" && run "$1" --separate-stderr reconcile "${@:2}"; }
runner_pulls() { in_clone runner git pull -q; }
memory_of() { docker inspect -f '{{.HostConfig.Memory}}' "buildx_buildkit_${B}0"; }
# Neither Docker, nor its configuration, nor the runner's store and history.
reviewer() { # exit code, arguments
	cd "$home/review"
	PATH=/usr/bin:/bin DOCKER_HOST=unix:///nowhere DOCKER_CONFIG=/nowhere BUILDX_CONFIG=/nowhere RECONCILE_HISTORY=/nowhere \
		run "$1" --separate-stderr reconcile "${@:2}"
}
# What a plan does to what, without where and when it was made.
essence() { jq -S '[.resource_changes[] | {address, action, action_reason, change, cache, fields: [.fields[] | {path, before, after, source}]}]' "$1"; }
says() {
	local want
	for want in "$@"; do [[ $output$stderr == *"$want"* ]] || fail_with "no \"$want\" in:" "$output" "$stderr"; done
}

@test "a change is reviewed offline, merged and applied as reviewed; drift is mended; a bad change is rolled back and held" {
	home=$PWD
	git init -q --bare origin.git
	git clone -q "file://$home/origin.git" developer 2>/dev/null
	in_clone developer write_states 300m
	in_clone developer commit "Begin with one builder"
	in_clone developer git push -q origin HEAD:main
	git clone -q --depth 1 "file://$home/origin.git" runner
	runner -0 --apply --yes -f states
	mkdir "$home/snapshots"
	runner -0 --snapshot -f states -o "$home/snapshots/vm.json"

	# A branch changes a default.
	in_clone developer git switch -qc more-memory
	in_clone developer write_states 400m
	in_clone developer commit "Give the builder more memory"
	in_clone developer git push -q origin more-memory

	# The server says what it changes; the reviewer, what that does to the runner.
	cd "$home/origin.git"
	run -2 --separate-stderr reconcile --check -f states --against main...more-memory
	says "1 builder in states/team.yaml, against main (" "memory  300m → 400m   # forces replacement" "states/team.yaml:5 (defaults)" "would replace 1 (cache kept)."
	git clone -q -b more-memory "file://$home/origin.git" "$home/review"
	reviewer -2 --check -f states --against origin/main
	reviewer -2 --plan --detailed-exitcode -f states --live "$home/snapshots/*.json" --untrusted --markdown-into comment.md --json-into reviewed.json
	says "seen on $(hostname), " " ago" "memory  300m → 400m   # forces replacement"
	[[ $(sed -n 2p comment.md) == "### reconcile: 1 to replace (cache kept) · \`states/team.yaml\` · seen on "* ]] || fail_with "$(<comment.md)"
	grep -q '^+ .*400m' comment.md

	# Merged; the runner plans for itself, finds what was reviewed, and applies that.
	in_clone developer git switch -q main
	in_clone developer git merge -q --no-ff -m "Merge more-memory" more-memory
	in_clone developer git push -q origin main
	runner_pulls
	runner -2 --plan --detailed-exitcode -f states -o plan.json
	diff <(essence "$home/review/reviewed.json") <(essence plan.json) || fail_with "another plan than was reviewed"
	runner -0 --apply --yes plan.json
	[[ $(memory_of) == 419430400 ]]

	# Somebody selects another builder; the nightly job fails, and the next apply mends it.
	docker buildx use default
	runner -2 --check -f states --format github
	says "::error" "selected"
	runner -0 --apply --yes -f states
	runner -0 --check -f states

	# A bad change, back again, and held until the file says something else.
	in_clone developer write_states 200m
	in_clone developer commit "Save memory"
	in_clone developer git push -q origin main
	runner_pulls
	runner -0 --apply --yes -f states
	[[ $(memory_of) == 209715200 ]]
	runner -0 --rollback --yes
	[[ $(memory_of) == 419430400 ]]
	runner -2 --check -f states
	says "Held: this state was rolled back"
	runner -5 --apply --yes -f states
	says "rolled back" "--override-hold"
	[[ $(memory_of) == 419430400 ]]
	in_clone developer git revert --no-edit HEAD >/dev/null
	in_clone developer git push -q origin main
	runner_pulls
	runner -0 --apply --yes -f states
	says "No changes."
	[[ $(git --git-dir="$RECONCILE_HISTORY" rev-list --count main) -eq 5 ]] # made, changed, selected, changed, rolled back
}
