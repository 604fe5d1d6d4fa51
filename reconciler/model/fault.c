/* The table of faults: what each means and how it is mended. */
#include "model/fault.h"

#include "model/fault_words.h"

#include <stdlib.h>
#include <string.h>

/* BuildX's words are those of docker/buildx 0.13 to 0.36 (store/store.go, builder/builder.go). Whether moving a file
 * aside mends it was read there too: a missing instance, `current`, defaults/ or activity/ file means "none" to it. */
// clang-format off
static const struct fault_kind table[FAULT_COUNT] = {
	/* Instance files. */
	[FAULT_INSTANCE_BLANK] = {"instance-blank",
		"the file says nothing about a builder; BuildX stops with \"activity: is a directory\" or panics",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_DRIVER_UNKNOWN] = {"instance-driver-unknown",
		"the builder belongs to another BuildX than the one here, which says \"failed to find driver\"; it is left "
		"alone",
		"use a BuildX that has this driver; if nobody does, run `mv %s ~`, out of the store", REPAIR_NONE},
	[FAULT_INSTANCE_EMPTY] = {"instance-empty",
		"a power cut or a full disk during a write; BuildX stops with \"unexpected end of JSON input\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_FOLDER] = {"instance-folder",
		"a folder is where a file belongs, as after mounting a missing file into a container; BuildX stops "
		"with \"is a directory\"",
		"run `reconcile --apply%f`, which removes the empty folder, or `rmdir %s`", REPAIR_ASIDE},
	[FAULT_INSTANCE_INVALID] = {"instance-invalid",
		"the file is not what BuildX writes, so BuildX cannot read it and lists no builder at all",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_LINK_DANGLING] = {"instance-link-dangling",
		"the link's target is gone; BuildX fails on it or removes it",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_NAME_CASE] = {"instance-name-case",
		"BuildX looks for the name in lower case, and removes this file when it lists its builders",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_NAME_INVALID] = {"instance-name-invalid",
		"the file's name is no builder's name; BuildX stops with \"invalid name\" and lists no builder at all",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_NAME_MISMATCH] = {"instance-name-mismatch",
		"the file says another name than its own, as after a copy; BuildX stops with \"no builder found\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_NO_DRIVER] = {"instance-no-driver",
		"the file names no driver; BuildX guesses one each time",
		MEND_DECLARED, REPAIR_DECLARED},
	[FAULT_INSTANCE_NO_NODES] = {"instance-no-nodes",
		"the builder has no nodes, so nothing can be built with it",
		MEND_DECLARED, REPAIR_DECLARED},
	[FAULT_INSTANCE_NOT_A_FILE] = {"instance-not-a-file",
		"a folder with files in it, or a device, is where an instance file belongs; BuildX lists no builder "
		"at all",
		"look at what it is, then run `mv %s ~`, out of the store", REPAIR_NONE},
	[FAULT_INSTANCE_NUL] = {"instance-nul",
		"a power cut during a write left NUL bytes; BuildX stops with \"invalid character '\\x00'\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_OPTION_UNKNOWN] = {"instance-option-unknown",
		"no BuildX that is known here has the option; BuildX says \"invalid driver option\", and no build works",
		MEND_ADOPTED ", without the option", REPAIR_DECLARED},
	[FAULT_INSTANCE_TEMPORARY] = {"instance-temporary",
		"BuildX was killed while it wrote this file; its next `ls` stops with \"invalid name\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_TOML_INVALID] = {"instance-toml-invalid",
		"the buildkitd.toml inside is not TOML; BuildX stops with \"failed to parse config\", and before "
		"0.36 cannot even remove the builder",
		MEND_DECLARED, REPAIR_DECLARED},
	[FAULT_INSTANCE_TOO_LARGE] = {"instance-too-large",
		"no instance file is that large",
		"look at what it is, then run `mv %s ~`, out of the store", REPAIR_NONE},
	[FAULT_INSTANCE_TRUNCATED] = {"instance-truncated",
		"a power cut or a full disk cut the file short; BuildX stops with \"unexpected end of JSON input\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_INSTANCE_UNREADABLE] = {"instance-unreadable",
		"the file belongs to somebody else, as after `sudo docker buildx …`; BuildX stops with \"permission "
		"denied\"",
		MEND_OWNER, REPAIR_NONE},

	/* Other files of the store. */
	[FAULT_ACTIVITY_INVALID] = {"activity-invalid",
		"the time of last use cannot be read; BuildX stops with \"parsing time\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_ACTIVITY_UNREADABLE] = {"activity-unreadable",
		"the file belongs to somebody else; BuildX stops with \"permission denied\"",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_BUILDER_VARIABLE] = {"builder-variable",
		"the environment variable BUILDX_BUILDER names a builder that is not there, and overrides every "
		"selection; each build says \"no builder found\"",
		"run `unset BUILDX_BUILDER`", REPAIR_NONE},
	[FAULT_CURRENT_INVALID] = {"current-invalid",
		"the record of the selected builder cannot be read; every build without --builder fails",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_CURRENT_STALE] = {"current-stale",
		"the selected builder was removed; BuildX silently uses another",
		"write `selected: NAME` with a builder that exists into the state file and run `reconcile --apply%f`, "
		"or `docker buildx use NAME`", REPAIR_DECLARED},
	[FAULT_CURRENT_UNREADABLE] = {"current-unreadable",
		"the file belongs to somebody else, as after `sudo docker buildx use`",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_DEFAULT_CONFIG_INVALID] = {"default-config-invalid",
		"BuildX gives this file to every new builder, and fails to create one",
		"correct %s, or move it away", REPAIR_NONE},
	[FAULT_DEFAULT_CONFIG_UNREADABLE] = {"default-config-unreadable",
		"BuildX gives this file to every new builder, and fails to create one",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_DEFAULTS_INVALID] = {"defaults-invalid",
		"the default builder of an endpoint cannot be read; BuildX uses another without a word, or fails",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_DEFAULTS_STALE] = {"defaults-stale",
		"the default builder of an endpoint was removed; BuildX silently uses another",
		"run `rm %s`: nothing changes by that, BuildX does without it already", REPAIR_NONE},
	[FAULT_DEFAULTS_UNREADABLE] = {"defaults-unreadable",
		"the file belongs to somebody else, as after `sudo docker buildx use --default`",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_DISK_FULL] = {"disk-full",
		"there is no room left: a file that is written now is cut short or empty, and builds stop with \"no "
		"space left on device\"",
		"make room on the disk that holds %s", REPAIR_NONE},
	[FAULT_HISTORY_DAMAGED] = {"history-damaged",
		"a power cut, a full disk or a failing one, or somebody's hand in the folder where reconcile keeps its "
		"records; plans are made without it, and what changes something is refused",
		"run `reconcile --apply --new-history%f`, which moves the folder aside, as it is, and begins a new one; or "
		"put back what `git -C %s fsck` names, from a copy of it", REPAIR_NONE},
	[FAULT_OWNER_WRONG] = {"owner-wrong",
		"`sudo docker …` leaves files that belong to root; sooner or later one of them cannot be read, "
		"changed or removed: \"permission denied\"",
		"run `sudo chown -R \"$(id -u):$(id -g)\" %s`", REPAIR_NONE},
	[FAULT_REFS_STALE] = {"refs-stale",
		"what BuildX notes of each build stays behind when a builder goes in another way than by `docker "
		"buildx rm`; nothing reads it any more",
		"run `rm -r %s`", REPAIR_NONE},
	[FAULT_STORE_FOLDER_INVALID] = {"store-folder-invalid",
		"a file is where a folder of the store belongs; BuildX stops with \"not a directory\"",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_STORE_LOCK_UNREADABLE] = {"store-lock-unreadable",
		"the lock belongs to somebody else, as after `sudo docker buildx …`; every BuildX command fails",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_STORE_LOCKED] = {"store-locked",
		"BuildX holds its lock while it dials every node: one silent endpoint keeps it for 20 seconds, a "
		"hanging process for ever",
		"wait for that process, or end it; what is reported here was read without the lock", REPAIR_NONE},
	[FAULT_STORE_OWN_FILE] = {"store-own-file",
		"something else lies where this program keeps its lock or its own folder; every apply stops before it begins",
		"look at what it is, then run `rm -r %s`", REPAIR_NONE},
	[FAULT_STORE_READ_ONLY] = {"store-read-only",
		"this user may not write where the builders are kept, or the disk is mounted read-only; BuildX stops with "
		"\"permission denied\", and an apply refuses before it writes anything",
		"run `chmod u+w %s`", REPAIR_NONE},
	[FAULT_STORE_TEMPORARY] = {"store-temporary",
		"BuildX was killed while it wrote this file; nothing reads it",
		MEND_ASIDE, REPAIR_ASIDE},
	[FAULT_STORE_WRITABLE_BY_OTHERS] = {"store-writable-by-others",
		"other users of this machine can change builders, which run privileged containers",
		"run `chmod go-w %s`", REPAIR_NONE},

	/* Docker contexts and configuration. */
	[FAULT_CONTEXT_CLASH] = {"context-clash",
		"a builder in the store hides the builder of the context with the same name",
		"run `docker buildx rm %n`, or give the context another name", REPAIR_NONE},
	[FAULT_CONTEXT_INVALID] = {"context-invalid",
		"the context's metadata cannot be read; docker says \"docker endpoint for \"default\" not found\" or "
		"\"unexpected end of JSON input\"",
		MEND_CONTEXT, REPAIR_DECLARED},
	[FAULT_CONTEXT_LEFTOVER] = {"context-leftover",
		"a program that brings its own Engine (Docker Desktop, OrbStack, Colima…) made the context; removed, or known "
		"from another machine by a shared ~/.docker, it leaves that behind, and `docker buildx ls` dials it each time",
		"write `contexts: {%n: {state: absent}}` into the state file and run `reconcile --apply%f`, or install the "
		"program again", REPAIR_DECLARED},
	[FAULT_CONTEXT_MISSING] = {"context-missing",
		"the current context does not exist; every docker command fails",
		"write `current-context: default` into the state file, or name the context there, and run `reconcile "
		"--apply%f`", REPAIR_DECLARED},
	[FAULT_CONTEXT_NAME_MISMATCH] = {"context-name-mismatch",
		"the metadata lies in the folder of another name, so docker lists it and cannot use it",
		"create the context anew with `docker context create`, and remove %s", REPAIR_NONE},
	[FAULT_CONTEXT_NO_ENDPOINT] = {"context-no-endpoint",
		"the context has no Docker endpoint; BuildX says \"cannot find docker endpoint in context\"",
		MEND_CONTEXT, REPAIR_DECLARED},
	[FAULT_CONTEXT_OVERRIDDEN] = {"context-overridden",
		"the environment variable DOCKER_HOST overrides the selected context: docker and new builders use "
		"another Engine than `docker context use` was told",
		"run `unset DOCKER_HOST`, or `docker context use default`", REPAIR_NONE},
	[FAULT_CONTEXT_NPIPE] = {"context-npipe",
		"a named pipe exists on Windows only: Docker Desktop's context came with a shared or copied "
		"~/.docker; docker says \"protocol not available\"",
		MEND_CONTEXT, REPAIR_DECLARED},
	[FAULT_CONTEXT_TLS_MISSING] = {"context-tls-missing",
		"a TLS file of the context is not there; docker then shows the Engine no client certificate, or with "
		"a link to nowhere fails on every command of the context",
		"put the file at %s, or write `ca`, `cert` and `key` of the context into the state file and run "
		"`reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_CONTEXT_TLS_UNREADABLE] = {"context-tls-unreadable",
		"the TLS files of the context belong to somebody else, as after `sudo docker context create`; docker "
		"says \"failed to retrieve context tls data\"",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_CONTEXT_UNREADABLE] = {"context-unreadable",
		"the file belongs to somebody else, as after `sudo docker context …`",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_DOCKER_CONFIG_INVALID] = {"docker-config-invalid",
		"docker ignores a configuration that it cannot read: contexts and credentials are lost on it",
		"correct %s", REPAIR_NONE},
	[FAULT_DOCKER_CONFIG_TYPE] = {"docker-config-type",
		"a value is of another type than docker wants: it warns at every command, and does without the value",
		"correct %s", REPAIR_NONE},
	[FAULT_DOCKER_CONFIG_UNREADABLE] = {"docker-config-unreadable",
		"the file belongs to somebody else, as after `sudo docker login`",
		MEND_OWNER, REPAIR_NONE},
	[FAULT_DOCKER_CONFIG_WRITABLE_BY_OTHERS] = {"docker-config-writable-by-others",
		"other users of this machine can change contexts and credential helpers, which docker runs",
		"run `chmod go-w %s`", REPAIR_NONE},
	[FAULT_BUILDX_MISSING] = {"buildx-missing",
		"docker does not find its plugin BuildX: \"'buildx' is not a docker command\"; builders can be "
		"observed, and not booted",
		"install the package docker-buildx-plugin, or run `ln -s /path/of/docker-buildx %s`", REPAIR_NONE},
	[FAULT_BUILDX_OLD] = {"buildx-old",
		"the BuildX that docker has is older than what is asked of it: \"invalid driver option\"",
		"install a newer docker-buildx-plugin, or a newer docker-buildx in the place of %s", REPAIR_NONE},
	[FAULT_DOCKER_MISSING] = {"docker-missing",
		"the docker command is not on PATH; builders can be observed, and not booted",
		"install the package docker-ce-cli, or add its folder to PATH", REPAIR_NONE},
	[FAULT_DOCKER_TLS_MISSING] = {"docker-tls-missing",
		"the environment asks for TLS (DOCKER_TLS_VERIFY or DOCKER_TLS), and a file that it takes is not in "
		"DOCKER_CERT_PATH; without ca.pem docker says \"unable to resolve docker endpoint\" and does nothing",
		"put the file at %s, or correct DOCKER_CERT_PATH; where the Engine speaks no TLS, run `unset "
		"DOCKER_TLS_VERIFY DOCKER_TLS`", REPAIR_NONE},
	[FAULT_DOCKER_TLS_UNUSABLE] = {"docker-tls-unusable",
		"the environment asks for TLS, and docker cannot do it with what DOCKER_CERT_PATH or DOCKER_HOST says",
		"make %s a PEM file that this user may read, or correct DOCKER_CERT_PATH", REPAIR_NONE},
	[FAULT_ENDPOINT_CONTEXT_MISSING] = {"endpoint-context-missing",
		"a node's endpoint is the name of a context that is gone; BuildX says \"unable to parse docker host\"",
		"write `builders: {%n: {endpoint: unix:///var/run/docker.sock}}` into the state file, with the "
		"endpoint that it shall have, and run `reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_ENDPOINT_NPIPE] = {"endpoint-npipe",
		"a node's endpoint is a named pipe, which exists on Windows only; \"protocol not available\"",
		"write `builders: {%n: {endpoint: unix:///var/run/docker.sock}}` into the state file, with the "
		"endpoint that it shall have, and run `reconcile --apply%f`", REPAIR_DECLARED},

	/* What BuildKit daemons say. */
	[FAULT_CACHE_OVER_LIMIT] = {"cache-over-limit",
		"the cache holds more than its policy allows: BuildKit collects after builds, and never what a build "
		"uses",
		"run `reconcile --reset %n --cache-only%f`", REPAIR_NONE},
	[FAULT_CACHE_POLICY_UNKNOWN] = {"cache-policy-unknown",
		"BuildKit before v0.17 knows gckeepstorage and keepBytes only, so this cache has no cap but "
		"BuildKit's own",
		"write `builders: {%n: {driver-opts: {image: \"moby/buildkit:buildx-stable-1\"}}}`, or another image "
		"of BuildKit v0.17 or newer, into the state file and run `reconcile --apply%f`", REPAIR_NONE},
	[FAULT_PLATFORM_MISSING] = {"platform-missing",
		"neither the processor nor an emulator that its kernel knows runs this platform; registrations are "
		"lost at a reboot. Unless BuildKit's image brings an emulator of its own, builds say \"exec format "
		"error\"",
		"write `emulation: {ARCH: install}` in the state file, or give the platform to a node that has it", REPAIR_DECLARED},

	/* What Engines say. */
	[FAULT_CONTAINER_DAMAGED] = {"container-damaged",
		"the container of a node was changed outside BuildX so that BuildKit cannot run in it",
		MEND_RESET, REPAIR_NONE},
	[FAULT_CONTAINER_DEAD] = {"container-dead",
		"the Engine could not remove the container of a node",
		"run `docker rm -f` on it", REPAIR_NONE},
	[FAULT_CONTAINER_CLAIMED] = {"container-claimed",
		"two nodes use one container, so removing or changing one of them breaks the other",
		"run `docker buildx rm --keep-daemon %n`, which leaves the container to the other, then make it anew "
		"with another node name", REPAIR_NONE},
	[FAULT_CONTAINER_OOM] = {"container-oom",
		"BuildKit ran out of memory and was killed",
		"write `builders: {%n: {driver-opts: {memory: 4g}}}`, or none at all, into the state file and run "
		"`reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_CONTAINER_OTHER_IMAGE] = {"container-other-image",
		"the driver option `image` was changed after the container was made; BuildX never changes a container",
		MEND_ADOPTED ": the cache is kept", REPAIR_DECLARED},
	[FAULT_CONTAINER_PAUSED] = {"container-paused",
		"the container of a node is paused: builds on it hang",
		MEND_ADOPTED ", which unpauses it", REPAIR_DECLARED},
	[FAULT_CONTAINER_RESTARTING] = {"container-restarting",
		"BuildKit ends right after it starts",
		MEND_ADOPTED TRIED, REPAIR_DECLARED},
	[FAULT_DAEMON_CORRUPT] = {"daemon-corrupt",
		"the database in the node's volume is damaged, as by a power cut or a killed daemon; BuildKit does "
		"not start with it",
		MEND_ADOPTED TRIED, REPAIR_DECLARED},
	[FAULT_DAEMON_UNHEALTHY] = {"daemon-unhealthy",
		"the BuildKit daemon of a node answers with an error: builds on it fail",
		MEND_ADOPTED TRIED, REPAIR_DECLARED},
	[FAULT_DAEMON_UNREACHABLE] = {"daemon-unreachable",
		"the BuildKit daemon of a node does not answer, or what answers is none; BuildX shows it as plain "
		"\"inactive\"",
		"start it, or correct the node's endpoint and TLS options in the state file", REPAIR_NONE},
	[FAULT_ENGINE_UNREACHABLE] = {"engine-unreachable",
		"the Docker Engine of an endpoint does not answer",
		"start it, or give the nodes another endpoint in the state file", REPAIR_NONE},
	[FAULT_ENGINE_WITHOUT_BUILDKIT] = {"engine-without-buildkit",
		"the state file has a Docker context's own builder as one of driver docker, and its Engine, as Podman, has "
		"no BuildKit: BuildX builds in a container there, which it makes with the first build",
		"leave builders.%n out of the state file, or use a context whose Engine is Docker's", REPAIR_NONE},
	[FAULT_IMAGE_MOVED] = {"image-moved",
		"the image's tag means other bytes now than when the node was made",
		MEND_ADOPTED ", which makes the node anew from the new image, on its cache", REPAIR_DECLARED},
	[FAULT_ORPHAN_CONTAINER] = {"orphan-container",
		"a container that BuildX made and no builder names",
		"leave it alone, or, when nobody is its owner, run `docker rm -f` on it", REPAIR_NONE},
	[FAULT_ORPHAN_VOLUME] = {"orphan-volume",
		"the cache of a builder that is gone; `docker volume prune` does not take it",
		"leave it alone, or, when nobody is its owner, run `docker volume rm` on it", REPAIR_NONE},
	[FAULT_REMOTE_TLS_MISSING] = {"remote-tls-missing",
		"a TLS file that the remote driver is told to use is not there; BuildX calls the node \"inactive\" "
		"and does not say why",
		"put the file at %s, or name another in the state file and run `reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_REMOTE_TLS_UNREADABLE] = {"remote-tls-unreadable",
		"a TLS file of the remote driver cannot be read by this user; BuildX calls the node \"inactive\" and "
		"does not say why",
		"make %s a file that this user may read, or name another in the state file and run `reconcile "
		"--apply%f`", REPAIR_DECLARED},
	[FAULT_VOLUME_HELD] = {"volume-held",
		"another container runs with the volume of a node, as after `docker rename`: BuildKit does not start with "
		"a volume that is in use",
		"stop that container, or give it back its name with `docker rename`", REPAIR_NONE},
	[FAULT_VOLUME_MISSING] = {"volume-missing",
		"the container's cache volume is gone",
		MEND_RESET, REPAIR_NONE},

	/* What clusters say. */
	[FAULT_CLUSTER_FORBIDS] = {"cluster-forbids",
		"the user of the kubeconfig may not do in the cluster what has to be done there; BuildX shows any refusal "
		"as plain \"inactive\"",
		"give that user the verbs that are missing: see `kubectl auth can-i --list`", REPAIR_NONE},
	[FAULT_CLUSTER_UNREACHABLE] = {"cluster-unreachable",
		"the cluster of a node does not answer, or no kubeconfig leads to one; BuildX shows that as plain "
		"\"inactive\", and its `rm` forgets the builder and leaves what it made in the cluster",
		"mend the kubeconfig, or name another with `kubeconfig` and `context` in the state file", REPAIR_NONE},
	[FAULT_CONFIG_UNMOUNTED] = {"config-unmounted",
		"the pods of a node do not have the configuration that it was given: with a claim BuildX mounts nothing "
		"else, and says nothing",
		MEND_ADOPTED ", which mounts it", REPAIR_DECLARED},
	[FAULT_KUBECONFIG_LIST] = {"kubeconfig-list",
		"$KUBECONFIG was a list of files when BuildX made the node, and BuildX takes it for the name of one",
		"write `builders: {%n: {kubeconfig: /path/of/one}}` into the state file and run `reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_KUBECONFIG_RELATIVE] = {"kubeconfig-relative",
		"$KUBECONFIG was a relative path when BuildX made the node, which is found in one folder only",
		"write `builders: {%n: {kubeconfig: /path/of/it}}` into the state file and run `reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_NAMESPACE_MISSING] = {"namespace-missing",
		"the namespace of a node is not in the cluster: nothing can be made there",
		"run `kubectl create namespace` with its name", REPAIR_NONE},
	[FAULT_ORPHAN_CLAIM] = {"orphan-claim",
		"the cache of a node that is gone: `docker buildx rm` leaves claims, and what they cost",
		"leave it alone, or, when nobody is its owner, run `kubectl delete pvc` on it", REPAIR_NONE},
	[FAULT_ORPHAN_CONFIG_MAP] = {"orphan-config-map",
		"the configuration of a node that is gone",
		"leave it alone, or, when nobody is its owner, run `kubectl delete configmap` on it", REPAIR_NONE},
	[FAULT_ORPHAN_WORKLOAD] = {"orphan-workload",
		"a workload that looks like BuildX's and that no builder names: its pods run, and are paid for",
		"leave it alone, or, when nobody is its owner, run `kubectl delete` on it", REPAIR_NONE},
	[FAULT_PODS_CRASHING] = {"pods-crashing",
		"BuildKit ends right after it starts, or ran out of memory; BuildX says \"expected 1 replicas to be ready\"",
		"run `kubectl logs` on the pod, and correct flags, configuration or limits in the state file", REPAIR_NONE},
	[FAULT_PODS_IMAGE] = {"pods-image",
		"the image of the pods cannot be had",
		"write `builders: {%n: {driver-opts: {image: \"moby/buildkit:buildx-stable-1\"}}}`, or another image, into "
		"the state file and run `reconcile --apply%f`", REPAIR_DECLARED},
	[FAULT_PODS_NOT_READY] = {"pods-not-ready",
		"pods of a node do not get ready",
		"run `kubectl describe pod` on them", REPAIR_NONE},
	[FAULT_PODS_PENDING] = {"pods-pending",
		"no machine of the cluster takes the pods: resources, `nodeselector`, `tolerations`, a claim that is not bound",
		"correct `requests`, `nodeselector` or `tolerations` in the state file, or give the cluster a machine that "
		"takes them", REPAIR_NONE},
	[FAULT_PODS_REFUSED] = {"pods-refused",
		"the cluster makes no pods of a workload: a quota, an admission (pod security), a service account that is "
		"not there",
		"run `kubectl get quota,limitrange,serviceaccount` there, and correct the node's options in the state file", REPAIR_NONE},
	[FAULT_WORKLOAD_CLAIMED] = {"workload-claimed",
		"two nodes have one workload, for it is called after the node alone: removing one of them breaks the other",
		"run `docker buildx rm --keep-daemon %n`, which leaves the workload to the other, then make it anew with "
		"another node name", REPAIR_NONE},
	[FAULT_WORKLOAD_MISSING] = {"workload-missing",
		"the workload of a node is gone, and its cache is still there; `docker buildx rm --all-inactive` would forget "
		"the builder, and leave the cache",
		MEND_ADOPTED ", which makes it again", REPAIR_DECLARED},
	[FAULT_WORKLOAD_STRANGE] = {"workload-strange",
		"something else in the cluster has the name of a node: BuildX takes it for the node's, and its `rm` removes it",
		"give the node another name in the state file", REPAIR_NONE},
	[FAULT_WORKLOAD_TWIN] = {"workload-twin",
		"a node has a Deployment and a StatefulSet, since its option for storage was switched: builds go to either, "
		"and `docker buildx rm` removes one of them",
		MEND_ADOPTED ", which removes the one that the options do not ask for", REPAIR_DECLARED},
};
// clang-format on

const struct fault_kind *fault_kind_table(size_t *ret_count)
{
	*ret_count = FAULT_COUNT - 1;
	return &table[1];
}

const struct fault_kind *fault_kind(enum fault_code code)
{
	if (code <= FAULT_NONE || code >= FAULT_COUNT)
		abort(); /* a slip of ours */
	return &table[code];
}

const struct fault_kind *fault_kind_find(const char *text)
{
	for (size_t i = 1; text && i < FAULT_COUNT; i++)
		if (strcmp(table[i].code, text) == 0)
			return &table[i];
	return NULL;
}
