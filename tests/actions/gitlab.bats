#!/usr/bin/env bats
# The jobs of .gitlab/reconcile.yml, as a runner's shell gets them, with the notes of a service on loopback.
load ../e2e/lib
setup() {
	common_setup
	unset "${!GITHUB_@}" "${!CI_@}" "${!GITLAB_@}"
	mkdir api bin work home
	ln -s "$reconcile" bin/reconcile
	timeout 3600 "$root/tests/actions/fake_api.py" api >api/log 2>&1 3>&- &
	helpers+=($!)
	wait_until 300 test -e api/port || fail_with "$(<api/log)"
	api=$PWD/api PATH=$PWD/bin:$PATH HOME=$PWD/home
	export CI_API_V4_URL=http://127.0.0.1:$(<api/port)/api/v4 CI_PROJECT_ID=42 CI_MERGE_REQUEST_IID=7 RECONCILE_TOKEN=t0ken
	cd work || return
}
teardown() { common_teardown; }

pipeline() { "$root/tests/actions/gitlab.py" "$root/.gitlab/reconcile.yml" "$@"; }
job() { # name, inputs: in the shell of a Debian image and in that of an Alpine one
	pipeline "${@:2}" --script "$1" >"$BATS_TEST_TMPDIR/script.sh"
	${shell:-sh} "$BATS_TEST_TMPDIR/script.sh"
}
notes() { jq -r "$@" "$api/comments.json"; }
state() { printf 'version: 1\nselected: %s\nbuilders: {%s: {driver: remote, endpoint: "tcp://127.0.0.1:9", bootstrap: false, platforms: [%s]}}\n' "$B" "$B" "$1" >reconcile.yaml; }

@test "gitlab: which jobs run in which pipeline" {
	diff - <(pipeline --jobs CI_PIPELINE_SOURCE=merge_request_event) <<<'reconcile plan: on_success'
	diff - <(pipeline --jobs CI_PIPELINE_SOURCE=push CI_COMMIT_BRANCH=main) <<<'reconcile apply: on_success'
	diff - <(pipeline --input apply=manual --jobs CI_PIPELINE_SOURCE=push CI_COMMIT_BRANCH=main) <<<'reconcile apply: manual'
	diff - <(pipeline --jobs CI_PIPELINE_SOURCE=schedule CI_COMMIT_BRANCH=main) <<<'reconcile drift: on_success'
	[[ -z $(pipeline --input drift=false --jobs CI_PIPELINE_SOURCE=schedule CI_COMMIT_BRANCH=main) ]]
	[[ -z $(pipeline --input apply=never --jobs CI_PIPELINE_SOURCE=push CI_COMMIT_BRANCH=main) ]]
	[[ -z $(pipeline --jobs CI_PIPELINE_SOURCE=push CI_COMMIT_BRANCH=topic) ]]
	run -1 pipeline --input fail-on=sometimes --whole
	pipeline --input 'tags=[builders, linux]' --whole | jq -e '.[".reconcile"].tags == ["builders", "linux"]'
}

@test "gitlab: one note under a merge request, and the report of code quality" {
	state linux/amd64
	mkdir -p more
	mv reconcile.yaml "more/a b.yaml"
	printf 'version: 1\n' >more/c.yaml
	run -0 job "reconcile plan" --input $'files=more/a b.yaml\nmore/c.yaml'
	[[ $output == *"+ builder.$B"* && $(notes length) -eq 1 && $(notes '.[0].body') == *'### reconcile: 1 to create'* ]] || fail_with "$output"
	jq -e 'length == 2 and .[0].location.path == "more/a b.yaml"' .reconcile/quality.json
	jq -e '.resource_changes | length == 2' .reconcile/report.json
	sed -i 's/amd64/arm64/' "more/a b.yaml"
	shell="busybox sh" run -0 job "reconcile plan" --input $'files=more/a b.yaml\nmore/c.yaml'
	[[ $(notes length) -eq 1 && $(notes '.[0].body') == *arm64* ]] || fail_with "$output"
	# A stranger's note with the same beginning stays his.
	jq '.[0].author.username = "eve"' "$api/comments.json" >"$api/new" && mv "$api/new" "$api/comments.json"
	run -0 job "reconcile plan" --input $'files=more/a b.yaml\nmore/c.yaml'
	[[ $(notes length) -eq 2 ]]
	run ! grep -rF t0ken .reconcile
}

