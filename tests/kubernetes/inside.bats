#!/usr/bin/env bats
# In the cluster itself: the job of .packages/kubernetes/cronjob.yaml, with an image of the program under test, docker and
# BuildX, as the service account that apply.yaml grants. The program is the static one, as in the image of a release; the
# other with the libraries that it loads only where there is none.
# shellcheck disable=SC2154 # lib.bash sets namespace, root, reconcile

load lib

setup() {
	kubernetes_setup
	image=localhost/reconcile-$namespace:1
	local file
	for file in plan apply cronjob; do
		sed -e "s/\bbuilders$/$namespace/" -e "s|image: .*|image: $image|" -e 's/schedule: .*/schedule: "0 0 30 2 *"/' "$root/.packages/kubernetes/$file.yaml" >"$file.yaml"
	done
}
teardown() {
	[[ -z ${image:-} ]] || in_containerd images rm "$image" >/dev/null 2>&1
	kubernetes_teardown
}

in_containerd() {
	# shellcheck source=tests/engine/lib.sh
	(. "$root/tests/engine/lib.sh" && "$ENGINE_ENTRY/usr/bin/ctr" -a "$RECONCILE_CLUSTER_DIR/containerd.sock" -n k8s.io "$@")
}
needed() { ldd "$1" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'; }
loaded() { # the libraries that a program opens by name, by the names that stand in it
	local name
	grep -aoE 'lib(curl|git2)[a-z0-9-]*\.so\.[0-9.]*[0-9]' "$1" | sort -u | while read -r name; do
		ldconfig -p | awk -v name="$name" '$1 == name { print $NF; exit }'
	done
}
# The static program, where one can be had.
program_make() {
	local code=0 made architecture
	case $(uname -m) in x86_64) architecture=amd64 ;; *) architecture=arm64 ;; esac
	made=$("$root/tests/static/make" "$architecture" 3>&-) || code=$?
	case $code in
	0) reconcile=${made##*$'\n'} ;;
	77) echo "# with the dynamic program: no static one can be had here" >&3 ;;
	*) fail_with "$made" ;;
	esac
}
# What docker load takes, with one layer.
image_make() {
	local layer config docker file
	docker=$(command -v docker)
	mkdir -p image/usr/bin image/usr/libexec/docker/cli-plugins archive
	cp "$reconcile" "$docker" image/usr/bin/
	cp -L "$DOCKER_CONFIG/cli-plugins/docker-buildx" image/usr/libexec/docker/cli-plugins/
	while read -r file; do
		install -D "$file" "image$file"
		needed "$file" | while read -r file; do install -D "$file" "image$file"; done
	done < <(loaded "$reconcile"; needed "$reconcile"; needed "$docker")
	tar --sort=name --mtime=@0 --owner=0 --group=0 -C image -cf archive/layer.tar .
	layer=$(sha256sum archive/layer.tar | cut -d ' ' -f 1)
	jq -n --arg layer "sha256:$layer" --arg machine "$(uname -m)" '{architecture: ({x86_64: "amd64", aarch64: "arm64"}[$machine] // $machine), os: "linux",
		config: {Env: ["PATH=/usr/bin"]}, rootfs: {type: "layers", diff_ids: [$layer]}}' >archive/config.json
	config=$(sha256sum archive/config.json | cut -d ' ' -f 1)
	mv archive/config.json "archive/$config.json"
	jq -n --arg config "$config.json" --arg tag "$image" '[{Config: $config, RepoTags: [$tag], Layers: ["layer.tar"]}]' >archive/manifest.json
	tar -C archive -cf image.tar .
	in_containerd images import image.tar
	rm -rf image archive image.tar
}
ended() { kube get "job/$1" -o json | jq -e '(.status.succeeded // 0) + (.status.failed // 0) > 0' >/dev/null; }
job() { # NAME: runs the CronJob once, and prints what it printed
	kubectl create job "$1" --from cronjob/reconcile
	wait_until 240 ended "$1" || fail_with "job $1 did not end" "$(kube describe pods -l "job-name=$1")"
	kube logs "job/$1"
	[[ $(kube get "job/$1" -o 'jsonpath={.status.succeeded}') == 1 ]] || fail_with "job $1 failed"
}

@test "the job of cronjob.yaml makes the builder that its ConfigMap asks for, finds it unchanged, and follows" {
	program_make
	image_make
	kubectl apply -f plan.yaml -f apply.yaml -f cronjob.yaml
	run -0 job first
	[[ $(kube get deployment/ci0 -o 'jsonpath={.status.readyReplicas}') == 1 ]] || fail_with "$output"
	run -0 job second
	[[ $output == *"No changes."* ]] || fail_with "$output"
	sed -i 's/replicas: 1/replicas: 0/' cronjob.yaml
	kubectl apply -f cronjob.yaml
	run -0 job third
	[[ $(kube get deployment/ci0 -o 'jsonpath={.spec.replicas}') == 0 ]] || fail_with "$output"
}
