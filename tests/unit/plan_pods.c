/* Nodes in pods: what a cluster has against what is wanted, whose it is, and what becomes of the cache. */
#include "base/count.h"
#include "base/json.h"
#include "base/text_buffer.h"

#include <stdlib.h>

#include "pods_world.h"

#define STORAGE "persistent-volume-claim.requests.storage"

static void claimed(struct pods_world *p)
{
	everywhere(p, STORAGE, "1Gi");
	p->workloads[0].kind = WORKLOAD_STATEFUL_SET;
	p->claim = (struct volume_claim){.name = "buildkitd-ci0-0", .uid = "c", .workload = "ci0", .size = "1Gi"};
	p->clusters[0].claim_count = 1;
}

static void want_image(struct pods_world *p)
{
	want(p, "image", "moby/buildkit:v0.26.2");
}
static void image_by_hand(struct pods_world *p)
{
	there(p, "image", "moby/buildkit:v0.26.2");
}
static void same_image(struct pods_world *p)
{
	want(p, "image", "docker.io/moby/buildkit:buildx-stable-1");
}
static void other_spelling(struct pods_world *p)
{
	want(p, "limits.memory", "1024Mi");
}
static void want_replicas(struct pods_world *p)
{
	want(p, "replicas", "3");
}
static void scaled_by_hand(struct pods_world *p)
{
	there(p, "replicas", "3");
}
static void autoscaled(struct pods_world *p)
{
	there(p, "replicas", "3");
	p->workloads[0].scaled_by = "HorizontalPodAutoscaler";
}
static void autoscaled_image(struct pods_world *p)
{
	autoscaled(p);
	want_image(p);
}
static void no_limit(struct pods_world *p)
{
	unset(p->want, &p->want_count, "limits.memory");
}
static void limit_gone(struct pods_world *p)
{
	unset(p->there, &p->there_count, "limits.memory");
}
static void want_env(struct pods_world *p)
{
	want(p, "env.A", "b");
}
static void env_by_hand(struct pods_world *p)
{
	there(p, "env.API_TOKEN", "hunter2");
}
static void env_other(struct pods_world *p)
{
	everywhere(p, "env.A", "b");
	there(p, "env.A", "c");
}
static void labels_order(struct pods_world *p)
{
	made(p, "labels", "a=1,b=2");
	want(p, "labels", "b=2,a=1");
}
static void want_labels(struct pods_world *p)
{
	want(p, "labels", "a=1");
}
static void tolerations_order(struct pods_world *p)
{
	made(p, "tolerations", "key=a,value=b;key=c,operator=Exists");
	want(p, "tolerations", "operator=Exists,key=c;key=a,operator=Equal,value=b");
}
static void tolerations_by_hand(struct pods_world *p)
{
	there(p, "tolerations", "operator=Exists");
}
static void defaults_said(struct pods_world *p)
{
	want(p, "replicas", "1");
	want(p, "serviceaccount", "default");
	want(p, "schedulername", "default-scheduler");
	want(p, "loadbalance", "sticky");
	want(p, "qemu.install", "false");
}
static void want_loadbalance(struct pods_world *p)
{
	want(p, "loadbalance", "random");
}
static void emulator_elsewhere(struct pods_world *p)
{
	everywhere(p, "qemu.install", "true");
	there(p, "qemu.image", "x");
}
static void flags_by_hand(struct pods_world *p)
{
	strings_add(p->w.arena, &p->workloads[0].flags, "--debug");
}
static void platforms_by_hand(struct pods_world *p)
{
	strings_add(p->w.arena, &p->workloads[0].platforms, "linux/arm64");
}
static void rootless_by_hand(struct pods_world *p)
{
	there(p, "rootless", "true");
}
static void made_rootless_false(struct pods_world *p)
{
	want(p, "rootless", "false");
	set(p->have, &p->have_count, "rootless", "false");
	there(p, "image", IMAGE_ROOTLESS);
}
static void natively_rootless_false(struct pods_world *p)
{
	want(p, "rootless", "false");
	set(p->have, &p->have_count, "rootless", "false");
}
static void made_ephemeral(struct pods_world *p)
{
	want(p, "requests.ephemeral-storage", "1Gi");
	set(p->have, &p->have_count, "requests.ephemeral-storage", "1Gi");
	there(p, "limits.ephemeral-storage", "1024Mi");
}
static void natively_ephemeral(struct pods_world *p)
{
	everywhere(p, "requests.ephemeral-storage", "1Gi");
}
static void ephemeral_by_hand(struct pods_world *p)
{
	made_ephemeral(p);
	there(p, "limits.ephemeral-storage", "2Gi");
}

