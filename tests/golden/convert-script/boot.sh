#!/bin/bash
set -e
# docker buildx create --name commented
docker context ls && docker buildx create --name multi --node multi-amd64 \
    --driver-opt image=moby/buildkit:v0.26.2,"\"env.no_proxy=a,b\"",env.TOKEN=$TOKEN \
    --platform linux/amd64 --use unix:///var/run/docker.sock
docker buildx create --append --name multi --node multi-arm64 ssh://builder@arm.example.com; echo done
sudo docker buildx create --driver remote --name=farm tcp://buildkit.example.com:1234 --driver-opt=cacert=/etc/ca.pem >/dev/null
docker buildx create --name "$(hostname)" --frob
