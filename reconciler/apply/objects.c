/* The requests of a step, one after the other. */
#include "apply/objects.h"

#include "apply/steps.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/identity.h"
#include "base/json.h"
#include "codec/manifest.h"
#include "live/kube/object.h"
#include "live/store/locate.h"

#include <stdlib.h>
#include <string.h>

int objects_open(struct execution *run, const struct step *step, struct objects *ret_objects, cJSON **ret_requests,
		 struct error *err)
{
	struct objects objects = {.run = run, .arena = run->arena};

	if (!step->data || json_parse((const char *)step->data, step->length, ret_requests, err) < 0 ||
	    !cJSON_IsArray(*ret_requests))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s holds no requests",
				 step_kind_name(step->kind));
	if (cluster_pool_get(run, step->endpoint, &objects.cluster, &objects.client, err) < 0)
		return -1;
	*ret_objects = objects;
	return 0;
}

const char *objects_path(const struct objects *objects, const char *resource, const char *name)
{
	bool is_app = text_equal(resource, "deployments") || text_equal(resource, "statefulsets");
	CLEANUP_TEXT struct text path =
		kube_path(is_app ? "/apis/apps/v1/namespaces/%s/%s" : "/api/v1/namespaces/%s/%s",
			  objects->cluster->namespace, resource);
	CLEANUP_TEXT struct text end = name ? kube_path("/%s", name) : (struct text)TEXT_INIT;

	return arena_printf(objects->arena, "%s%s", text_string(&path), name ? text_string(&end) : "");
}

/* A plan knows no time, and not its own id: they are filled in now. */
static void fill_in(const struct objects *objects, cJSON *body)
{
	cJSON *annotations = cJSON_GetObjectItemCaseSensitive(json_reach(body, "metadata"), "annotations");
	const char *expires = json_string(annotations, CLUSTER_MARK_EXPIRES);
	const char *plan = json_string(annotations, CLUSTER_MARK_PLAN);
	const char *host = json_string(annotations, CLUSTER_MARK_HOST);
	char when[32];

	if (plan && *plan == '\0')
		json_put_string(annotations, CLUSTER_MARK_PLAN, objects->run->plan_id);
	if (host && *host == '\0')
		json_put_string(annotations, CLUSTER_MARK_HOST, identity_host(objects->arena));
	if (!expires || *expires != '+')
		return;
	clock_rfc3339(time(NULL) + (time_t)strtoll(expires + 1, NULL, 10), when);
	json_put_string(annotations, CLUSTER_MARK_EXPIRES, when);
}

static int call(const struct objects *objects, const char *method, const char *path, const cJSON *body,
		const char *content_type, struct kube_reply *reply, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	if (body)
		json_print_canonical(body, &text);
	return kube_call(objects->client,
			 &(struct kube_request){.method = method,
						.path = path,
						.body = body ? text_string(&text) : NULL,
						.content_type = content_type},
			 reply, err);
}

/* Another store's, or somebody's who keeps it besides BuildX; NULL: neither. */
static const char *stranger_of(const struct objects *objects, const cJSON *json)
{
	const char *keeper = kube_managed_by(objects->arena, json);
	struct cluster_mark mark;
	char store[13];

	kube_read_mark(objects->arena, json, &mark);
	store_id(objects->run->live->store, store);
	if (keeper)
		return arena_printf(objects->arena, "is kept by %s", keeper);
	if (cluster_marked(&mark) && !text_equal(mark.store, store))
		return arena_printf(objects->arena, "is the store %s's of host %s", mark.store,
				    mark.host ? mark.host : "unknown");
	return NULL;
}

/* What stands where a request that knows no uid is to write, or to remove; *ret_uid NULL: nothing does. */
static int look(const struct objects *objects, const char *path, const char **ret_uid, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	CLEANUP_JSON cJSON *json = NULL;
	struct error reason = ERROR_INIT;

	*ret_uid = NULL;
	if (call(objects, "GET", path, NULL, NULL, &reply, &reason) < 0)
		return reply.trouble == KUBE_NOT_FOUND ? 0 : error_copy(err, &reason);
	if (json_parse(buffer_text(&reply.body), reply.body.length, &json, err) < 0)
		return error_wrap(err, "the cluster's answer");
	const char *stranger = stranger_of(objects, json);
	*ret_uid = kube_meta(objects->arena, json, "uid");
	if (!stranger)
		return 0;
	error_set(err, ERROR_STALE, "%s %s, and was not when this was planned", path, stranger);
	return error_hint(err, "give the node another name, or another namespace");
}