static void config_there(struct pods_world *p, const char *text)
{
	p->there_file = (struct config_file){
		.name = "buildkitd.toml", .data = (const unsigned char *)text, .length = strlen(text)};
	p->config = (struct config_map){.name = "ci0-config", .files = {&p->there_file, 1}, .mounted = true};
	p->workloads[0].configs = &p->config;
	p->workloads[0].config_count = 1;
}
static void config_wanted(struct pods_world *p, const char *text)
{
	p->want_file = (struct config_file){
		.name = "buildkitd.toml", .data = (const unsigned char *)text, .length = strlen(text)};
	p->w.want_node.files = (struct config_files){&p->want_file, 1};
}
static void same_config(struct pods_world *p)
{
	config_wanted(p, "debug = true\n");
	config_there(p, "debug = true\n# by hand\n");
	p->w.have_node.spec.files = p->w.want_node.files;
}
static void config_by_hand(struct pods_world *p)
{
	same_config(p);
	config_there(p, "debug = false\n");
}
static void want_config(struct pods_world *p)
{
	config_wanted(p, "debug = true\n");
}
static const char MARK_NEXT_YEAR[] = "2027-11-27T00:00:00Z", MARK_PAST[] = "2025-11-27T00:00:00Z";
static void expiring(struct pods_world *p, const char *wanted, const char *expires)
{
	p->w.want.expires_after = wanted;
	p->workloads[0].mark = (struct cluster_mark){.store = "l", .host = "h", .plan = "p", .expires = expires};
	p->w.now = 1795737600; /* 2026-11-27 */
}
static void expiry_kept(struct pods_world *p)
{
	expiring(p, "24h", MARK_NEXT_YEAR);
}
static void expiry_wanted(struct pods_world *p)
{
	expiring(p, "24h", NULL);
}
static void expiry_dropped(struct pods_world *p)
{
	expiring(p, NULL, MARK_NEXT_YEAR);
}
static void expiry_up(struct pods_world *p)
{
	expiring(p, "24h", MARK_PAST);
}
static void expiry_none(struct pods_world *p)
{
	expiring(p, NULL, NULL);
}

static void want_config_and_claim(struct pods_world *p)
{
	want_config(p);
	want(p, STORAGE, "1Gi");
}
static void config_unread(struct pods_world *p)
{
	same_config(p);
	p->workloads[0].config_count = 0;
	p->workloads[0].files_known = false;
}

