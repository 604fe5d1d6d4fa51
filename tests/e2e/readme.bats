#!/usr/bin/env bats
# What the README, the guide and the examples say is run as it stands. Each of their blocks has a name,
# <!-- test: NAME -->, and a test here that asks for it.
load lib
setup() {
	common_setup
	readme=$root/README.md guide=$root/reconciler/manual/guide.md
	mkdir bin && ln -s "$reconcile" bin/reconcile
}
teardown() {
	common_teardown
	# The builders of the texts have names of their own, on an engine that is the tests' own.
	[[ -z ${RECONCILE_TEST_DOCKER_HOST:-} ]] || return 0
	local name
	for name in ci0 ci0.g2 lazy0 everyday0 release0; do
		docker rm -fv "buildx_buildkit_$name" >/dev/null 2>&1 || true
		docker volume rm -f "buildx_buildkit_${name}_state" >/dev/null 2>&1 || true
	done
}
own_engine() { [[ -z ${RECONCILE_TEST_DOCKER_HOST:-} ]] || skip "uses the names of the examples, so not on an engine that was lent"; }

block() { # file, name: what stands between the fences below the name
	awk -v name="<!-- test: $2 -->" '$0 == name { on = 1; next } on && /^```/ { if (++fence == 2) exit; next } on' "$1" >block
	[[ -s block ]] || fail_with "no block \"$2\" in $1"
	cat block
}
script() { # file, name: runs the block
	block "$1" "$2" >script.sh
	PATH=$PWD/bin:$PATH run --separate-stderr bash -euo pipefail script.sh
	[[ $status -eq 0 ]] || fail_with "$2 ended with $status" "$output" "$stderr"
}
validates() { # file, name
	block "$1" "$2" >state.yaml
	run -0 reconcile --validate -f state.yaml
}
# A machine as the README's first page finds it.
plant() {
	docker buildx create --name ci --driver docker-container --driver-opt "image=$image_b,memory=4g" --bootstrap >/dev/null 2>&1
	docker update --memory 256m --memory-swap 512m buildx_buildkit_ci0 >/dev/null
	docker buildx use default
	mkdir -p "$BUILDX_CONFIG/instances"
	printf '{"Name":"nightly","Driver":"docker-con' >"$BUILDX_CONFIG/instances/nightly"
}
states() { # a folder of state files, as the texts have it
	mkdir -p states
	printf 'version: 1\nbuilders:\n  ci:\n    driver-opts: {memory: %s}\n' "${1:-1g}" >states/team.yaml
}

@test "every block of the README and of the guide has a name, and a test that asks for it" {
	local file word line above name=
	for file in readme guide; do
		while IFS= read -r line; do
			if [[ -n $name ]]; then
				[[ $line == '```' ]] && name=
			elif [[ $line == '```'* ]]; then
				[[ $above == '<!-- test: '*' -->' ]] || fail_with "$file: a block without a name: $line"
				read -r _ _ name _ <<<"$above"
				grep -qE "(block|script|validates) \"\\\$$file\" $name\\b" "$BATS_TEST_FILENAME" || fail_with "$file: no test for block \"$name\""
			fi
			above=$line
		done <"${!file}"
	done
}

@test "every mode and option in the README and the guide exists" {
	for mode in plan apply check status validate reset rollback history fleet show import doctor snapshot gc; do
		reconcile "$mode" --help
	done >help
	reconcile --help >>help
	for option in $(sed 's/docker [^`]*//g; s/systemctl enable.*//; s/`git [^`]*//; s/git --git-dir//; s/git init --bare//' "$readme" "$guide" | grep -oE -- '--[a-z][a-z-]+' | sort -u); do
		[[ $option != --allow-fork-prs ]] || continue # of Atlantis
		grep -qF -- "$option" help || fail_with "the texts say $option, the program does not know it"
	done
}

