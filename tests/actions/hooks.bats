#!/usr/bin/env bats
# The hooks of pre-commit, run by what their definition says; tests/actions/soak/real.bats runs them with pre-commit itself.
load ../e2e/lib
setup() {
	common_setup
	mkdir bin states
	ln -s "$reconcile" bin/reconcile
	export PATH=$PWD/bin:$PATH DOCKER_HOST=unix:///nowhere GIT_CONFIG_GLOBAL=$PWD/gitconfig
	git config --global user.email ada@example.com && git config --global user.name Ada
	printf 'version: 1\nbuilders: {ci: {}}\n' >states/team.yaml
	git init -q --initial-branch=main . && git add states && git commit -qm a
}
teardown() { common_teardown; }

hook() { # id, files that are to be committed: entry, args and those that the hook asks for
	python3 - "$root/.pre-commit-hooks.yaml" "$@" <<-'P' >command
		import re, shlex, sys, yaml
		hooks = {hook["id"]: hook for hook in yaml.safe_load(open(sys.argv[1]))}
		hook, names = hooks[sys.argv[2]], sys.argv[3:]
		assert hook["language"] == "system"
		names = [name for name in names if re.search(hook["files"], name)]
		if names: print(hook["entry"], shlex.join(hook.get("args", []) + (names if hook.get("pass_filenames", True) else [])))
	P
	bash -e command
}

@test "pre-commit: the state files that are to be committed are valid, others are not asked" {
	run -0 hook reconcile-validate states/team.yaml README.md src/states.yaml docker-compose.yml
	[[ $output == *"1 builder"* && $(<command) == *"--validate states/team.yaml" ]] || fail_with "$output"
	run -0 hook reconcile-validate README.md
	[[ -z $output ]]
	echo 'nonsense: 1' >>states/team.yaml
	run -65 hook reconcile-validate states/team.yaml
	[[ $output == *"states/team.yaml:3:1"*nonsense* ]] || fail_with "$output"
	for name in reconcile.yaml deploy/reconcile.yml states/a/b.yml; do
		hook reconcile-validate "$name" >/dev/null 2>&1 || true
		[[ $(<command) == *" $name" ]]
	done
}

@test "pre-commit: before a push it says what the branch changes" {
	git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
	git mv states/team.yaml reconcile.yaml
	git commit -qm b && git update-ref refs/remotes/origin/main HEAD
	sed -i 's/ci: {}/ci: {driver-opts: {memory: 2g, env.TOKEN: "${TOKEN}"}}/' reconcile.yaml
	run -0 hook reconcile-against reconcile.yaml
	[[ $output == *"driver-opts.memory "*" 2g "* && $output == *"(sensitive)"* && $output == *"Against origin/HEAD"* ]] || fail_with "$output"
}