static void claimed_image(struct pods_world *p)
{
	claimed(p);
	want_image(p);
}
static void claimed_more(struct pods_world *p)
{
	claimed(p);
	want(p, STORAGE, "2Gi");
}
static void storage_wanted(struct pods_world *p)
{
	want(p, STORAGE, "1Gi");
}
static void storage_unwanted(struct pods_world *p)
{
	claimed(p);
	unset(p->want, &p->want_count, STORAGE);
}
static void claim_config(struct pods_world *p)
{
	claimed(p);
	same_config(p);
	p->config.mounted = false;
}
static void twins(struct pods_world *p)
{
	p->workloads[1] = (struct workload){.kind = WORKLOAD_STATEFUL_SET, .name = "ci0", .uid = "u1"};
	p->workloads[0].twin = &p->workloads[1];
	p->clusters[0].workload_count = 2;
}
static void twin_of_others(struct pods_world *p)
{
	twins(p);
	p->workloads[1].mark = (struct cluster_mark){.store = "other", .host = "far"};
}
static void twin_of_helm(struct pods_world *p)
{
	twins(p);
	p->workloads[1].managed_by = "Helm release ci";
}
static void gone(struct pods_world *p)
{
	p->clusters[0].workload_count = 0;
	p->w.have_node.workload = NULL;
}
static void gone_claim_left(struct pods_world *p)
{
	claimed(p);
	gone(p);
}
static void gone_asleep(struct pods_world *p)
{
	gone(p);
	p->w.want.bootstrap = TRI_NO;
}
static void silent(struct pods_world *p)
{
	p->clusters[0].reachable = false;
	p->clusters[0].reason = "connection refused";
}
static void forbidden(struct pods_world *p)
{
	p->clusters[0].workloads_unknown[WORKLOAD_DEPLOYMENT] = "it may not list deployments";
}
static void other_forbidden(struct pods_world *p)
{
	p->clusters[0].workloads_unknown[WORKLOAD_STATEFUL_SET] = "it may not list statefulsets";
}
static void no_namespace(struct pods_world *p)
{
	gone(p);
	p->clusters[0].namespace_missing = true;
}
static void sick_and_wrong(struct pods_world *p)
{
	image_by_hand(p);
	p->w.have_node.seen = SEEN_PODS_IMAGE;
	p->w.have_node.state = NODE_UNKNOWN;
	p->w.have_node.reason = "ImagePullBackOff";
}
static void pods_unready(struct pods_world *p)
{
	p->workloads[0].ready = 0;
	p->workloads[0].trouble = "Unschedulable";
	p->w.have_node.state = NODE_UNKNOWN;
}
static void not_in_store(struct pods_world *p)
{
	p->w.live.builders = &p->w.have[1];
	p->w.live.builder_count = 1;
	p->w.want_node.kubeconfig = "/k";
}
static void adopted(struct pods_world *p)
{
	not_in_store(p);
	want_image(p);
	strings_add(p->w.arena, &p->w.adopt, "ci");
}
static void foreign(struct pods_world *p)
{
	not_in_store(p);
	want_image(p);
}
static void left_by_us(struct pods_world *p)
{
	foreign(p);
	p->workloads[0].mark = (struct cluster_mark){.store = "l", .host = "h"};
}
static void strange(struct pods_world *p)
{
	not_in_store(p);
	p->workloads[0].strange = "it has no container buildkitd";
}
static void helm(struct pods_world *p)
{
	image_by_hand(p);
	p->workloads[0].managed_by = "Helm release ci";
}
static void other_namespace(struct pods_world *p)
{
	p->ways[1] = (struct cluster_way){.kubeconfig = "/k", .namespace = "m"};
	p->clusters[1] = p->clusters[0];
	p->clusters[1].key = "prod/m in /k";
	p->clusters[1].namespace = "m";
	p->clusters[1].ways = &p->ways[1];
	p->clusters[1].workload_count = p->clusters[1].claim_count = 0;
	p->w.live.cluster_count = 2;
	want(p, "namespace", "m");
}
static void other_namespace_claimed(struct pods_world *p)
{
	claimed(p);
	p->w.keep_s = 86400;
	other_namespace(p);
}
/* The same cluster by another way. */
static void pinned(struct pods_world *p)
{
	p->ways[1] = (struct cluster_way){.context = "prod", .namespace = "n"};
	p->clusters[1] = p->clusters[0];
	p->clusters[1].key = "prod/n in ~/.kube/config";
	p->clusters[1].ways = &p->ways[1];
	p->w.live.cluster_count = 2;
	p->w.want_node.kube_context = "prod";
}
static void pin_held(struct pods_world *p)
{
	pinned(p);
	p->w.have_node.spec.endpoint =
		cluster_endpoint(p->w.arena, "ci", "ci0",
				 arena_printf(p->w.arena, "/store/%s",
					      cluster_pin_path(p->w.arena, &(struct cluster_way){.context = "prod"})));
}
static void kubeconfig_said(struct pods_world *p)
{
	p->w.want_node.kubeconfig = "/k";
}
static void dropped(struct pods_world *p)
{
	p->w.want.node_count = 0;
}
static void helm_dropped(struct pods_world *p)
{
	helm(p);
	dropped(p);
}
static void removed(struct pods_world *p)
{
	p->w.want.state = "absent";
}
static void helm_removed(struct pods_world *p)
{
	helm(p);
	removed(p);
}
static void others_removed(struct pods_world *p)
{
	removed(p);
	p->workloads[0].mark = (struct cluster_mark){.store = "other", .host = "far"};
}
/* A second builder is on the same Deployment, which another context has led to. */
static void share(struct pods_world *p)
{
	p->clusters[1] = p->clusters[0];
	p->clusters[1].key = "other/n in /k";
	p->clusters[1].workloads = &p->workloads[1];
	p->workloads[1] = p->workloads[0];
	p->w.live.cluster_count = 2;
	p->other_node = p->w.have_node;
	p->other_node.cluster = &p->clusters[1];
	p->other_node.workload = &p->workloads[1];
	p->w.have[1].driver = "kubernetes";
	p->w.have[1].nodes = &p->other_node;
	p->w.have[1].node_count = 1;
	p->w.live.builder_count = 2;
}
static void shared_removed(struct pods_world *p)
{
	share(p);
	removed(p);
}
static void shared_dropped(struct pods_world *p)
{
	share(p);
	dropped(p);
}

static void snapshot_of_before(struct pods_world *p)
{
	p->w.live.cluster_count = 0;
	p->w.have_node.cluster = NULL;
	p->w.have_node.workload = NULL;
}

