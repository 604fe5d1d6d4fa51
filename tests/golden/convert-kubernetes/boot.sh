#!/bin/sh
export KUBECONFIG=$HOME/.kube/ci
docker buildx create --name pods --driver kubernetes --node pods-amd64 --platform linux/amd64 --use --bootstrap \
	--driver-opt 'namespace=ci,replicas=2,"nodeselector=kubernetes.io/arch=amd64,pool=ci",limits.memory=4Gi' \
	--buildkitd-flags '--debug --allow-insecure-entitlement=network.host'
docker buildx create --append --name pods --node pods-arm64 --platform linux/arm64 \
	--driver-opt 'namespace=ci,"tolerations=key=arch,value=arm64,effect=NoSchedule"' unix:///var/run/docker.sock