@test "every link of the README and the manual leads somewhere, and no line of theirs is wide" {
	local file target anchor
	for file in "$readme" "$root"/reconciler/README.md "$root"/reconciler/manual/*.md; do
		while read -r target; do
			[[ $target != http* ]] || continue
			[[ -e ${file%/*}/${target%#*} ]] || fail_with "$file: $target is not there"
			anchor=${target#*#}
			[[ $target != *#* ]] || grep -qix "#* *${anchor//-/[- ]}" "${file%/*}/${target%#*}" || fail_with "$file: no heading $target"
		done < <(grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//')
	done
	run python3 - "$readme" "$guide" "$root/reconciler/README.md" <<-'P'
		import sys
		for name in sys.argv[1:]:
		    for number, line in enumerate(open(name), 1):
		        if len(line.rstrip()) > 120 and not line.startswith(("|", "\t", "reconcile: ")):
		            print(name, number)
	P
	[[ -z $output ]] || fail_with "$output"
}

@test "README: the first state file makes the first plan, and an apply of it leaves nothing to do" {
	own_engine
	plant
	block "$readme" state >reconcile.yaml
	block "$readme" plan >plan
	[[ $(head -n 1 plan) == '$ reconcile' ]]
	COLUMNS=120 run -0 --separate-stderr reconcile
	diff -u <(tail -n +2 plan) <(sed "s|$BUILDX_CONFIG|/home/ada/.docker/buildx|" <<<"$output") || fail_with "the README shows another plan"
	run -0 --separate-stderr reconcile --apply --yes
	run -0 --separate-stderr reconcile --check
	run -0 docker buildx ls
}

@test "README: make install brings program, schemas and man pages, and make uninstall takes them away" {
	run -0 make -s -C "$root" -o all install DESTDIR="$PWD/there" PREFIX=/usr
	[[ -x there/usr/bin/reconcile && -s there/usr/share/reconcile/state.schema.json ]]
	for page in 1/reconcile.1 5/reconcile.yaml.5 7/reconcile-faults.7; do
		grep -q '^\.SH NAME$' "there/usr/share/man/man$page"
	done
	run -0 make -s -C "$root" -o all uninstall DESTDIR="$PWD/there" PREFIX=/usr
	run -0 find there -type f
	[[ -z $output && ! -e there/usr/share/reconcile ]]
}

@test "README: the quickstart works word for word" {
	own_engine
	script "$readme" quickstart
	[[ $output == *"+ builder.ci"*"No changes."*applied* ]] || fail_with "$output"
}

@test "README: import is a state file for what lives here; what is damaged is named, what was never booted stays so" {
	own_engine
	plant
	docker buildx create --name lazy --driver docker-container >/dev/null
	script "$readme" import
	[[ $stderr == *"nightly: its file is damaged"* ]] || fail_with "$stderr"
	[[ $output == *"nodes.ci0.container.memory  256MiB → 4g"* && $output == *"0 to change, 1 to replace"* ]] || fail_with "$output"
	run ! grep '^  nightly' reconcile.yaml
	reconcile --apply --yes >/dev/null 2>&1
	run ! docker inspect buildx_buildkit_lazy0
	reconcile --import >again.yaml
	run -0 --separate-stderr reconcile --check -f again.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output"
}

@test "README: a saved plan is applied exactly, or refused when what lives here has changed" {
	own_engine
	plant
	states 4g
	script "$readme" saved
	[[ $(docker inspect -f '{{.HostConfig.Memory}}' buildx_buildkit_ci0) == 4294967296 ]]
	states 1g
	reconcile --plan -f states/ -o plan.json >/dev/null
	docker update --memory 256m --memory-swap 512m buildx_buildkit_ci0 >/dev/null
	run -3 reconcile --apply --yes plan.json
}

@test "README: nightly, in a pull request, and after the merge" {
	own_engine
	states 1g
	reconcile --apply --yes -f states/ >/dev/null 2>&1
	script "$readme" ci
	[[ $output == *"::notice title=reconcile::No changes."* ]] || fail_with "$output"
	# The pull request's machine has no Docker, and a change to say.
	states 2g
	sed -n '/pull request/,/^$/p' <(block "$readme" ci) >review.sh
	grep -q reconcile review.sh
	PATH=$PWD/bin:/usr/bin:/bin DOCKER_HOST=unix:///nowhere DOCKER_CONFIG=/nowhere BUILDX_CONFIG=/nowhere run -0 bash -euo pipefail review.sh
	grep -A1 '^- .*1g' comment.md | grep -q '^+ .*2g' || fail_with "$(<comment.md)"
}

@test "README: what is broken is mended, beginning without a state file" {
	own_engine
	plant
	run ! docker buildx ls
	script "$readme" broken
	[[ $output == *"! instance-truncated  builder.nightly"*"Apply complete"* ]] || fail_with "$output"
	run -0 docker buildx ls
	rm reconcile.yaml
	for mode in doctor import snapshot history show "gc --yes" "rollback --yes"; do
		# shellcheck disable=SC2086
		run -0 reconcile $mode
	done
	for mode in plan check validate; do
		run -65 reconcile "$mode"
	done
	[[ -s $BUILDX_CONFIG/instances/nightly ]] # the rollback brought it back
	run -0 reconcile status
	run -0 reconcile apply --yes
	[[ ! -e $BUILDX_CONFIG/instances/nightly ]]
	run -65 reconcile apply --yes # nothing is to be repaired: the wrong folder, most likely
}

@test "guide: a page of the machine and one of a record; no secret is in them, and an apply's shows what is there then" {
	own_engine
	export DEPLOY=tr0ub4dor-and-3
	printf 'version: 1\nselected: ci\nbuilders:\n  ci: {driver-opts: {env.DEPLOY: !secret "${DEPLOY}"}}\n' >reconcile.yaml
	run -0 reconcile --apply --yes --report applied.html --report applied.md
	grep -q '<strong>Apply complete</strong>' applied.html
	grep -q 'ci0.*running' applied.html || fail_with "$(<applied.html)"
	script "$guide" page
	grep -q '<strong>In good order</strong>' builders.html
	grep -q 'reconcile --rollback [0-9a-f]\{7\}' builders.html
	grep -q '| `└` ci0 .*running' builders.md || fail_with "$(<builders.md)"
	grep -q 'as it was before that record' record.html
	[[ $(stat -c %a builders.html) == 600 ]]
	run ! grep -l "$DEPLOY" ./*.html ./*.md
	grep -q '(sensitive)' builders.html
	# A folder that a link leads out of the repository is not written to, and a run that fails says why on its page.
	git init -q . && mkdir ../beyond && ln -s ../beyond away
	run -64 reconcile --status --report away/page.html
	run -65 reconcile --plan -f nowhere.yaml --report failed.html
	grep -q 'What went wrong.*nowhere.yaml' <(tr -d '\n' <failed.html)
}

@test "guide: GitLab's docker-in-docker, by its variables alone" {
	own_engine
	[[ -n ${RECONCILE_ENGINE_TLS:-} ]] || skip "this engine does not listen with TLS"
	block "$guide" dind >gitlab.yaml
	mkdir states client
	printf 'version: 1\nselected: everyday\nbuilders: {everyday: {}}\n' >states/team.yaml
	for file in ca:a cert:a-client key:a-client-key; do cp "$RECONCILE_ENGINE_TLS/${file#*:}.pem" "client/${file%:*}.pem"; done
	printf 'FROM scratch\nCOPY client/ca.pem /\n' >Dockerfile
	# That service is called docker here, and its certificates are in the folder of this test.
	python3 - <<-'P' >runs
		import shlex, yaml
		job = yaml.safe_load(open("gitlab.yaml"))["build"]
		for name, value in job["variables"].items():
		    print(f"export {name}={shlex.quote(value)}")
		print("DOCKER_HOST=${DOCKER_HOST/docker/127.0.0.1} DOCKER_CERT_PATH=$PWD/${DOCKER_CERT_PATH#/certs/}")
		print("\n".join(job["script"]))
	P
	for _ in first again; do
		PATH=$PWD/bin:$PATH run --separate-stderr nsenter -n -t "$RECONCILE_ENGINE_PID" bash -euo pipefail runs
		((status == 0)) || fail_with "$output" "$stderr"
	done
	[[ $output == *"No changes."* ]] || fail_with "$output"
}

@test "README and guide: a clean reinstallation, what is retained, and back again; the cache alone" {
	own_engine
	printf 'version: 1\nbuilders:\n  ci: {}\n' >reconcile.yaml
	reconcile --apply --yes >/dev/null 2>&1
	# The README shows a part of what the guide does.
	block "$guide" reset | sed 's/ *#.*//' >commands
	run ! grep -vxFf commands <(block "$readme" reset | sed 's/ *#.*//')
	script "$guide" reset
	[[ $output == *"cache: retained for 24h in volume buildx_buildkit_ci0_state"*"Apply complete: 1 reset."* ]] || fail_with "$output"
	[[ $output == *"retained: volume buildx_buildkit_ci0_state, "*" left, until "*"Apply complete: 1 replaced."* ]] || fail_with "$output"
	[[ $(docker inspect -f '{{(index .Mounts 0).Name}}' buildx_buildkit_ci0) == buildx_buildkit_ci0_state ]]
	script "$guide" cache-only
	run -0 --separate-stderr reconcile --check
}

