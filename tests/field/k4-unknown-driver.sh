#!/usr/bin/env bash
# docker/setup-buildx-action#606, orbstack/orbstack#1552: a builder of Docker Build Cloud in the store
# Right: it is left alone: by import, the doctor, a plan that removes what is unmanaged
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance cloud-acme cloud '{"Name":"n0","Endpoint":"cloud://acme/default_linux-amd64","Platforms":null,"DriverOpts":null,"Flags":null,"Files":null}'
"$reconcile" --import >imported.yaml 2>said
"$reconcile" --validate -f imported.yaml >out 2>&1 || wrong "import prints what validate refuses: $(<out)"
has 'cloud-acme' said
[[ $(grep -c '^# cloud-acme: driver cloud is unknown here, so the builder is left alone' imported.yaml) == 1 ]] || wrong "not as a comment: $(<imported.yaml)"
before=$(<"$BUILDX_CONFIG/instances/cloud-acme")
run --doctor
lacks 'builders: \{cloud-acme: \{\}\}' out
printf 'version: 1\nunmanaged: remove\nbuilders: {}\n' >state.yaml
run --plan --no-probe -f state.yaml
lacks '- builder\.cloud-acme' out
for mode in "--apply --yes -f state.yaml" "--apply --yes" "--reset --all --yes"; do
	# shellcheck disable=SC2086
	run $mode
	[[ $(<"$BUILDX_CONFIG/instances/cloud-acme") == "$before" ]] || wrong "$mode: its file is another, or gone: $(<out)"
done

# Named in a state file it is not replaced, and not removed: what it is made of is not known.
printf 'version: 1\nbuilders:\n  cloud-acme: {driver: remote, endpoint: "tcp://127.0.0.1:1", bootstrap: false}\n' >state.yaml
run --plan --no-probe -f state.yaml
has 'driver "cloud", which this version does not know' out
for body in '{driver: remote, endpoint: "tcp://127.0.0.1:1", bootstrap: false}' '{state: absent}'; do
	printf 'version: 1\nbuilders:\n  cloud-acme: %s\n' "$body" >state.yaml
	run --apply --yes -f state.yaml
	[[ $code == 5 && $(<"$BUILDX_CONFIG/instances/cloud-acme") == "$before" ]] || wrong "$body, exit $code: $(<out)"
done