static const struct row {
	const char *name;
	void (*change)(struct pods_world *p);
	enum action action; /* ACTION_NONE: nothing differs */
	const char *path;   /* of a field, below "nodes.ci0."; NULL: none is looked for */
	bool replaces;	    /* that field */
	enum cache_effect cache;
	const char *says; /* in detail, reason, cache_note, blocked or the plan's notes; NULL */
} rows[] = {
	{"another spelling", other_spelling, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"another image", want_image, ACTION_CHANGE, "driver-opts.image", false, CACHE_LOST, "one after another"},
	{"the default image spelled out", same_image, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"image drift", image_by_hand, ACTION_CHANGE, "workload.image", false, CACHE_LOST, "image changed outside"},
	{"more pods", want_replicas, ACTION_CHANGE, "driver-opts.replicas", false, CACHE_NONE, "its pods run on"},
	{"scaled by hand", scaled_by_hand, ACTION_CHANGE, "workload.replicas", false, CACHE_NONE, "its pods run on"},
	{"scaled by an autoscaler", autoscaled, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"an autoscaler's pods rolled", autoscaled_image, ACTION_CHANGE, "driver-opts.image", false, CACHE_LOST,
	 "left to HorizontalPodAutoscaler"},
	{"no limit any more", no_limit, ACTION_CHANGE, "driver-opts.limits.memory", false, CACHE_LOST, NULL},
	{"limit taken away", limit_gone, ACTION_CHANGE, "workload.limits.memory", false, CACHE_LOST, NULL},
	{"a variable", want_env, ACTION_CHANGE, "driver-opts.env.A", false, CACHE_LOST, NULL},
	{"a variable by hand", env_by_hand, ACTION_CHANGE, "workload.env.API_TOKEN", false, CACHE_LOST, NULL},
	{"a variable changed by hand", env_other, ACTION_CHANGE, "workload.env.A", false, CACHE_LOST, NULL},
	{"labels in another order", labels_order, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"labels", want_labels, ACTION_REPLACE, "driver-opts.labels", true, CACHE_LOST, NULL},
	{"tolerations in another order", tolerations_order, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"tolerations by hand", tolerations_by_hand, ACTION_CHANGE, "workload.tolerations", false, CACHE_LOST, NULL},
	{"defaults said", defaults_said, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"how builds are spread", want_loadbalance, ACTION_CHANGE, "driver-opts.loadbalance", false, CACHE_NONE, NULL},
	{"another emulator", emulator_elsewhere, ACTION_CHANGE, "workload.qemu.image", false, CACHE_LOST, NULL},
	{"flags by hand", flags_by_hand, ACTION_CHANGE, "workload.buildkitd-flags", false, CACHE_LOST, NULL},
	{"platforms by hand", platforms_by_hand, ACTION_CHANGE, "workload.platforms", false, CACHE_NONE, NULL},
	{"rootless by hand", rootless_by_hand, ACTION_CHANGE, "workload.rootless", false, CACHE_LOST, NULL},
	{"rootless: false, by BuildX", made_rootless_false, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"rootless: false, as it says", natively_rootless_false, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"ephemeral storage, by BuildX", made_ephemeral, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"ephemeral storage, as it says", natively_ephemeral, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"ephemeral storage by hand", ephemeral_by_hand, ACTION_CHANGE, "workload.limits.ephemeral-storage", false,
	 CACHE_LOST, NULL},
	{"a time that it may stay", expiry_wanted, ACTION_CHANGE, "workload.expires", false, CACHE_NONE,
	 "its pods run on"},
	{"it may stay for a year", expiry_kept, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"its time is up, and it is wanted", expiry_up, ACTION_CHANGE, "workload.expires", false, CACHE_NONE, NULL},
	{"it is to stay for ever", expiry_dropped, ACTION_CHANGE, "workload.expires", false, CACHE_NONE, NULL},
	{"it stays for ever", expiry_none, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"a claim beside a configuration", want_config_and_claim, ACTION_REPLACE, "driver-opts." STORAGE, true,
	 CACHE_LOST, NULL},
	{"the same configuration", same_config, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"configuration by hand", config_by_hand, ACTION_CHANGE, "workload.buildkitd.toml: debug", false, CACHE_LOST,
	 NULL},
	{"configuration", want_config, ACTION_CHANGE, "buildkitd.toml: debug", false, CACHE_LOST, NULL},
	{"configuration that cannot be read", config_unread, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"a claim, as it is", claimed, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"another image beside a claim", claimed_image, ACTION_CHANGE, "driver-opts.image", false, CACHE_KEPT,
	 "kept in claim buildkitd-ci0-0 (1Gi)"},
	{"a larger claim", claimed_more, ACTION_REPLACE, "driver-opts." STORAGE, true, CACHE_KEPT,
	 "kept in claim buildkitd-ci0-0"},
	{"a claim for the first time", storage_wanted, ACTION_REPLACE, "driver-opts." STORAGE, true, CACHE_LOST, NULL},
	{"a claim no more", storage_unwanted, ACTION_REPLACE, "driver-opts." STORAGE, true, CACHE_LOST, NULL},
	{"a configuration that BuildX does not mount", claim_config, ACTION_CHANGE, "workload.buildkitd.toml: debug",
	 false, CACHE_KEPT, NULL},
	{"both kinds", twins, ACTION_CHANGE, "workload.twin", false, CACHE_LOST, "in the pods of StatefulSet ci0"},
	{"the other kind is another store's", twin_of_others, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"the other kind is Helm's", twin_of_helm, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"Deployment gone", gone, ACTION_CHANGE, NULL, false, CACHE_NONE, "Deployment of node ci0 is gone"},
	{"StatefulSet gone", gone_claim_left, ACTION_CHANGE, NULL, false, CACHE_KEPT, "taken over from claim"},
	{"gone, and asleep", gone_asleep, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"a silent cluster", silent, ACTION_UNKNOWN, NULL, false, CACHE_NONE, "connection refused"},
	{"workloads that may not be looked at", forbidden, ACTION_UNKNOWN, NULL, false, CACHE_NONE, "may not list"},
	{"others that may not be looked at", other_forbidden, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"a namespace that is gone", no_namespace, ACTION_CHANGE, NULL, false, CACHE_NONE,
	 "kubectl create namespace n"},
	{"sick of what is changed", sick_and_wrong, ACTION_CHANGE, "workload.image", false, CACHE_LOST, NULL},
	{"pods that are not ready", pods_unready, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"used as it is there", not_in_store, ACTION_CREATE, NULL, false, CACHE_NONE, "used as it is"},
	{"others' that differs", foreign, ACTION_CREATE, "driver-opts.image", false, CACHE_LOST, "pass --adopt ci"},
	{"taken over", adopted, ACTION_CREATE, "driver-opts.image", false, CACHE_LOST, "one after another"},
	{"left by us", left_by_us, ACTION_CREATE, "driver-opts.image", false, CACHE_LOST, "is there and differs"},
	{"no BuildKit", strange, ACTION_CREATE, NULL, false, CACHE_NONE, "no container buildkitd"},
	{"kept by Helm", helm, ACTION_NONE, NULL, false, CACHE_NONE, "kept by Helm release ci"},
	{"another namespace", other_namespace, ACTION_REPLACE, "driver-opts.namespace", true, CACHE_LOST,
	 "namespace changed"},
	{"another namespace, with a claim", other_namespace_claimed, ACTION_REPLACE, "driver-opts.namespace", true,
	 CACHE_RETAINED, "retained for 24h in claim"},
	{"a context", pinned, ACTION_CHANGE, "context", false, CACHE_NONE, NULL},
	{"a context that is kept", pin_held, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"the file that it is in", kubeconfig_said, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
	{"a node that goes", dropped, ACTION_CHANGE, "", false, CACHE_LOST, NULL},
	{"a node that goes from what Helm keeps", helm_dropped, ACTION_CHANGE, "", false, CACHE_NONE, NULL},
	{"removed", removed, ACTION_REMOVE, NULL, false, CACHE_LOST, NULL},
	{"removed, and kept by Helm", helm_removed, ACTION_REMOVE, NULL, false, CACHE_NONE,
	 "Deployment ci0 stays: it is Helm"},
	{"removed, and another store's", others_removed, ACTION_REMOVE, NULL, false, CACHE_NONE,
	 "another store made it"},
	{"removed, and another builder's", shared_removed, ACTION_REMOVE, NULL, false, CACHE_NONE,
	 "Deployment ci0 stays: another builder is on it"},
	{"dropped, and another builder's", shared_dropped, ACTION_CHANGE, "", false, CACHE_NONE, NULL},
	{"a snapshot without clusters", snapshot_of_before, ACTION_NONE, NULL, false, CACHE_NONE, NULL},
};

static bool says(const struct plan *made, const struct change *change, const char *words)
{
	const char *texts[] = {change ? change->reason : NULL, change ? change->detail : NULL,
			       change ? change->cache_note : NULL, change ? change->blocked : NULL};

	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i] && strstr(texts[i], words))
			return true;
	for (size_t i = 0; i < made->notes.count; i++)
		if (strstr(made->notes.items[i], words))
			return true;
	return false;
}