@test "README and guide: the state files are valid, and say what the text says they do" {
	validates "$guide" team
	validates "$guide" cache
	validates "$guide" emulation
	validates "$guide" contexts
	validates "$guide" nodes
	validates "$readme" kubernetes
	validates "$guide" editor
	run -0 make -n -C "$root" install PREFIX=/usr/local
	[[ $output == *"-t /usr/local/share/reconcile "*state.schema.json* && $(<state.yaml) == *"\$schema=/usr/local/share/reconcile/state.schema.json"* ]]
	mkdir -p states
	block "$guide" team >states/default.yaml
	cp states/default.yaml states/team.yaml
	printf 'version: 1\nbuilders:\n  ci: {}\n' >runner.yaml
	block "$guide" files | grep -v -- '-f states/ ' >several.sh
	PATH=$PWD/bin:$PATH run -0 bash -euxo pipefail several.sh
	[[ $output == *"OK: 4 builders in 2 files"* ]] || fail_with "$output"
	rm states/default.yaml
	block "$guide" files | grep -- '-f states/ ' >folder.sh
	PATH=$PWD/bin:$PATH run -0 bash -euo pipefail folder.sh
}

@test "guide: a node without an endpoint stays where it is, whatever context is current" {
	docker buildx create --name "$B" --driver docker-container >/dev/null
	docker context create elsewhere --docker host=unix:///nowhere.sock >/dev/null 2>&1
	printf 'version: 1\ncurrent-context: elsewhere\nbuilders:\n  %s: {bootstrap: false}\n' "$B" >state.yaml
	unset DOCKER_HOST
	docker context use elsewhere >/dev/null
	run -0 --separate-stderr reconcile --check -f state.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output"
}

