#!/usr/bin/env bash
# docker/buildx create with nodes that share their options, on the current socket, and with driver kubernetes
# Right: an import is as a person would write it, and its plan changes nothing
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
grant='"Flags":["--allow-insecure-entitlement=network.host"]'
options='"default-load":"true","cpu-shares":"512","network":"host"'
node() { printf '{"Name":"%s","Endpoint":"%s","Platforms":null,"DriverOpts":{%s},%s,"Files":null}' "$1" "$2" "$3" "$grant"; }
instance two docker-container "$(node twoa "$DOCKER_HOST" "$options"),$(node twob unix:///elsewhere.sock "$options,\"image\":\"moby/buildkit:v0.26.2\"")"
instance kube kubernetes "$(node builder 'kubernetes:///kube?deployment=builder&kubeconfig=' '"replicas":"2","timeout":"120s","limits.memory":"1Gi"')"
"$reconcile" --import >state.yaml 2>said
cat >wanted <<'Y'
version: 1
builders:
  kube:
    driver: kubernetes
    driver-opts:
      limits.memory: 1Gi
      replicas: 2
      timeout: 120s
    nodes:
      builder: {}
  two:
    driver: docker-container
    driver-opts:
      cpu-shares: 512
      default-load: true
      network: host
    nodes:
      twoa: {}
      twob:
        endpoint: unix:///elsewhere.sock
        driver-opts:
          image: moby/buildkit:v0.26.2
Y
grep -v '^#' state.yaml | diff wanted - || wrong "it is written otherwise"
sed -i 's/120s/2m/; s/1Gi/1024Mi/' state.yaml # other spellings of the same
run --plan --format json -f state.yaml
[[ $(jq '[.resource_changes[].fields[]] | length' out) == 0 ]] || wrong "it differs from itself: $(jq -c '.resource_changes[].fields[]' out)"
run --check --only kube -f state.yaml
[[ $code == 8 ]] || wrong "exit $code: a cluster that nothing leads to is not unknown: $(<out)"
sed 's/replicas: 2/replicas: 3/' state.yaml >more.yaml
run --plan --format json --only kube -f more.yaml
[[ $(jq -c '[.resource_changes[].fields[].path]' out) == *replicas* ]] || wrong "another number of replicas is no difference"
