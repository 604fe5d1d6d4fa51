# shellcheck shell=bash
# How tests reach an engine that `up` started: each way sets `host`, their DOCKER_HOST, and adds to `way_environment` the
# shell lines that it takes besides. What a way starts has RECONCILE_ENGINE_ID in its environment, and so ends with the engine.
# Sourced by `up`.
# shellcheck disable=SC2034,SC2154

way_socket() { host=unix://$socket; }
