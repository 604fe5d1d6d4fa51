#!/usr/bin/env bash
# docker/buildx#212, #3350: an option in the store that the driver does not know
# Right: the doctor names it, and what is imported can be validated
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance uo docker-container '{"Name":"uo0","Endpoint":"unix:///nonexistent.sock","Platforms":null,"DriverOpts":{"gpus":"all","env.A":"b"},"Flags":null,"Files":null}'
run --doctor
has gpus out
"$reconcile" --import uo >state.yaml 2>said
has gpus said
"$reconcile" --validate -f state.yaml >out 2>&1 || wrong "import prints what validate refuses: $(<out)"
