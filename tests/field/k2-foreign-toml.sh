#!/usr/bin/env bash
# An audit: `buildkitd-config: /etc/gitlab-runner/config.toml` printed every value of that file in the plan; ~/.cargo/credentials.toml is TOML, too
# Right: refused, and no value of it in any format; with --allow-path its size and digest; what is in the repository is shown
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
mkdir -p etc repo
printf 'concurrent = 4\n[[runners]]\nname = "r"\ntoken = "glrt-planted"\n' >etc/config.toml
printf '[registry]\ntoken = "cio-planted"\n' >etc/credentials.toml
printf '[registry."docker.io"]\nmirrors = ["planted.example"]\n' | tee etc/buildkitd.toml >repo/buildkitd.toml
names() { printf 'version: 1\nbuilders:\n  ci: {buildkitd-config: "%s"}\n' "$1" >repo/state.yaml; }
for file in config credentials buildkitd; do
	for format in text json markdown github gitlab; do
		names "$work/etc/$file.toml"
		run --plan -v --no-probe -f repo/state.yaml --format "$format"
		[[ $code == 65 ]] || wrong "$file.toml, $format: exit $code: $(<out)"
		lacks planted out
		[[ $file == buildkitd ]] || continue
		run --plan -v --no-probe -f repo/state.yaml --format "$format" --allow-path etc
		[[ $code == 0 || $code == 8 ]] || wrong "allowed, $format: exit $code: $(<out)"
		lacks planted out
		[[ $format == gitlab ]] || has 'bytes, sha256' out
	done
done
names buildkitd.toml
run --plan -v --no-probe -f repo/state.yaml
has planted.example out