static int patch(const struct objects *objects, const char *path, const char *uid, cJSON *body, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	struct error reason = ERROR_INIT;
	bool was_planned = uid;

	if (!uid && look(objects, path, &uid, err) < 0)
		return -1;
	if (uid)
		json_put_string(json_reach(body, "metadata"), "uid", uid);
	if (call(objects, "PATCH", path, body, "application/strategic-merge-patch+json", &reply, &reason) == 0)
		return 0;
	if (reply.trouble == KUBE_NOT_FOUND && !was_planned)
		return 0; /* BuildX may have made fewer ConfigMaps than it does now */
	error_copy(err, &reason);
	if (err && (reply.trouble == KUBE_CONFLICT || reply.trouble == KUBE_NOT_FOUND))
		err->kind = ERROR_STALE;
	return -1;
}

/* Made by an earlier try of this plan. */
static bool is_this_plans(const struct objects *objects, const char *path)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	CLEANUP_JSON cJSON *json = NULL;

	if (call(objects, "GET", path, NULL, NULL, &reply, NULL) < 0 ||
	    json_parse(buffer_text(&reply.body), reply.body.length, &json, NULL) < 0)
		return false;
	return text_equal(kube_annotation(json, CLUSTER_MARK_PLAN), objects->run->plan_id);
}

/* A ConfigMap that is in the way is overwritten, as BuildX does (driver/kubernetes/driver.go, Bootstrap), unless it is
 * somebody else's. */
static int post(const struct objects *objects, const char *resource, const char *name, cJSON *body, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	const char *path = objects_path(objects, resource, name);
	struct error reason = ERROR_INIT;

	if (call(objects, "POST", objects_path(objects, resource, NULL), body, NULL, &reply, &reason) == 0)
		return 0;
	if (reply.trouble != KUBE_EXISTS)
		return error_copy(err, &reason);
	if (text_equal(resource, "configmaps"))
		return patch(objects, path, NULL, body, err);
	if (is_this_plans(objects, path))
		return 0;
	error_set(err, ERROR_STALE, "%s %s is in namespace %s already, and was not when this was planned", resource,
		  name, objects->cluster->namespace);
	return error_hint(err, "look at it with `kubectl -n %s get %s %s -o yaml`, and plan again",
			  objects->cluster->namespace, resource, name);
}

/* Whoever owns what it made goes with it, and before it. */
static int remove_object(const struct objects *objects, const char *path, const char *uid, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	CLEANUP_JSON cJSON *options = cJSON_CreateObject();
	struct error reason = ERROR_INIT;

	if (!uid && look(objects, path, &uid, err) < 0)
		return -1;
	json_add_string(options, "apiVersion", "v1");
	json_add_string(options, "kind", "DeleteOptions");
	json_add_string(options, "propagationPolicy", "Foreground");
	if (uid)
		json_add_string(json_add_object(options, "preconditions"), "uid", uid);
	if (call(objects, "DELETE", path, options, NULL, &reply, &reason) == 0 || reply.trouble == KUBE_NOT_FOUND)
		return 0;
	error_copy(err, &reason);
	if (err && reply.trouble == KUBE_CONFLICT)
		err->kind = ERROR_STALE;
	return -1;
}

int objects_send(const struct objects *objects, cJSON *request, struct error *err)
{
	const char *method = json_string(request, "method"), *resource = json_string(request, "resource");
	const char *name = json_string(request, "name");
	cJSON *body = cJSON_GetObjectItemCaseSensitive(request, "body");

	if (!method || !resource || !name || !kube_name_valid(name))
		return error_set(err, ERROR_CORRUPT, "the plan holds a request without method, resource or name");
	if (text_equal(method, "DELETE"))
		return remove_object(objects, objects_path(objects, resource, name), json_string(request, "uid"), err);
	if (body)
		fill_in(objects, body);
	if (body && text_equal(method, "POST"))
		return post(objects, resource, name, body, err);
	if (body && text_equal(method, "PATCH"))
		return patch(objects, objects_path(objects, resource, name), json_string(request, "uid"), body, err);
	return error_set(err, ERROR_CORRUPT, "the plan holds a request of an unknown kind, %s", method);
}

