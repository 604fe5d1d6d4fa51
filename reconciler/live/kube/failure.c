/* Tells apart what API servers answer. */
#include "live/kube/failure.h"

#include "base/count.h"
#include "base/shell.h"

#include <string.h>

/* The first row that fits. */
static const struct row {
	int code;
	const char *reason; /* NULL: any */
	enum kube_trouble trouble;
	enum error_kind kind;
	const char *hint; /* NULL: made by a function, or none */
} ROWS[] = {
	{401, NULL, KUBE_UNAUTHORIZED, ERROR_UNREACHABLE, NULL},
	{403, NULL, KUBE_FORBIDDEN, ERROR_UNREACHABLE, NULL},
	{404, NULL, KUBE_NOT_FOUND, ERROR_NOT_FOUND, NULL},
	{409, "AlreadyExists", KUBE_EXISTS, ERROR_EXISTS, NULL},
	{409, NULL, KUBE_CONFLICT, ERROR_STALE, "somebody changed it meanwhile: run `reconcile --plan` again"},
	{410, NULL, KUBE_GONE, ERROR_STALE, NULL},
	{400, NULL, KUBE_INVALID, ERROR_OTHER, NULL},
	{422, NULL, KUBE_INVALID, ERROR_OTHER, NULL},
	{429, NULL, KUBE_BUSY, ERROR_UNREACHABLE, "it limits requests: run this again later"},
	{503, NULL, KUBE_BUSY, ERROR_UNREACHABLE, "run this again when the API server is up"},
	{504, NULL, KUBE_BUSY, ERROR_UNREACHABLE, "run this again when the API server is up"},
};

/* Words of those that stand where an API server was meant. */
static const struct phrase {
	const char *text, *message, *hint;
} PHRASES[] = {
	/* Go's net/http, server.go. */
	{"Client sent an HTTP request to an HTTPS server", "the API server wants TLS",
	 "correct server in the kubeconfig: https://…"},
	{"page not found", "what answers there is no Kubernetes API server", "correct server in the kubeconfig"},
	{"<html", "what answers there is no Kubernetes API server but a website, or a proxy that wants a login",
	 "correct server or proxy-url in the kubeconfig, or log in to that proxy"},
	{"<!doctype", "what answers there is no Kubernetes API server but a website, or a proxy that wants a login",
	 "correct server or proxy-url in the kubeconfig, or log in to that proxy"},
};

static const struct row *row_of(int code, const char *reason)
{
	for (size_t i = 0; i < COUNT(ROWS); i++)
		if (ROWS[i].code == code && (!ROWS[i].reason || text_equal(ROWS[i].reason, reason)))
			return &ROWS[i];
	return NULL;
}

static enum kube_trouble not_a_cluster(const struct kube_failed *failed, struct error *err)
{
	for (size_t i = 0; i < COUNT(PHRASES); i++) {
		const char *at = failed->body;
		while (*at != '\0' && strncasecmp(at, PHRASES[i].text, strlen(PHRASES[i].text)) != 0)
			at++;
		if (*at == '\0')
			continue;
		error_set(err, ERROR_UNREACHABLE, "%s (HTTP %d)", PHRASES[i].message, failed->code);
		error_hint(err, "%s", PHRASES[i].hint);
		return KUBE_NO_CLUSTER;
	}
	error_set(err, ERROR_UNREACHABLE, "what answers there does not speak as a Kubernetes API server (HTTP %d)",
		  failed->code);
	error_hint(err, "correct server in the kubeconfig");
	return KUBE_NO_CLUSTER;
}

