/* Asks clusters what the user of a change may do there. */
#include "apply/rights.h"

#include "apply/clusters.h"
#include "apply/daemon.h"
#include "base/buffer.h"
#include "base/json.h"
#include "codec/manifest.h"

static const char *group_of(const char *resource)
{
	for (enum workload_kind kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		if (text_equal(resource, workload_resource(kind)))
			return "apps";
	return "";
}

static bool same(const struct right *a, const struct right *b)
{
	return text_equal(a->cluster, b->cluster) && text_equal(a->verb, b->verb) &&
	       text_equal(a->resource, b->resource) && text_equal(a->part, b->part) && text_equal(a->name, b->name);
}

/* --- what is needed ------------------------------------------------------------------------------------------------
 */

struct needs {
	struct arena *arena;
	struct rights rights;
	const char *cluster; /* of the step that is looked at */
	bool booted;	     /* what BuildX makes is marked by steps behind its own, and so they tell what it is */
};

static void need_right(struct needs *needs, const struct right *right)
{
	for (size_t i = 0; i < needs->rights.count; i++)
		if (same(&needs->rights.items[i], right))
			return;
	*ARENA_PUSH(needs->arena, needs->rights.items, needs->rights.count) = *right;
}

/* name NULL: any, or one that is yet to be made. */
static void need(struct needs *needs, const char *verb, const char *resource, const char *name)
{
	need_right(needs, &(struct right){.cluster = needs->cluster,
					  .verb = verb,
					  .group = group_of(resource),
					  .resource = resource,
					  .name = name});
}

static void need_exec(struct needs *needs, const char *verb)
{
	need_right(needs,
		   &(struct right){
			   .cluster = needs->cluster, .verb = verb, .group = "", .resource = "pods", .part = "exec"});
}

/* docker/buildx driver/kubernetes/driver.go: Bootstrap(), wait(), Client(). */
static void need_of_buildx(struct needs *needs, const char *resource, const char *name)
{
	need(needs, "create", resource, NULL);
	if (text_equal(resource, "configmaps")) {
		need(needs, "update", resource, name);
		return;
	}
	need(needs, "get", resource, name);
	need(needs, "list", "pods", NULL);
	need_exec(needs, "create");
}

/* apply/objects.c, rollout.c. */
static void need_of_request(struct needs *needs, const cJSON *request)
{
	const char *method = json_string(request, "method");
	const char *resource = arena_strdup(needs->arena, json_string(request, "resource"));
	const char *name = arena_strdup(needs->arena, json_string(request, "name"));

	if (!method || !resource || !name)
		return;
	if (needs->booted && text_equal(method, "PATCH"))
		need_of_buildx(needs, resource, name);
	if (text_equal(method, "POST"))
		need(needs, "create", resource, NULL);
	else
		need(needs, text_equal(method, "DELETE") ? "delete" : "patch", resource, name);
	if (!text_equal(method, "POST") && !json_string(request, "uid"))
		need(needs, "get", resource, name);
	if (text_equal(method, "DELETE") || !json_get(json_get(request, "body"), "spec") ||
	    text_equal(group_of(resource), ""))
		return;
	need(needs, "get", resource, name);
	need(needs, "list", "pods", NULL);
}

static void need_of_requests(struct needs *needs, const struct step *step)
{
	CLEANUP_JSON cJSON *requests = NULL;
	const cJSON *request;

	if (!step->data || json_parse((const char *)step->data, step->length, &requests, NULL) < 0)
		return;
	cJSON_ArrayForEach(request, requests)
		need_of_request(needs, request);
}

struct rights rights_of_change(struct arena *arena, const struct live *live, const struct change *change, bool force)
{
	struct needs needs = {.arena = arena};

	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];

		needs.booted = needs.booted || step->kind == STEP_BOOT;
		needs.cluster = step_cluster(live, step);
		if (!needs.cluster)
			continue;
		if (step->kind == STEP_VERIFY_BUILD || step->kind == STEP_PRUNE_CACHE ||
		    (step->kind == STEP_DRAIN && !force)) {
			need(&needs, "list", "pods", NULL);
			need_exec(&needs, step->kind == STEP_VERIFY_BUILD ? "create" : "get");
		} else if (text_equal(needs.cluster, step->endpoint)) {
			need_of_requests(&needs, step);
		}
	}
	return needs.rights;
}

/* --- what is granted -----------------------------------------------------------------------------------------------
 */

static bool has(const cJSON *list, const char *word)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (cJSON_IsString(item) && (text_equal(item->valuestring, word) || text_equal(item->valuestring, "*")))
			return true;
	return false;
}

static bool has_resource(struct arena *arena, const cJSON *list, const struct right *right)
{
	if (!right->part)
		return has(list, right->resource);
	return has(list, arena_printf(arena, "%s/%s", right->resource, right->part)) ||
	       has(list, arena_printf(arena, "*/%s", right->part));
}

