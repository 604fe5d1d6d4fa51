/* Reads DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH as docker does: docker/cli cli/flags/options.go (any text
 * but the empty one turns them on; without cert.pem or key.pem it goes on, without ca.pem it does not) and
 * cli/command/context.go, resolveDefaultDockerEndpoint (what cannot be read ends every command of docker's, plugins
 * too).
 */
#include "live/store/environment_tls.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/pem.h"
#include "codec/context.h"

#include <string.h>
#include <time.h>

enum { FILE_CAP = 1024 * 1024 };

static const char SUBJECT[] = "context.default";
/* As GitLab calls it where it shows how to build with BuildX in docker-in-docker. */
static const char PLACE[] = "tls-environment";

/* In the order of config_files: sorted by name. */
static const struct kind {
	const char *name;
	size_t path;
	bool needed, secret;
	int (*check)(const void *data, size_t length, struct error *err);
} kinds[] = {
	{"ca.pem", offsetof(struct environment_tls, ca), true, false, pem_certificate_check},
	{"cert.pem", offsetof(struct environment_tls, cert), false, false, pem_certificate_check},
	{"key.pem", offsetof(struct environment_tls, key), false, true, pem_key_check},
};

static void add_fault(struct live *live, enum fault_code code, const char *path, const char *mend, const char *message)
{
	faults_add(live->arena, &live->faults, code, SUBJECT, path, mend, "%s", message);
}

/* docker ends with it; the first one counts. */
static void add_problem(struct live *live, struct environment_tls *tls, enum fault_code code, const char *path,
			const char *message)
{
	add_fault(live, code, path, NULL, message);
	if (!tls->problem)
		tls->problem = message;
}

static void take(struct live *live, struct environment_tls *tls, const struct kind *kind)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	const char *path = arena_printf(live->arena, "%s/%s", tls->folder, kind->name);
	struct error err = ERROR_INIT;

	if (file_read(path, FILE_CAP, &data, &err) < 0) {
		if (err.kind == ERROR_NOT_FOUND && !kind->needed)
			return;
		add_problem(live, tls,
			    err.kind == ERROR_NOT_FOUND ? FAULT_DOCKER_TLS_MISSING : FAULT_DOCKER_TLS_UNUSABLE, path,
			    err.kind == ERROR_NOT_FOUND
				    ? arena_printf(live->arena, "TLS is asked for, and DOCKER_CERT_PATH=%s has no %s",
						   tls->folder, kind->name)
				    : arena_strdup(live->arena, err.message));
		return;
	}
	if (kind->check(buffer_text(&data), data.length, &err) < 0)
		add_problem(live, tls, FAULT_DOCKER_TLS_UNUSABLE, path,
			    arena_printf(live->arena, "%s %s", path, err.message));
	*(const char **)(void *)((char *)tls + kind->path) = path;
	*ARENA_PUSH(live->arena, tls->files.items, tls->files.count) =
		(struct config_file){.name = kind->name,
				     .data = arena_copy(live->arena, buffer_text(&data), data.length + 1),
				     .length = data.length,
				     .secret = kind->secret};
}

/* docker sends no certificate without its key, and says nothing. */
static void check_pair(struct live *live, struct environment_tls *tls)
{
	const struct config_file *cert = config_files_get(&tls->files, "cert.pem"),
				 *key = config_files_get(&tls->files, "key.pem");
	struct error err = ERROR_INIT;

	if (!cert && !key)
		return;
	if (!cert || !key) {
		const char *missing = cert ? "key.pem" : "cert.pem";

		add_fault(live, FAULT_DOCKER_TLS_MISSING, arena_printf(live->arena, "%s/%s", tls->folder, missing),
			  NULL,
			  arena_printf(live->arena, "DOCKER_CERT_PATH=%s has no %s, and %s is of no use without it",
				       tls->folder, missing, cert ? "cert.pem" : "key.pem"));
		return;
	}
	if (tls->problem)
		return;
	if (pem_pair_check(cert->data, cert->length, key->data, key->length, &err) < 0)
		add_problem(live, tls, FAULT_DOCKER_TLS_UNUSABLE, tls->key,
			    arena_printf(live->arena, "%s %s in cert.pem", tls->key, err.message));
	else if (pem_certificate_check_time(cert->data, cert->length, time(NULL), &err) < 0)
		add_fault(live, FAULT_DOCKER_TLS_UNUSABLE, tls->cert,
			  arena_printf(live->arena, "renew %s, and check this machine's clock", tls->cert),
			  arena_printf(live->arena, "the client certificate %s %s", tls->cert, err.message));
}