/* Its pods begin anew, or there were none. */
static bool is_awaited(const cJSON *request, enum workload_kind *ret_kind)
{
	const cJSON *spec = json_get(json_get(request, "body"), "spec");

	for (enum workload_kind kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		if (text_equal(json_string(request, "resource"), workload_resource(kind))) {
			*ret_kind = kind;
			return spec && !text_equal(json_string(request, "method"), "DELETE");
		}
	return false;
}

/* A workload that is made comes before its ConfigMaps, for which its pods wait: whoever is cut off leaves the one
 * object by which the next run finds what was begun. */
static bool comes_first(const cJSON *request)
{
	enum workload_kind kind;

	return text_equal(json_string(request, "method"), "POST") && is_awaited(request, &kind);
}

static int send_those(const struct objects *objects, const struct step *step, cJSON *requests, bool first,
		      struct error *err)
{
	cJSON *request;

	cJSON_ArrayForEach(request, requests)
		if (comes_first(request) == first && objects_send(objects, request, err) < 0)
			return error_wrap(err, "%s", step->name);
	return 0;
}

int execute_change_objects(struct execution *run, const struct step *step, struct error *err)
{
	CLEANUP_JSON cJSON *requests = NULL;
	struct objects objects;
	enum workload_kind kind;
	cJSON *request;

	if (objects_open(run, step, &objects, &requests, err) < 0)
		return -1;
	if (send_those(&objects, step, requests, true, err) < 0 || send_those(&objects, step, requests, false, err) < 0)
		return -1;
	cJSON_ArrayForEach(request, requests)
		if (is_awaited(request, &kind) && objects_await(&objects, kind, json_string(request, "name"), err) < 0)
			return -1;
	return 0;
}

/* Before anything goes: whether each is the one that was planned. */
static int are_the_same(const struct objects *objects, const struct step *step, const cJSON *requests,
			struct error *err)
{
	const cJSON *request;

	cJSON_ArrayForEach(request, requests) {
		const char *uid = json_string(request, "uid"), *resource = json_string(request, "resource");
		const char *name = json_string(request, "name");

		if (!uid || !resource || !kube_name_valid(name) ||
		    !text_equal(json_string(request, "method"), "DELETE"))
			continue;
		const char *path = arena_printf(objects->arena, "%s?dryRun=All", objects_path(objects, resource, name));
		if (remove_object(objects, path, uid, err) < 0)
			return error_wrap(err, "%s", step->name);
	}
	return 0;
}

static int remove_those(const struct objects *objects, const struct step *step, cJSON *requests, bool configs,
			struct error *err)
{
	cJSON *request;

	cJSON_ArrayForEach(request, requests) {
		if (!text_equal(json_string(request, "method"), "DELETE") ||
		    text_equal(json_string(request, "resource"), "configmaps") != configs)
			continue;
		if (objects_send(objects, request, err) < 0)
			return error_wrap(err, "%s", step->name);
		if (objects_await_gone(objects, json_string(request, "resource"), json_string(request, "name"), err) <
		    0)
			return -1;
	}
	return 0;
}

/* A workload goes after its ConfigMaps, as it came before them. */
static int remove_all(const struct objects *objects, const struct step *step, cJSON *requests, struct error *err)
{
	if (are_the_same(objects, step, requests, err) < 0 || remove_those(objects, step, requests, true, err) < 0)
		return -1;
	return remove_those(objects, step, requests, false, err);
}

int execute_remove_objects(struct execution *run, const struct step *step, struct error *err)
{
	CLEANUP_JSON cJSON *requests = NULL;
	struct objects objects;

	if (objects_open(run, step, &objects, &requests, err) < 0)
		return -1;
	return remove_all(&objects, step, requests, err);
}

/* First it is said, in the cluster, that it may go: whoever finds it then knows. */
int execute_retire_objects(struct execution *run, const struct step *step, struct error *err)
{
	CLEANUP_JSON cJSON *requests = NULL;
	struct error reason = ERROR_INIT;
	struct objects objects;
	cJSON *request;

	if (objects_open(run, step, &objects, &requests, err) < 0)
		return -1;
	cJSON_ArrayForEach(request, requests)
		if (!text_equal(json_string(request, "method"), "DELETE") && objects_send(&objects, request, err) < 0)
			return error_wrap(err, "%s", step->name);
	if (execute_drain(run, step, &reason) < 0) {
		if (reason.kind == ERROR_INTERRUPTED) {
			error_copy(err, &reason);
			return -1;
		}
		run->say(run->context,
			 arena_printf(run->arena, "%s is left to the next run: %s", step->node, reason.message));
		return 0;
	}
	return remove_all(&objects, step, requests, err);
}