@test "gitlab: without a token, without an answer, and what the job fails for" {
	state linux/amd64
	RECONCILE_TOKEN='' run -0 job "reconcile plan"
	[[ $output == *"RECONCILE_TOKEN is not set"*"No note: the plan is in the artifacts"* && -s .reconcile/comment.md ]] || fail_with "$output"
	RECONCILE_TOKEN=wrong run -0 job "reconcile plan"
	[[ $output == *"401"*"No note: "* ]] || fail_with "$output"
	run -2 job "reconcile plan" --input fail-on=changes
	[[ $(notes length) -eq 1 ]]
	echo nonsense >reconcile.yaml
	run -65 job "reconcile plan"
	[[ $(notes length) -eq 1 && $(notes '.[0].body') == *'the state file is invalid'* ]] || fail_with "$output"
	run -0 job "reconcile plan" --input fail-on=never
	PATH=/usr/bin:/bin run -1 job "reconcile plan"
	[[ $output == *"this runner has no reconcile"* ]]
}

@test "gitlab: a runner without reconcile gets the release" {
	local machine=amd64 asset
	[[ $(uname -m) == x86_64 ]] || machine=arm64
	asset=reconcile-linux-$machine
	mkdir -p releases/download/v9.9.7
	cp "$reconcile" "releases/download/v9.9.7/$asset"
	cp "$root/.packages/install.sh" releases/download/v9.9.7/
	(cd releases/download/v9.9.7 && sha256sum "$asset" >SHA256SUMS)
	timeout 3600 python3 -u -m http.server 0 --bind 127.0.0.1 >served 2>&1 3>&- &
	helpers+=($!)
	wait_until 300 grep -q ' port [0-9]' served
	state linux/amd64
	PATH=/usr/bin:/bin run -0 job "reconcile plan" --input version=9.9.7 --input "releases=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' served)/releases"
	[[ $output == *"+ builder.$B"* ]] || fail_with "$output"
	cmp "$HOME/.local/bin/reconcile" "$reconcile"
}

@test "gitlab: a merge request against what it goes into, an apply, a look for drift" {
	git init -q --initial-branch=main .
	git config user.email ada@example.com && git config user.name Ada
	state linux/amd64
	git add . && git commit -qm a
	CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD)
	export CI_MERGE_REQUEST_DIFF_BASE_SHA
	state linux/arm64
	git commit -qam b
	DOCKER_HOST=unix:///nowhere run -0 job "reconcile plan" --input against=base
	[[ $output == *"linux/amd64 → linux/arm64"* ]] || fail_with "$output"
	run -0 job "reconcile apply" --input "args=--max-remove=1"
	[[ $output == *"Apply complete: 1 created, 1 selected."* && -s .reconcile/comment.md ]] || fail_with "$output"
	run -0 job "reconcile drift"
	docker buildx use default
	run -2 job "reconcile drift"
	jq -e 'length > 0 and all(.location.path == "reconcile.yaml")' .reconcile/quality.json
	# What is in an input is never a command.
	local hostile
	for hostile in '$(touch hurt)' '"; touch hurt; "' $'END\ntouch hurt'; do
		run ! job "reconcile drift" --input "files=$hostile"
		run ! job "reconcile drift" --input "args=$hostile"
		run ! job "reconcile plan" --input "against=$hostile"
	done
	[[ ! -e hurt ]]
}
