/* Reads Status objects, and the sentence that RBAC says. */
#include "live/kube/status.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

enum { CAUSES_MAX = 32, TEXT_MAX = 4096 };

static const char *member(struct arena *arena, const cJSON *json, const char *key)
{
	const char *text = json_string(json, key);

	return text ? text_printable(arena, text_shortened(arena, text, TEXT_MAX), false) : "";
}

bool kube_status_of(struct arena *arena, const cJSON *json, struct kube_status *ret_status)
{
	const cJSON *details = json_get(json, "details"), *cause;

	/* The end of an exec has neither (KUBERNETES: {"metadata":{},"status":"Success"}). */
	if (!json_string(json, "status") ||
	    (json_string(json, "kind") && !text_equal(json_string(json, "kind"), "Status")))
		return false;
	*ret_status = (struct kube_status){
		.reason = member(arena, json, "reason"),
		.message = member(arena, json, "message"),
		.group = member(arena, details, "group"),
		.kind = member(arena, details, "kind"),
		.name = member(arena, details, "name"),
		.code = (int)json_integer(json, "code", 0),
		.retry_after_seconds = (int)json_integer(details, "retryAfterSeconds", 0),
		.succeeded = text_equal(json_string(json, "status"), "Success"),
	};
	cJSON_ArrayForEach(cause, json_get(details, "causes")) {
		if (ret_status->cause_count == CAUSES_MAX)
			break;
		*ARENA_PUSH(arena, ret_status->causes, ret_status->cause_count) =
			(struct kube_cause){.reason = member(arena, cause, "reason"),
					    .message = member(arena, cause, "message"),
					    .field = member(arena, cause, "field")};
	}
	return true;
}

bool kube_status_parse(struct arena *arena, const char *data, size_t length, struct kube_status *ret_status)
{
	CLEANUP_JSON cJSON *json = NULL;

	return json_parse(data, length, &json, NULL) == 0 && kube_status_of(arena, json, ret_status);
}

/* Takes "before"VALUE" off the text; NULL when it does not begin so. Values of RBAC hold no quotes. */
static const char *take(struct arena *arena, const char *text, const char *before, const char **ret_value)
{
	if (!text || !text_starts(text, before))
		return NULL;
	text += strlen(before);
	const char *end = strchr(text, '"');
	if (!end)
		return NULL;
	*ret_value = arena_strndup(arena, text, (size_t)(end - text));
	return end + 1;
}

/* What RBAC has: a command is made of it for people to run, and whoever answers may say anything. */
static bool is_word(const char *text)
{
	static const char kept[] = "abcdefghijklmnopqrstuvwxyz0123456789./-";

	return text[strspn(text, kept)] == '\0' && *text != '-';
}

bool kube_denial_parse(struct arena *arena, const char *message, struct kube_denial *ret_denial)
{
	struct kube_denial denial = {0};
	const char *at = take(arena, strstr(message, "User \""), "User \"", &denial.user);

	if (!at || !text_starts(at, " cannot "))
		return false;
	at += strlen(" cannot ");
	const char *end = strstr(at, " resource \"");
	if (!end)
		return false;
	denial.verb = arena_strndup(arena, at, (size_t)(end - at));
	at = take(arena, end, " resource \"", &denial.resource);
	at = take(arena, at, " in API group \"", &denial.group);
	if (!at || *denial.verb == '\0' || !is_word(denial.verb) || !is_word(denial.resource) || !is_word(denial.group))
		return false;
	take(arena, at, " in the namespace \"", &denial.namespace_);
	*ret_denial = denial;
	return true;
}