static const struct field_change *field_of(const struct change *change, const char *path)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "nodes.ci0%s%s", *path ? "." : "", path);
	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i].path, whole))
			return &change->fields[i];
	return NULL;
}

static void assert_row(const struct row *row, const struct plan *plan)
{
	const struct change *change = find(plan, "builder.ci");
	enum action action = change ? change->action : ACTION_NONE;
	const struct field_change *field = change && row->path ? field_of(change, row->path) : NULL;

	if (action != row->action)
		fail_msg("%s: %s, expected %s (%s, %s)", row->name, action_kind(action)->name,
			 action_kind(row->action)->name, change ? change->reason : "",
			 change && change->field_count ? change->fields[0].path : "no field");
	if (row->path && !field)
		fail_msg("%s: no field %s, but %s", row->name, row->path,
			 change->field_count ? change->fields[0].path : "none");
	if (field && field->forces_replacement != row->replaces)
		fail_msg("%s: %s forces a replacement, or does not", row->name, field->path);
	if (change && change->cache != row->cache)
		fail_msg("%s: cache %s, expected %s", row->name, cache_effect_name(change->cache),
			 cache_effect_name(row->cache));
	if (row->says && !says(plan, change, row->says))
		fail_msg("%s: nothing says \"%s\": %s; %s; %s", row->name, row->says, change ? change->reason : "",
			 change && change->detail ? change->detail : "",
			 change && change->cache_note ? change->cache_note : "");
	if (change && row->change != snapshot_of_before && !strstr(change->cluster, "prod/n in /k") &&
	    !strstr(change->cluster, "prod/n in ~"))
		fail_msg("%s: about cluster %s", row->name, change->cluster);
	for (size_t i = 0; change && row->cache == CACHE_NONE && i < change->step_count; i++)
		assert_int_not_equal(change->steps[i].kind, STEP_REMOVE_OBJECTS);
	if (row->change == sick_and_wrong)
		assert_false(change->blocked && strstr(change->blocked, "unhealthy")); /* which the change mends */
	for (size_t i = 0; change && i < change->field_count; i++)
		assert_false(change->fields[i].after && strstr(change->fields[i].after, "hunter2"));
}

