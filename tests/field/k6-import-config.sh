#!/usr/bin/env bash
# docker/buildx#4458: an imported builder loses its buildkitd.toml, and the next apply takes it away
# Right: the plan of what was imported changes nothing of it
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
toml=$(base64 -w0 <<'T'
insecure-entitlements = ["network.host"]
[registry."docker.io"]
  mirrors = ["mirror.example.com:5000"]
[registry."r.example.com"]
  ca = ["/etc/buildkit/certs/r.example.com/ca.pem"]
[worker.oci]
  max-parallelism = 4
  [[worker.oci.gcpolicy]]
    keepBytes = 32212254720
    keepDuration = 172800
    filters = ["type==regular"]
T
)
ca=$(printf 'an authority\n' | base64 -w0)
instance mir docker-container "{\"Name\":\"mir0\",\"Endpoint\":\"unix:///nonexistent.sock\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":{\"buildkitd.toml\":\"$toml\",\"certs/r.example.com/ca.pem\":\"$ca\"}}"
mkdir states
run --import -o states/reconcile.yaml mir
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(<states/buildkitd/mir/certs/r.example.com/ca.pem) == "an authority" ]] || wrong "the certificate is not beside the state file"
run --plan -f states/reconcile.yaml
lacks 'mirrors|buildkitd\.toml|certs/' out
