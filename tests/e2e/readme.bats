#!/usr/bin/env bats
# What the README and the examples say is run as it stands.
load lib
setup() { common_setup; }
teardown() {
	# The quickstart's builder is called ci, on an engine that is the tests' own.
	[[ -z ${RECONCILE_TEST_DOCKER_HOST:-} ]] || return 0
	docker rm -fv buildx_buildkit_ci0 buildx_buildkit_everyday0 buildx_buildkit_release0 >/dev/null 2>&1 || true
	docker volume rm -f buildx_buildkit_ci0_state buildx_buildkit_everyday0_state buildx_buildkit_release0_state >/dev/null 2>&1 || true
}
own_engine() { [[ -z ${RECONCILE_TEST_DOCKER_HOST:-} ]] || skip "uses the names of the examples, so not on an engine that was lent"; }

@test "the README's quickstart works word for word" {
	own_engine
	sed -n '/<!-- test: quickstart -->/,/^```$/p' "$root/README.md" | sed -e '1,2d' -e '$d' >quickstart.sh
	grep -q 'reconcile --apply --yes' quickstart.sh
	mkdir -p bin && ln -s "$reconcile" bin/reconcile
	PATH=$PWD/bin:$PATH run -0 bash -euxo pipefail quickstart.sh
	[[ $output == *"No changes."* && $output == *applied* ]]
	reconcile --import >imported.yaml
	run -0 reconcile --check -f imported.yaml
	[[ $output == *"No changes."* ]]
}

@test "every example is valid" {
	for example in "$root"/states/*.yaml; do
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
	run -0 docker exec buildx_buildkit_everyday0 /bin/cat /etc/buildkit/buildkitd.toml
	[[ $output == *maxUsedSpace*40GB* ]]
}

@test "every mode and option in the README exists" {
	for option in $(grep -oE -- '--[a-z][a-z-]+' "$root/README.md" | sort -u); do
		case $option in
		--git-dir) continue ;;
		--allow-insecure-entitlement) continue ;; # of buildkitd
		--against) continue ;;                    # named under Limits
		esac
		{
			reconcile --help
			for mode in plan apply check status validate reset rollback history show import doctor snapshot gc; do
				reconcile "$mode" --help
			done
		} >help
		grep -qF -- "$option" help || fail_with "the README says $option, the program does not know it"
	done
}