/* "deployments/ci0 " for each object that the requests of the step delete, or the other way about. */
static void note_gone(const struct step *step, struct text *gone)
{
	CLEANUP_JSON cJSON *requests = NULL;
	const cJSON *request;

	if (step->kind == STEP_BOOT)
		text_clear(gone);
	if (step->kind != STEP_CHANGE_OBJECTS && step->kind != STEP_REMOVE_OBJECTS)
		return;
	assert_int_equal(json_parse((const char *)step->data, step->length, &requests, NULL), 0);
	cJSON_ArrayForEach(request, requests) {
		char object[128];

		snprintf(object, sizeof(object), "%s/%s ", json_string(request, "resource"),
			 json_string(request, "name"));
		if (text_equal(json_string(request, "method"), "DELETE"))
			text_puts(gone, object);
		else if (text_equal(json_string(request, "method"), "PATCH") && strstr(text_string(gone), object))
			fail_msg("%s is removed, and changed after that", object);
	}
}

static void test_what_is_removed_is_not_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text gone = TEXT_INIT;
		struct pods_world p;

		make_pods(&p);
		rows[i].change(&p);
		struct plan *made_plan = plan_pods(&p);
		const struct change *change = find(made_plan, "builder.ci");
		for (size_t k = 0; change && k < change->step_count; k++)
			note_gone(&change->steps[k], &gone);
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

static void claimed_removed(struct pods_world *p)
{
	claimed(p);
	removed(p);
}
static void claimed_dropped(struct pods_world *p)
{
	claimed(p);
	dropped(p);
}

static void twins_removed(struct pods_world *p)
{
	twins(p);
	removed(p);
}
static void twins_relabelled(struct pods_world *p)
{
	twins(p);
	want_labels(p);
}
static void twin_of_others_removed(struct pods_world *p)
{
	twin_of_others(p);
	removed(p);
}
static void twin_of_helm_removed(struct pods_world *p)
{
	twin_of_helm(p);
	removed(p);
}
static void twin_of_others_relabelled(struct pods_world *p)
{
	twin_of_others(p);
	want_labels(p);
}
/* "deployments/ci0 " for each workload that the builder's steps delete. */
static void note_workloads_gone(const struct step *step, struct text *gone)
{
	CLEANUP_JSON cJSON *requests = NULL;
	const cJSON *request;

	if (step->kind != STEP_REMOVE_OBJECTS)
		return;
	assert_int_equal(json_parse((const char *)step->data, step->length, &requests, NULL), 0);
	cJSON_ArrayForEach(request, requests) {
		assert_non_null(json_string(request, "uid"));
		text_printf(gone, "%s/%s ", json_string(request, "resource"), json_string(request, "name"));
	}
}