void environment_tls_read(struct live *live, const char *const *env)
{
	bool verify = *environ_value(env, "DOCKER_TLS_VERIFY") != '\0';
	const char *folder = environ_value(env, "DOCKER_CERT_PATH");

	if (!verify && *environ_value(env, "DOCKER_TLS") == '\0')
		return;
	struct environment_tls *tls = ARENA_NEW(live->arena, struct environment_tls);
	*tls = (struct environment_tls){
		.folder = *folder == '\0' ? live->docker_config : arena_strdup(live->arena, folder),
		.skip_verify = !verify,
	};
	for (size_t i = 0; i < COUNT(kinds); i++)
		take(live, tls, &kinds[i]);
	check_pair(live, tls);
	live->tls = tls;
}

static bool same_bytes(const struct config_file *file, const struct store_file *other)
{
	return other->data && file->length == other->length && memcmp(file->data, other->data, file->length) == 0;
}

static bool has_files(struct arena *arena, const struct live_context *context, const struct config_files *files)
{
	const char *folder = arena_printf(arena, "%s/", context_tls_path(arena, context->name));
	size_t same = 0, there = 0;

	for (size_t i = 0; i < context->tls_count; i++) {
		if (!text_starts(context->tls[i].path, folder))
			continue;
		const struct config_file *file = config_files_get(files, context->tls[i].path + strlen(folder));
		there++;
		same += file && same_bytes(file, &context->tls[i]);
	}
	return context->tls_known && there == files->count && same == there;
}

static bool holds_it(struct live *live, const struct live_context *context, const char *host)
{
	return !context->damaged && !context->implicit && text_equal(context->endpoint, host) &&
	       context->skip_tls_verify == live->tls->skip_verify && has_files(live->arena, context, &live->tls->files);
}

/* Ours before others'; NULL: none has the same. */
static const struct live_context *find_holder(struct live *live, const struct live_context *ours, const char *host)
{
	if (ours && holds_it(live, ours, host))
		return ours;
	for (size_t i = 0; i < live->context_count; i++)
		if (holds_it(live, &live->contexts[i], host))
			return &live->contexts[i];
	return NULL;
}

void environment_tls_place(struct live *live)
{
	const struct live_context *own = live_context(live, "default"), *ours = live_context(live, PLACE);
	const char *host = own ? own->endpoint : NULL;
	char hex[DIGEST_HEX];

	if (!live->tls || !host)
		return;
	if (!text_starts(host, "tcp://")) {
		if (text_starts(host, "unix://") && !live->tls->problem)
			add_fault(
				live, FAULT_DOCKER_TLS_UNUSABLE, NULL,
				"run `unset DOCKER_TLS_VERIFY DOCKER_TLS`, or set DOCKER_HOST to tcp://HOST:2376",
				arena_printf(live->arena,
					     "DOCKER_TLS_VERIFY asks for TLS on %s: docker takes the path for a host's "
					     "name",
					     host));
		return;
	}
	const struct live_context *holder = find_holder(live, ours, host);
	if (holder) {
		live->tls_context = holder->name;
		live->tls_held = true;
		return;
	}
	digest_hex(host, strlen(host), hex);
	/* One of that name that leads elsewhere is somebody's. */
	live->tls_context = ours && !ours->damaged && !text_equal(ours->endpoint, host)
				    ? arena_printf(live->arena, "%s-%.8s", PLACE, hex)
				    : PLACE;
}