@test "guide: variables and secrets" {
	block "$guide" secrets >state.yaml
	run -65 reconcile --validate -f state.yaml
	[[ $output == *"ask the platform team"* && $output == *LICENCE* ]] || fail_with "$output"
	HTTP_PROXY=http://proxy:3128 NPM_TOKEN=planted-File-9vKd LICENCE=planted-Env-7qXw run -0 reconcile --plan -f state.yaml
	[[ $output == *http://proxy:3128* && $output == *env.LICENCE* && $output != *planted* ]] || fail_with "$output"
}

@test "guide: a run that was killed is told as the guide shows it" {
	own_engine
	printf 'version: 1\nbuilders:\n  ci: {}\n' >reconcile.yaml
	reconcile --apply --yes >/dev/null 2>&1
	rm bin/reconcile
	cat >bin/docker <<-S
		#!/bin/sh
		case "\$*" in *--bootstrap*) "$(command -v docker)" "\$@"; : >"$PWD/booted"; until [ -e "$PWD/go-on" ]; do sleep 0.05; done ;; esac
		exec "$(command -v docker)" "\$@"
	S
	chmod +x bin/docker
	PATH=$PWD/bin:$PATH "$reconcile" --reset ci --yes >/dev/null 2>&1 3>&- &
	local killed=$!
	wait_beside "$killed" 300 test -e booted
	signal_ours -KILL "$killed"
	touch go-on
	flock "$BUILDX_CONFIG/.reconcile.lock" true # that BuildX has it until it ends, and who waits for long says so first
	run -0 --separate-stderr reconcile --apply --yes
	masked() { sed -E 's/pid [0-9]+ on [^,]+/pid P on H/; s/[0-9]{4}-[0-9-]+T[0-9:]+Z/T/; s/by [a-z]+ on [^:]+/by U on H/; s/of [a-z]+, since/of U, since/; s/step [0-9] of [0-9]/step N of M/'; }
	diff -u <(block "$guide" cut-off | masked) <(head -n 2 <<<"$stderr" | masked) || fail_with "$stderr"
}

@test "guide: the history, with reconcile and with git" {
	own_engine
	unset RECONCILE_HISTORY
	export HOME=$PWD
	states 1g
	reconcile --apply --yes -f states/ >/dev/null 2>&1
	states 2g
	reconcile --apply --yes -f states/ >/dev/null 2>&1
	script "$guide" history
	[[ $output == *"apply: replace ci"*"+ builder.ci"*"1 to remove"*"Plan-Id: "* ]] || fail_with "$output"
	run -5 reconcile --apply --yes -f states/
	RECONCILE_HISTORY=$PWD/history.git # for the audit of what was kept
}

@test "guide: moving over from a workflow and from a script" {
	own_engine
	mkdir -p .github/workflows states
	cp "$root/tests/golden/convert-action/ci.yml" .github/workflows/
	cp "$root/tests/golden/convert-script/boot.sh" .
	script "$guide" convert
	[[ $stderr == *"2 builders converted"*"3 builders converted"* ]] || fail_with "$stderr"
	BUILDKIT=v0.26.2 NPM_TOKEN=x TOKEN=x run -0 reconcile --validate -f states/ci.yaml
	BUILDKIT=v0.26.2 NPM_TOKEN=x TOKEN=x run -0 reconcile --validate -f states/boot.yaml
}

# The steps of a workflow as commands: actions of ours through a runner, with the inputs that they are given.
steps() { # YAML on stdin: a workflow, or a list of steps
	python3 -c '
import shlex, sys, yaml
root, binary = sys.argv[1:]
text = yaml.safe_load(sys.stdin)
jobs = text["jobs"].values() if isinstance(text, dict) else [{"steps": text}]
for step in (step for job in jobs for step in job["steps"]):
    if "run" in step: print(step["run"])
    elif step["uses"].startswith("OWNER/reconcile/"):
        folder = step["uses"].split("@")[0].split("/", 2)[2]
        given = {"binary": binary, **step.get("with", {})}
        inputs = [word for name, value in given.items() for word in ("--input", f"{name}={value}")]
        print(shlex.join([f"{root}/tests/actions/runner.py", f"{root}/{folder}", "--event", "event.json", *inputs]))
' "$root" "$reconcile"
}

@test "guide: the workflow, and reviews away from the runner" {
	own_engine
	states 1g
	block "$guide" workflow | steps >runs
	[[ $(grep -c 'actions/plan' runs) -eq 1 && $(grep -c 'actions/setup' runs) -eq 1 && $(grep -c '^reconcile ' runs) -eq 1 ]]
	mkdir api runner
	timeout 3600 "$root/tests/actions/fake_api.py" api 3>&- &
	helpers+=($!)
	wait_until 300 test -e api/port
	export GITHUB_API_URL=http://127.0.0.1:$(<api/port) GITHUB_REPOSITORY=o/r RUNNER_TOKEN=t0ken RUNNER_TEMP=$PWD/runner
	printf '{"pull_request": {"number": 7}}' >event.json
	PATH=$PWD/bin:$PATH run -0 bash -euo pipefail runs
	[[ $output == *"comment written: "*"::notice title=reconcile::Apply complete"*"::notice title=reconcile::No changes."* ]] || fail_with "$output"
	jq -e 'length == 1 and (.[0].body | contains("### reconcile: 1 to create"))' api/comments.json
	jq -e '.outcome == "applied"' outputs.json
	PATH=$PWD/bin:$PATH run -0 bash -euo pipefail runs
	[[ $output == *"comment replaced: "* && $(jq length api/comments.json) -eq 1 ]] || fail_with "$output"
	script "$guide" offline
	[[ $output == *"seen on $(hostname), "*" ago"*"No changes."* ]] || fail_with "$output"
}

@test "guide: hosts push to one remote, and the table is as the guide shows it" {
	printf 'version: 1\ncontexts:\n  team: {endpoint: "tcp://127.0.0.1:1"}\n' >reconcile.yaml
	script "$guide" fleet
	[[ $output == *"$(hostname)"*"none"*"Fleet: 1 host: 1 in sync." ]] || fail_with "$output"
	# The hosts of the guide, as generated ones.
	local now commit=3f2a1b9c0d4e5f60718293a4b5c6d7e8f9012345 drift recorded heard host
	now=$(date +%s)
	git init -q --bare three.git
	rfc3339() { date -u -d "@$1" +%FT%TZ; }
	while read -r host drift recorded heard; do
		recorded=$(rfc3339 $((now - recorded))) heard=$((now - heard))
		printf '%s: from the guide\n\nReconcile-Summary: 1\nHost: %s\nRecorded: %s\nStatus: applied\nWhat: apply: create ci\nState-Commit: %s\nChecked: %s\nDrift: %s\nChanges: 2\n' \
			"$host" "$host" "$recorded" "$commit" "$(rfc3339 "$heard")" "$drift" >message
		GIT_COMMITTER_DATE="@$heard +0000" GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com \
			git -C three.git commit-tree -F "$PWD/message" "$(git -C three.git mktree </dev/null)" >commit
		git -C three.git update-ref "refs/reconcile/hosts/$host-0123456789ab" "$(<commit)"
	done <<-HOSTS
		build1 none 690 630
		build2 some 262000 630
		build3 none 3460000 2600000
	HOSTS
	run -0 --separate-stderr reconcile --fleet three.git
	diff -u <(block "$guide" fleet-table) <(cat <<<"$output") || fail_with "the guide shows another table"
}

@test "guide: a review without the machine shows what the guide shows, in a git repository" {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE=2026-01-02T03:04:05Z GIT_COMMITTER_DATE=2026-01-02T03:04:05Z
	export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.com GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.com
	mkdir -p repository/states && cd repository
	git -c init.defaultBranch=main init -q
	printf 'version: 1\ndefaults:\n  driver-opts: {image: "moby/buildkit:v0.32.2", memory: 1g}\nbuilders:\n  ci: {}\n' >states/team.yaml
	git add states && git commit -qm 'Begin' && git switch -qc feature
	printf 'version: 1\ndefaults:\n  driver-opts: {image: "moby/buildkit:v0.32.2", memory: 2g}\nbuilders:\n  ci: {}\n  arm: {driver-opts: {memory: null}, endpoint: "ssh://builder@arm.example.com", bootstrap: false}\n' >states/team.yaml
	block "$guide" against >wanted
	[[ $(head -n 1 wanted) == '$ reconcile --plan -f states/ --against main' ]]
	PATH=/usr/bin:/bin DOCKER_HOST=unix:///nowhere DOCKER_CONFIG=/nowhere BUILDX_CONFIG=/nowhere COLUMNS=80 run -0 --separate-stderr reconcile --plan -f states/ --against main
	diff -u <(tail -n +2 wanted) <(sed -E 's/\(([0-9a-f]{7})\)/(d1f1fd1)/' <<<"$output") || fail_with "the guide shows another plan"
	git commit -qam 'More memory'
	run -0 reconcile --check -f states/ --against HEAD
	run -2 reconcile --check -f states/ --against main..feature
}

@test "guide: what strangers wrote is planned, without their endpoints and with named variables only" {
	own_engine
	printf 'version: 1\nbuilders:\n  ci: {driver-opts: {env.SEEN: "${PLANTED}"}}\n' >stranger.yaml
	PLANTED=from-the-environment run -65 reconcile --plan --untrusted -f stranger.yaml
	[[ $output == *"--env PLANTED"* && $output != *from-the-environment* ]] || fail_with "$output"
	PLANTED=from-the-environment run -0 reconcile --plan --untrusted --env PLANTED -f stranger.yaml
	[[ $output == *from-the-environment* ]] || fail_with "$output"
	printf 'version: 1\nbuilders:\n  ci: {endpoint: "tcp://127.0.0.1:9"}\n' >stranger.yaml
	run -8 reconcile --plan --untrusted -f stranger.yaml
	[[ $output == *"does not live here"* ]] || fail_with "$output"
}

@test "reconcile.yaml(5): values in each way of writing them" {
	for builder in 'driver-opts: {memory: 512m}' 'driver-opts: [memory=512m, cpu-shares=2]' 'driver-opts: "memory=512m\ncpu-shares=2"' \
		'platforms: [linux/amd64, linux/arm64]' 'platforms: "linux/amd64,linux/arm64"' 'buildkitd-flags: [--debug, --oci-worker-gc=false]' \
		'buildkitd-flags: --debug --oci-worker-gc=false' 'cache: {max-used-space: 40GB, min-free-space: 20%, keep-duration: 1h30m}' \
		'cache: {keep-duration: 90}' ''; do
		printf 'version: 1\nbuilders:\n  ci: {%s}\n' "$builder" >state.yaml
		run -0 reconcile --validate -f state.yaml
	done
	printf 'version: 1\nbuilders:\n  ci: {cache: {keep-duration: 7d}}\n' >state.yaml
	run -65 reconcile --validate -f state.yaml
}

@test "guide: what strangers wrote reads nothing outside, dials nobody new, and learns no variable" {
	mkdir -p states outside
	printf 'debug = true\n' >outside/buildkitd.toml
	stranger() { printf 'version: 1\nbuilders:\n  %s: {%s}\n' "$B" "$1" >states/team.yaml; }
	stranger 'endpoint: "tcp://${ARM_HOST:-192.0.2.1}:2376"'
	export ARM_HOST=192.0.2.7 HOME_TOKEN=planted-Env-7qXw
	block "$guide" untrusted >review.sh
	PATH=$PWD/bin:$PATH run -8 bash -euo pipefail review.sh
	[[ $output == *"tcp://192.0.2.7:2376"*"not asked"* ]] || fail_with "$output"
	run -8 reconcile --plan -f states/ --untrusted
	[[ $output == *"tcp://192.0.2.1:2376"*"not asked"* ]] || fail_with "$output"
	stranger 'driver-opts: {image: "evil/${HOME_TOKEN}"}'
	run -65 reconcile --validate -f states/
	[[ $output != *planted* ]] || fail_with "$output"
	stranger "buildkitd-config: $PWD/outside/buildkitd.toml"
	run -65 reconcile --validate -f states/
	run -0 reconcile --validate -f states/ --allow-path outside
}

@test "guide: completion, and the plugin of docker" {
	export HOME=$PWD/home
	mkdir home
	script "$guide" completion
	PATH=$PWD/bin:$PATH run -0 fish -c 'complete -C "reconcile --rollb"'
	[[ $output == --rollback* ]] || fail_with "$output"
	docker context create far --docker "host=$DOCKER_HOST" >/dev/null
	states
	DOCKER_HOST=unix:///nowhere script "$guide" plugin
	[[ $output == *"+ builder.ci"* ]] || fail_with "$output"
}

@test "guide: what systemd does every night" {
	local units=$PWD/there/usr/lib/systemd/system
	make -s -C "$root" -o all install DESTDIR="$PWD/there" PREFIX=/usr SYSCONFDIR=/etc >/dev/null
	states
	# As root of a machine that is not running: systemctl enables for it, and starts nothing.
	printf '#!/bin/sh\nexec "$@"\n' >bin/sudo
	printf '#!/bin/sh\nexec %s --root="%s" "$1" "$3"\n' "$(command -v systemctl)" "$PWD/there" >bin/systemctl
	printf '#!/bin/sh\nexec %s -D -m 644 -t "%s$5" "$6"\n' "$(command -v install)" "$PWD/there" >bin/install
	chmod +x bin/*
	script "$guide" timer
	[[ -e $(readlink -f there/etc/systemd/system/timers.target.wants/reconcile.timer | sed "s|^/usr|$PWD/there/usr|") ]]
	cmp states/team.yaml there/etc/reconcile/team.yaml
	# The drop-in's unit is there, and it is sound with it.
	block "$guide" dropin >dropin.conf
	local unit
	unit=$(sed -n 's/^# systemctl edit //p' dropin.conf)
	mkdir "$units/${unit/ci-runner/daemon}.d"
	cp dropin.conf "$units/${unit/ci-runner/daemon}.d/override.conf"
	printf '[Service]\nExecStart=/bin/true\n' >"$units/tell-team@.service"
	sed -i "s|/usr/bin/reconcile|$reconcile|" "$units"/*.service
	run systemd-analyze verify --man=no "$units/${unit/ci-runner/daemon}"
	[[ $status -eq 0 && -z $output ]] || fail_with "$output"
}

@test "the state file of reconcile.yaml(5) and every example are valid" {
	awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on' "$root/reconciler/manual/reference.md" >manual.yaml
	for example in "$root"/states/*.yaml manual.yaml; do
		run -0 reconcile --validate -f "$example"
	done
}

@test "states/minimal.yaml and states/team.yaml are applied, build, and have nothing left to do" {
	own_engine
	for example in minimal team; do
		run -0 --separate-stderr reconcile --apply --yes -f "$root/states/$example.yaml"
		run -0 --separate-stderr reconcile --check -f "$root/states/$example.yaml"
		run -0 build
	done
	run -0 inside buildx_buildkit_everyday0 /etc/buildkit/buildkitd.toml
	[[ $output == *maxUsedSpace*40GB* ]]
}

@test "README and guide: the actions, the component and the hooks are there, with these inputs" {
	block "$readme" actions >steps.yaml
	block "$guide" gitlab >gitlab.yaml
	block "$guide" pre-commit >hooks.yaml
	python3 - "$root" <<-'P'
		import sys, yaml
		root = sys.argv[1]
		for step in yaml.safe_load(open("steps.yaml")):
		    action = yaml.safe_load(open(root + "/" + step["uses"].split("@")[0].split("/", 2)[2] + "/action.yml"))
		    assert set(step["with"]) <= set(action["inputs"]), step
		include, = yaml.safe_load(open("gitlab.yaml"))["include"]
		spec = next(yaml.safe_load_all(open(root + include["file"])))["spec"]
		assert set(include["inputs"]) <= set(spec["inputs"]), include
		hooks = {hook["id"] for hook in yaml.safe_load(open(root + "/.pre-commit-hooks.yaml"))}
		assert {hook["id"] for repo in yaml.safe_load(open("hooks.yaml"))["repos"] for hook in repo["hooks"]} == hooks
	P
	# Every input of the actions is in the guide.
	local input
	for input in $(python3 -c 'import sys, yaml; print(*{name for path in sys.argv[1:] for name in yaml.safe_load(open(path))["inputs"]})' "$root"/.github/actions/*/action.yml); do
		grep -q "\`$input\`" "$guide" || fail_with "the guide does not know the input $input"
	done
}