/* Of what has the node's name, what is somebody else's stays, and what another builder is on. */
static void test_what_goes(void **state)
{
	static const struct {
		void (*change)(struct pods_world *p);
		const char *gone;
	} ways[] = {
		{removed, "deployments/ci0 "},
		{dropped, "deployments/ci0 "},
		{twins, "statefulsets/ci0 "},
		{twins_removed, "deployments/ci0 statefulsets/ci0 "},
		{twins_relabelled, "deployments/ci0 statefulsets/ci0 "},
		{twin_of_others_removed, "deployments/ci0 "},
		{twin_of_helm_removed, "deployments/ci0 "},
		{twin_of_others_relabelled, "deployments/ci0 "},
		{shared_removed, ""},
		{shared_dropped, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++) {
		CLEANUP_TEXT struct text gone = TEXT_INIT;
		struct pods_world p;

		make_pods(&p);
		ways[i].change(&p);
		struct plan *made_plan = plan_pods(&p);
		const struct change *change = find(made_plan, "builder.ci");
		for (size_t k = 0; change && k < change->step_count; k++)
			note_workloads_gone(&change->steps[k], &gone);
		if (!text_equal(text_string(&gone), ways[i].gone))
			fail_msg("way %zu removes %s", i, text_string(&gone));
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

/* "PATCH persistentvolumeclaims DELETE statefulsets …", of all steps. */
static void note_requests(const struct step *step, struct text *said)
{
	CLEANUP_JSON cJSON *requests = NULL;
	const cJSON *request;

	if (step->kind != STEP_CHANGE_OBJECTS && step->kind != STEP_REMOVE_OBJECTS)
		return;
	assert_int_equal(json_parse((const char *)step->data, step->length, &requests, NULL), 0);
	cJSON_ArrayForEach(request, requests)
		text_printf(said, "%s %s ", json_string(request, "method"), json_string(request, "resource"));
}

/* Cut off anywhere, a run leaves no claim that says nothing of itself and that nobody has. */
static void test_claims_are_marked_first(void **state)
{
	static void (*const ways[])(struct pods_world * p) = {claimed_removed, claimed_dropped,
							      other_namespace_claimed};
	static const char kept[] = "PATCH persistentvolumeclaims DELETE statefulsets ";

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(ways); i++) {
		CLEANUP_TEXT struct text said = TEXT_INIT;
		struct pods_world p;

		make_pods(&p);
		ways[i / 2](&p);
		p.w.keep_s = i % 2 == 0 ? 86400 : 0;
		struct plan *made_plan = plan_pods(&p);
		const struct change *change = find(made_plan, "builder.ci");
		for (size_t k = 0; change && k < change->step_count; k++)
			note_requests(&change->steps[k], &said);
		bool drops = strstr(text_string(&said), "DELETE persistentvolumeclaims ");
		if (!text_starts(text_string(&said), kept) || drops != (p.w.keep_s == 0))
			fail_msg("way %zu: %s", i, text_string(&said));
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

static void test_rows(void **state)
{
	struct pods_world p;

	(void)state;
	make_pods(&p);
	struct plan *control = plan_pods(&p);
	assert_false(plan_has_changes(control));
	plan_free(control);
	arena_free(p.w.arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_pods(&p);
		rows[i].change(&p);
		struct plan *made_plan = plan_pods(&p);
		assert_row(&rows[i], made_plan);
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

static void rewritten(struct pods_world *p)
{
	p->workloads[0].version = "2";
}
static void recreated(struct pods_world *p)
{
	p->workloads[0].uid = "u9";
}
static void config_appears(struct pods_world *p)
{
	config_there(p, "debug = true\n");
}

/* A saved plan is stale when what it goes by is another, and not because pods come and go. */
static void test_fingerprint(void **state)
{
	static const struct {
		void (*change)(struct pods_world *p);
		bool stale;
	} changes[] = {{rewritten, false},	  {pods_unready, false}, {recreated, true},	 {autoscaled, true},
		       {limit_gone, true},	  {flags_by_hand, true}, {config_appears, true}, {twins, true},
		       {platforms_by_hand, true}, {gone, true}};
	struct pods_world p;

	(void)state;
	make_pods(&p);
	want_image(&p);
	struct plan *before = plan_pods(&p);
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct pods_world other;

		make_pods(&other);
		want_image(&other);
		changes[i].change(&other);
		struct plan *after = plan_pods(&other);
		bool same = text_equal(find(before, "builder.ci")->live_fingerprint,
				       find(after, "builder.ci")->live_fingerprint);
		if (same == changes[i].stale)
			fail_msg("change %zu: a plan of before %s stale", i, same ? "is not" : "is");
		plan_free(after);
		arena_free(other.w.arena);
	}
	plan_free(before);
	arena_free(p.w.arena);
}

/* What the requests of the plan's change to that workload do, "DELETE statefulsets/ci0; …"; "": there is none. */
static const char *end_of(struct pods_world *p)
{
	static char text[512];
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct plan *made_plan = plan_pods(p);
	const struct change *change = find(made_plan, "workload.n/ci0");

	for (size_t i = 0; change && i < change->step_count; i++) {
		CLEANUP_JSON cJSON *requests = NULL;
		const cJSON *request;

		assert_int_equal(change->steps[i].kind, STEP_RETIRE_OBJECTS); /* builds are waited for */
		assert_int_equal(
			json_parse((const char *)change->steps[i].data, change->steps[i].length, &requests, NULL), 0);
		cJSON_ArrayForEach(request, requests)
			text_printf(&out, "%s %s/%s; ", json_string(request, "method"),
				    json_string(request, "resource"), json_string(request, "name"));
	}
	snprintf(text, sizeof(text), "plan p on %s", p->workloads[0].mark.host ? p->workloads[0].mark.host : "");
	if (change)
		assert_non_null(strstr(change->reason, text));
	snprintf(text, sizeof(text), "%s", text_string(&out));
	plan_free(made_plan);
	return text;
}

/* Another store made it, for a time: that store's builders are unknown here. */
static void test_gc_ends_what_is_past_its_time(void **state)
{
	static const char whole[] = "DELETE statefulsets/ci0; DELETE persistentvolumeclaims/buildkitd-ci0-0; ";
	struct pods_world p;
	struct live_builder *store;

	(void)state;
	make_pods(&p);
	claimed(&p);
	p.workloads[0].mark = (struct cluster_mark){.store = "other", .host = "h2", .plan = "p", .expires = MARK_PAST};
	p.w.want.name = "unrelated";
	p.w.want_node.name = "unrelated0";
	store = p.w.live.builders;
	p.w.gc = true;
	p.w.now = 1795737600;
	assert_string_equal(end_of(&p), ""); /* a builder of this store names it */
	p.w.live.builders = store + 1;
	p.w.live.builder_count = 1;
	assert_string_equal(end_of(&p), whole);
	p.claim.mark = (struct cluster_mark){.store = "other", .host = "h2", .plan = "p", .expires = MARK_NEXT_YEAR};
	assert_string_equal(end_of(&p), "DELETE statefulsets/ci0; "); /* the claim is kept for longer */
	p.claim.mark = (struct cluster_mark){0};
	p.workloads[0].managed_by = "Helm release ci";
	assert_string_equal(end_of(&p), "");
	p.workloads[0].managed_by = NULL;
	p.workloads[0].mark.expires = MARK_NEXT_YEAR;
	assert_string_equal(end_of(&p), "");
	p.workloads[0].mark.expires = "soon";
	assert_string_equal(end_of(&p), "");
	p.workloads[0].mark.expires = MARK_PAST;
	p.w.gc = false;
	assert_string_equal(end_of(&p), ""); /* an apply ends nothing of others */
	arena_free(p.w.arena);
}

/* A store's id is its path's: runners of one image have the same, and see each other's in a namespace that they share.
 */
static void test_an_apply_ends_what_store_and_host_say_is_ours(void **state)
{
	static const struct {
		struct cluster_mark mark;
		bool ends;
	} marks[] = {
		{{"l", "h", "p", NULL}, true}, /* nobody finished making it */
		{{"l", "h", "p", MARK_PAST}, true}, {{"l", "h", "p", MARK_NEXT_YEAR}, false},
		{{"l", "h2", "p", NULL}, false},    {{"l", "h2", "p", MARK_PAST}, false},
		{{"l", NULL, "p", NULL}, false},    {{"other", "h", "p", NULL}, false},
		{{NULL, "h", "p", NULL}, false},    {{NULL, NULL, NULL, NULL}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(marks); i++) {
		struct pods_world p;

		make_pods(&p);
		p.workloads[0].mark = marks[i].mark;
		p.w.want.name = "unrelated";
		p.w.want_node.name = "unrelated0";
		p.w.live.builder_count = 0;
		p.w.now = 1795737600;
		if ((*end_of(&p) != '\0') != marks[i].ends)
			fail_msg("mark %zu: %s", i, marks[i].ends ? "is left" : "is ended");
		arena_free(p.w.arena);
	}
}

/* A claim that was kept until now, and has no workload any more. */
static void test_gc_takes_claims_that_nobody_uses(void **state)
{
	static const struct {
		bool used;
		const char *pods_unknown;
		bool goes;
	} uses[] = {{false, NULL, true}, {true, NULL, false}, {false, "forbidden", false}};

	(void)state;
	for (size_t i = 0; i < COUNT(uses); i++) {
		struct pods_world p;

		make_pods(&p);
		claimed(&p);
		p.claim.mark = (struct cluster_mark){.store = "l", .host = "h", .plan = "p", .expires = MARK_PAST};
		p.claim.used = uses[i].used;
		p.clusters[0].pods_unknown = uses[i].pods_unknown;
		p.clusters[0].workload_count = 0;
		p.w.live.builder_count = 0;
		p.w.want.name = "unrelated";
		p.w.want_node.name = "unrelated0";
		p.w.gc = true;
		p.w.now = 1795737600;
		struct plan *made_plan = plan_pods(&p);
		if (!find(made_plan, "claim.n/buildkitd-ci0-0") == uses[i].goes)
			fail_msg("use %zu: the claim %s", i, uses[i].goes ? "stays" : "goes");
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gc_takes_claims_that_nobody_uses),
		cmocka_unit_test(test_an_apply_ends_what_store_and_host_say_is_ours),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_goes),
		cmocka_unit_test(test_what_is_removed_is_not_changed),
		cmocka_unit_test(test_claims_are_marked_first),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_gc_ends_what_is_past_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
