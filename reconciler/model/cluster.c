/* Looks things up in what was observed of clusters. */
#include "model/cluster.h"

#include "base/digest.h"
#include "base/keyed.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/option_value.h"
#include "model/pod_endpoint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *workload_kind_name(enum workload_kind kind)
{
	static const char *const names[WORKLOAD_KIND_COUNT] = {"Deployment", "StatefulSet"};

	return names[kind];
}

const char *workload_name(struct arena *arena, const char *node)
{
	char *name = arena_strdup(arena, node);

	for (char *at = name; *at != '\0'; at++)
		if (*at == '_')
			*at = '-';
	return name;
}

/* Go's url.QueryEscape. */
static void put_escaped(struct text *out, const char *value)
{
	for (; value && *value; value++)
		if (isalnum((unsigned char)*value) || strchr("-_.~", *value))
			text_append(out, value, 1);
		else
			text_printf(out, "%%%02X", (unsigned)(unsigned char)*value);
}

char *cluster_endpoint(struct arena *arena, const char *builder, const char *node, const char *kubeconfig)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	text_printf(&out, "kubernetes:///%s?deployment=", builder);
	put_escaped(&out, node);
	text_puts(&out, "&kubeconfig=");
	put_escaped(&out, kubeconfig);
	return arena_strdup(arena, text_string(&out));
}

const char *cluster_endpoint_config(struct arena *arena, const char *endpoint)
{
	return url_query(arena, endpoint, "kubeconfig");
}

static int by_name_and_kind(const void *a, const void *b)
{
	const struct workload *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order != 0 ? order : (int)one->kind - (int)other->kind;
}

void cluster_sort(struct cluster *cluster)
{
	KEYED_ASSERT(struct pod, name);
	KEYED_ASSERT(struct config_map, name);
	KEYED_ASSERT(struct volume_claim, name);
	KEYED_SORT(cluster->claims, cluster->claim_count);
	KEYED_SORT(cluster->stray_configs, cluster->stray_config_count);
	if (cluster->workload_count == 0)
		return;
	qsort(cluster->workloads, cluster->workload_count, sizeof(*cluster->workloads), by_name_and_kind);
	for (size_t i = 0; i < cluster->workload_count; i++) {
		struct workload *workload = &cluster->workloads[i], *other = i > 0 ? workload - 1 : NULL;

		KEYED_SORT(workload->pods, workload->pod_count);
		KEYED_SORT(workload->configs, workload->config_count);
		if (!other || strcmp(other->name, workload->name) != 0 || other->strange || workload->strange)
			continue;
		workload->twin = other;
		other->twin = workload;
	}
}

const struct workload *cluster_workload(const struct cluster *cluster, enum workload_kind kind, const char *name)
{
	for (size_t i = 0; i < cluster->workload_count; i++)
		if (cluster->workloads[i].kind == kind && text_equal(cluster->workloads[i].name, name))
			return &cluster->workloads[i];
	return NULL;
}

const struct volume_claim *cluster_claim(const struct cluster *cluster, const char *name)
{
	for (size_t i = 0; i < cluster->claim_count; i++)
		if (text_equal(cluster->claims[i].name, name))
			return &cluster->claims[i];
	return NULL;
}

enum workload_kind workload_kind_of(const struct pairs *driver_opts)
{
	return text_empty(pairs_get(driver_opts, "persistent-volume-claim.requests.storage")) ? WORKLOAD_DEPLOYMENT
											      : WORKLOAD_STATEFUL_SET;
}

const char *workload_image(const struct pairs *driver_opts)
{
	return text_empty(pairs_get(driver_opts, "rootless")) ? image_default() : IMAGE_ROOTLESS;
}

bool rootless_wanted(const struct pairs *driver_opts)
{
	const char *value = pairs_get(driver_opts, "rootless");

	return value && option_value_same(driver_option_find(driver_name(HOME_POD), "rootless"), value, "true");
}

bool cluster_marked(const struct cluster_mark *mark)
{
	return mark->store;
}

bool cluster_mark_is(const struct cluster_mark *mark, const char *store, const char *host)
{
	return !text_empty(store) && !text_empty(host) && text_equal(mark->store, store) &&
	       text_equal(mark->host, host);
}

const char *cluster_pin_path(struct arena *arena, const struct cluster_way *way)
{
	const char *text = arena_printf(arena, "%s\n%s", way->kubeconfig ? way->kubeconfig : "", way->context);
	char hex[DIGEST_HEX];

	digest_hex(text, strlen(text), hex);
	return arena_printf(arena, ".reconcile-kube/%.12s", hex);
}

bool cluster_same(const struct cluster *a, const struct cluster *b)
{
	return a == b || (a->server && text_equal(a->server, b->server) && text_equal(a->namespace, b->namespace));
}