bool rights_granted(const cJSON *rules, const struct right *right)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const cJSON *rule;

	cJSON_ArrayForEach(rule, rules) {
		const cJSON *names = json_get(rule, "resourceNames");
		bool named = cJSON_GetArraySize(names) > 0;

		if (has(json_get(rule, "verbs"), right->verb) && has(json_get(rule, "apiGroups"), right->group) &&
		    has_resource(arena, json_get(rule, "resources"), right) &&
		    (!named || (right->name && has(names, right->name))))
			return true;
	}
	return false;
}

/* A review is an object that is sent, and comes back with a status. */
static int review(struct kube_client *client, const char *group, const char *kind, const char *path, cJSON *spec,
		  cJSON **ret_json, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	CLEANUP_JSON cJSON *body = cJSON_CreateObject();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();

	json_add_string(body, "apiVersion", arena_printf(arena, "%s/v1", group));
	json_add_string(body, "kind", kind);
	cJSON_AddItemToObject(body, "spec", spec);
	json_print_canonical(body, &text);
	const struct kube_request request = {
		.method = "POST",
		.path = arena_printf(arena, "/apis/%s/v1/%s", group, path),
		.body = text_string(&text),
	};
	if (kube_call(client, &request, &reply, err) < 0)
		return -1;
	return json_parse(buffer_text(&reply.body), reply.body.length, ret_json, err);
}

static int ask_rules(struct kube_client *client, const char *namespace, cJSON **ret_json, struct error *err)
{
	cJSON *spec = cJSON_CreateObject();

	json_add_string(spec, "namespace", namespace);
	return review(client, "authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", spec,
		      ret_json, err);
}

/* Only a plain "no" is one. */
static bool is_denied(struct kube_client *client, const char *namespace, const struct right *right)
{
	CLEANUP_JSON cJSON *json = NULL;
	cJSON *spec = cJSON_CreateObject(), *attributes = json_add_object(spec, "resourceAttributes");

	json_add_string(attributes, "namespace", namespace);
	json_add_string(attributes, "verb", right->verb);
	json_add_string(attributes, "group", right->group);
	json_add_string(attributes, "resource", right->resource);
	if (right->part)
		json_add_string(attributes, "subresource", right->part);
	if (right->name)
		json_add_string(attributes, "name", right->name);
	if (review(client, "authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", spec, &json,
		   NULL) < 0)
		return false;
	return cJSON_IsFalse(json_get(json_get(json, "status"), "allowed"));
}

/* As the cluster knows it (1.28 and later); else as the kubeconfig does. */
static const char *user_of(struct arena *arena, struct kube_client *client, const struct cluster *cluster)
{
	CLEANUP_JSON cJSON *json = NULL;
	const char *name = NULL;

	if (review(client, "authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", cJSON_CreateObject(),
		   &json, NULL) == 0)
		name = json_string(json_get(json_get(json, "status"), "userInfo"), "username");
	if (text_empty(name))
		name = cluster->user ? cluster->user : "this user";
	return text_printable(arena, name, false);
}

static int refuse(struct execution *run, struct kube_client *client, const struct cluster *cluster,
		  const struct strings *missing, struct error *err)
{
	error_set(err, ERROR_REFUSED, "%s may not %s in namespace %s of %s", user_of(run->arena, client, cluster),
		  strings_join(run->arena, missing, ", "), cluster->namespace, cluster->server);
	return error_hint(err, "nothing of this change was begun: have it granted by a role of that namespace "
			       "(.packages/kubernetes/apply.yaml is one that has all that an apply needs), or apply as "
			       "another user");
}

static int check_cluster(struct execution *run, const struct rights *rights, const char *key, struct error *err)
{
	CLEANUP_JSON cJSON *rules = NULL;
	const struct cluster *cluster;
	struct kube_client *client;
	struct strings missing = {0};

	if (cluster_pool_get(run, key, &cluster, &client, NULL) < 0 ||
	    ask_rules(client, cluster->namespace, &rules, NULL) < 0)
		return 0;
	const cJSON *granted = json_get(json_get(rules, "status"), "resourceRules");
	for (size_t i = 0; i < rights->count; i++) {
		const struct right *right = &rights->items[i];

		if (!text_equal(right->cluster, key) || rights_granted(granted, right) ||
		    !is_denied(client, cluster->namespace, right))
			continue;
		const char *text = arena_printf(run->arena, "%s %s%s%s%s%s", right->verb, right->resource,
						right->part	? "/"
						: *right->group ? "."
								: "",
						right->part ? right->part : right->group, right->name ? " " : "",
						right->name ? right->name : "");
		strings_add(run->arena, &missing, text);
	}
	return missing.count > 0 ? refuse(run, client, cluster, &missing, err) : 0;
}

int rights_check_change(struct execution *run, const struct change *change, struct error *err)
{
	const struct rights rights = rights_of_change(run->arena, run->live, change, run->options->force);
	struct strings asked = {0};

	for (size_t i = 0; i < rights.count; i++) {
		const char *key = rights.items[i].cluster;

		if (strings_contain(&asked, key))
			continue;
		strings_add(run->arena, &asked, key);
		if (check_cluster(run, &rights, key, err) < 0)
			return -1;
	}
	return 0;
}
