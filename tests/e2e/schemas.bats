#!/usr/bin/env bats
# The schemas that are published are those that the program writes and reads.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

valid() { # schema document
	run -0 /usr/bin/python3 - "$root/schemas/$1" "$2" <<-'P'
		import json, sys, yaml, jsonschema
		class Loader(yaml.SafeLoader):
		    pass
		Loader.add_constructor("!secret", lambda loader, node: loader.construct_scalar(node))
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft7Validator.check_schema(schema)
		jsonschema.validate(yaml.load(open(sys.argv[2]), Loader), schema)
	P
}

@test "a plan is what schemas/plan.schema.json says, with changes and without" {
	state_builder <<-'Y'
		driver-opts: {memory: 512m, env.TOKEN: !secret abc}
		cache: {max-used-space: 5GB}
	Y
	reconcile --plan -f state.yaml --format json >plan.json
	valid plan.schema.json plan.json
	apply
	reconcile --plan -f state.yaml --format json >none.json
	valid plan.schema.json none.json
	docker rm -f "buildx_buildkit_${B}0"
	printf x >"$BUILDX_CONFIG/instances/.DS_Store"
	reconcile --plan -f state.yaml --format json >drift.json
	valid plan.schema.json drift.json
}

@test "the examples are what schemas/state.schema.json says; what is not, is not" {
	for example in "$root"/states/*.yaml; do
		valid state.schema.json "$example"
	done
	printf 'version: 1\nbuilders: {ci: {platfroms: [x]}}\n' >bad.yaml
	run ! valid state.schema.json bad.yaml
}

@test "a plan of contexts, their TLS files and the current one is too" {
	cp -r "$root/tests/golden/plan-contexts" contexts
	reconcile --plan -f contexts/state.yaml --live contexts/live.json --format json >contexts.json
	[[ $(jq '[.resource_changes[].steps[] | select(.kind == "use-context")] | length' contexts.json) == 1 ]]
	valid plan.schema.json contexts.json
}
