#!/usr/bin/env bats
# What other programs make of the actions, the pipeline and the hooks: the parser of docker/setup-buildx-action, the schemas
# that editors have, actionlint, and pre-commit itself.
load ../../e2e/lib
setup() {
	common_setup
	root=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
	reconcile=$root/$RECONCILE_BINARY
	unset "${!GITHUB_@}" "${!RUNNER_@}"
	local code=0
	kit=$("$root/tests/actions/prepare") || code=$?
	[[ $code -ne 77 ]] || skip "not all that it needs is here"
	[[ $code -eq 0 ]]
}
teardown() { common_teardown; }

block() { awk -v name="<!-- test: $1 -->" '$0 == name { on = 1; next } on && /^```/ { if (++fence == 2) exit; next } on' "$root/reconciler/manual/guide.md"; }
valid() { # schema, document
	python3 - "$kit/schemas/$1.json" "$2" <<-'P'
		import json, jsonschema, sys, yaml
		schema = json.load(open(sys.argv[1]))
		documents = list(yaml.safe_load_all(open(sys.argv[2])))
		for document in documents: # YAML 1.1 takes the key "on" for true
		    if True in document: document["on"] = document.pop(True)
		validator = jsonschema.validators.validator_for(schema)(schema)
		wrong = [f"{list(e.absolute_path)}: {e.message}" for document in documents for e in validator.iter_errors(document)]
		sys.exit("\n".join(wrong) or 0)
	P
}

@test "setup-buildx-action's own parser makes the same nodes" {
	theirs() { docker buildx inspect "$1" | node "$kit/toolkit/nodes.mjs"; }
	ours() { jq -r --arg name "$1" '.builders | fromjson | .[] | select(.name == $name) | .nodes' outputs.json; }
	printf 'version: 1\nselected: %s\nbuilders:\n  %s:\n    driver-opts: {memory: 1g, env.A: "b c"}\n    buildkitd-flags: "--allow-insecure-entitlement security.insecure"\n    cache: {max-used-space: 9GB, keep-duration: 36h}\n  default: {driver: docker}\n' "$B" "$B" >reconcile.yaml
	run -0 "$root/tests/actions/runner.py" "$root/.github/actions/setup" --input "binary=$reconcile"
	# BuildX has the options in no order; what files hold is not told.
	diff -u <(theirs "$B" | jq 'map(del(.files) | ."driver-opts" |= sort)') <(ours "$B")
	# What an Engine builds with itself is asked where a state file names it.
	diff -u <(theirs default | jq .) <(ours default)
}

@test "actions, workflows and pipelines are what their services' schemas ask for" {
	local file
	for file in "$root"/.github/actions/*/action.yml; do valid github-actions "$file"; done
	for file in "$root"/.github/workflows/*.yml; do valid github-workflows "$file"; done
	block workflow >workflow.yml
	valid github-workflows workflow.yml
	"$root/tests/actions/gitlab.py" "$root/.gitlab/reconcile.yml" --input 'tags=[a]' --whole >pipeline.json
	valid gitlab-ci pipeline.json
	python3 -c 'import json, sys, yaml; print(json.dumps(next(yaml.safe_load_all(open(sys.argv[1])))))' "$root/.gitlab/reconcile.yml" >header.json
	valid gitlab-ci header.json
	block gitlab >gitlab.yml
	valid gitlab-ci gitlab.yml
	# These schemas refuse something.
	printf 'name: x\nruns: {using: composite}\n' >wrong.yml
	run ! valid github-actions wrong.yml
}

@test "actionlint finds nothing" {
	block workflow >workflow.yml
	"$kit/actionlint" -no-color workflow.yml "$root"/.github/workflows/*.yml
}

@test "pre-commit itself runs the hooks" {
	export PRE_COMMIT_HOME=$PWD/home GIT_CONFIG_GLOBAL=$PWD/gitconfig PATH=$kit/venv/bin:$PWD/bin:$PATH
	git config --global user.email ada@example.com && git config --global user.name Ada
	mkdir bin hooks work
	ln -s "$reconcile" bin/reconcile
	cp "$root/.pre-commit-hooks.yaml" hooks/
	pre-commit validate-manifest hooks/.pre-commit-hooks.yaml
	git init -q hooks
	git -C hooks add . && git -C hooks commit -qm a && git -C hooks tag v0.1.0
	git init -q --initial-branch=main work
	cd work
	block pre-commit | sed "s#https://github.com/OWNER/reconcile#$PWD/../hooks#; s#origin/main#main#" >.pre-commit-config.yaml
	mkdir states
	printf 'version: 1\nbuilders: {ci: {}}\n' >states/team.yaml
	git add .
	pre-commit install
	git commit -qm a
	git switch -qc topic
	echo 'nonsense: 1' >>states/team.yaml
	run ! git commit -qam b
	[[ $output == *"validate BuildX state files"*Failed*"states/team.yaml:3:1"* ]] || fail_with "$output"
	sed -i '/nonsense/d; s/{}}/{driver-opts: {memory: 2g}}}/' states/team.yaml
	git commit -qam b
	run -0 pre-commit run --hook-stage pre-push --all-files
	[[ $output == *"what the branch changes"*"memory  2g"* ]] || fail_with "$output"
}