/* Whose credentials were refused, and where new ones come from. */
static void hint_unauthorized(const struct kube_failed *failed, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct kube_user *user = failed->config->user;
	const char *name = text_printable(arena, user->name, false);

	if (failed->config->in_pod)
		error_hint(err, "the token of the pod's service account was refused: was the account deleted? start "
				"the pod again");
	else if (!user->where.file)
		error_hint(err, "the context %s names the user \"%s\", which is in no kubeconfig",
			   text_printable(arena, failed->config->context, false), name);
	else if (user->token || user->token_file)
		error_hint(err, "the token of the user %s has expired, or is another cluster's: get a new one", name);
	else if (user->certificate || user->certificate_data.length > 0)
		error_hint(err,
			   "the client certificate of the user %s has expired, or is another cluster's: fetch "
			   "the kubeconfig again",
			   name);
	else if (user->exec.is_said)
		error_hint(err, "%s gave credentials that are refused, twice: log in with it again",
			   text_printable(arena, user->exec.command, false));
	else if (user->username || user->password)
		error_hint(err, "Kubernetes takes no passwords since 1.19: give the user %s a token or a certificate",
			   name);
	else
		error_hint(err, "the user %s has no credentials in %s", name, failed->config->from);
}

static const char *subject_of(struct arena *arena, const char *user)
{
	static const char account[] = "system:serviceaccount:";

	if (text_starts(user, account))
		return arena_printf(arena, "--serviceaccount=%s", shell_word(arena, user + sizeof(account) - 1));
	return arena_printf(arena, "--user=%s", shell_word(arena, user));
}

static void hint_forbidden(const struct kube_failed *failed, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_denial denial;

	if (!kube_denial_parse(arena, failed->status->message, &denial))
		return;
	const char *dot = *denial.group != '\0' ? "." : "";
	const char *slash = strchr(denial.resource, '/');
	size_t length = slash ? (size_t)(slash - denial.resource) : strlen(denial.resource);
	const char *kind = denial.namespace_ ? "role" : "clusterrole";
	const char *where =
		denial.namespace_ ? arena_printf(arena, " -n %s", shell_word(arena, denial.namespace_)) : "";
	error_hint(err,
		   "run `kubectl create %s reconcile-%s --verb=%s --resource=%.*s%s%s%s%s` and `kubectl create "
		   "%sbinding reconcile-%s --%s=reconcile-%s %s%s`",
		   kind, denial.verb, denial.verb, (int)length, denial.resource, dot, denial.group, slash ? slash : "",
		   where, kind, denial.verb, kind, denial.verb, subject_of(arena, denial.user), where);
}

static const char *causes(struct arena *arena, const struct kube_status *status)
{
	struct strings list = {0};

	for (size_t i = 0; i < status->cause_count; i++)
		if (!strstr(status->message, status->causes[i].message))
			strings_add(arena, &list,
				    arena_printf(arena, "%s%s%s", status->causes[i].field,
						 *status->causes[i].field != '\0' ? ": " : "",
						 status->causes[i].message));
	return list.count > 0 ? arena_printf(arena, " (%s)", strings_join(arena, &list, "; ")) : "";
}

/* Whoever shows nothing that the server knows is somebody there as well, where it lets them in at all. */
static bool is_anonymous(struct arena *arena, const struct kube_status *status)
{
	struct kube_denial denial;

	return status && kube_denial_parse(arena, status->message, &denial) &&
	       text_equal(denial.user, "system:anonymous");
}

enum kube_trouble kube_trouble_of(const struct kube_failed *failed, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct kube_status *status = failed->status;
	bool anonymous = failed->code == 403 && is_anonymous(arena, status);
	const struct row *row = row_of(anonymous ? 401 : failed->code, status ? status->reason : "");

	if (failed->code >= 200 && failed->code < 300)
		return KUBE_FINE;
	/* Proxies in front of a cluster refuse without a Status as well, and tell that they are busy. */
	if (!status && !(row && (row->trouble == KUBE_UNAUTHORIZED || row->trouble == KUBE_BUSY)))
		return not_a_cluster(failed, err);
	if (!row) {
		error_set(err, ERROR_OTHER, "it answered %d: %s", failed->code, status->message);
		return KUBE_BROKEN;
	}
	if (status && *status->message != '\0')
		error_set(err, row->kind, "%s%s", status->message, causes(arena, status));
	else
		error_set(err, row->kind, "it answered %d", failed->code);
	if (row->hint)
		error_hint(err, "%s", row->hint);
	else if (row->trouble == KUBE_UNAUTHORIZED)
		hint_unauthorized(failed, err);
	else if (row->trouble == KUBE_FORBIDDEN)
		hint_forbidden(failed, err);
	return row->trouble;
}
