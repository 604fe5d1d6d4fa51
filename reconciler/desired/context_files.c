/* Reads the TLS files that contexts name. docker says what is wrong with them only when it dials, and then of every
 * command on the context (docker/cli cli/context/docker/load.go, tlsConfig): it is told here, at the line. */
#include "base/count.h"
#include "base/pem.h"
#include "desired/check.h"

#include <string.h>

enum { FILE_CAP = 1024 * 1024 };

/* The rows are in the order of config_files: sorted by name, as docker/cli cli/context/tlsdata.go names the files. */
static const struct kind {
	const char *key, *name;
	size_t offset;
	bool secret;
	int (*check)(const void *data, size_t length, struct error *err);
} kinds[] = {
	{"ca", "ca.pem", offsetof(struct context, ca), false, pem_certificate_check},
	{"cert", "cert.pem", offsetof(struct context, cert), false, pem_certificate_check},
	{"key", "key.pem", offsetof(struct context, key), true, pem_key_check},
};

static void take(struct arena *arena, struct context *context, const struct kind *kind, const char *path,
		 struct reach *reach, struct diagnostics *problems)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	struct source source = places_find(&context->places, kind->key, context->source);
	struct error err = ERROR_INIT;
	bool foreign;

	if (reach_read(reach, source.file, path, FILE_CAP, &data, &foreign, &err) < 0) {
		problem_at(problems, source, err.hint[0] ? err.hint : NULL, "context %s: `%s`: %s", context->name,
			   kind->key, err.message);
		return;
	}
	if (kind->check(buffer_text(&data), data.length, &err) < 0) {
		problem_at(problems, source, *err.hint ? err.hint : NULL, "context %s: `%s` %s", context->name,
			   kind->key, err.message);
		return;
	}
	struct config_file *file = ARENA_PUSH(arena, context->tls.items, context->tls.count);
	file->name = kind->name;
	file->data = arena_copy(arena, buffer_text(&data), data.length + 1);
	file->length = data.length;
	file->secret = kind->secret;
	file->foreign = foreign;
}

static void check_pair(const struct context *context, struct diagnostics *problems)
{
	const struct config_file *cert = config_files_get(&context->tls, "cert.pem"),
				 *key = config_files_get(&context->tls, "key.pem");
	struct error err = ERROR_INIT;

	if (cert && key && pem_pair_check(cert->data, cert->length, key->data, key->length, &err) < 0)
		problem_at(problems, places_find(&context->places, "key", context->source), NULL,
			   "context %s: `key` %s in `cert`", context->name, err.message);
}

/* docker/cli cli/context/docker/load.go, ClientOpts: sockets and ssh know no TLS, whatever the context holds. */
static void check_endpoint(const struct context *context, const char *key, struct diagnostics *problems)
{
	if (context->endpoint &&
	    (text_starts(context->endpoint, "unix://") || text_starts(context->endpoint, "ssh://")))
		problem_at(problems, places_find(&context->places, key, context->source),
			   "remove it, or write `endpoint: tcp://HOST:PORT`",
			   "context %s: `%s` goes with a tcp:// endpoint, and Docker ignores it with %s", context->name,
			   key, context->endpoint);
}

void context_files(struct arena *arena, struct context *context, struct reach *reach, struct diagnostics *problems)
{
	if (text_equal(context->state, "absent"))
		return; /* any such key is a problem already */
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *path = *(const char *const *)(const void *)((const char *)context + kinds[i].offset);

		if (!path)
			continue;
		take(arena, context, &kinds[i], path, reach, problems);
		check_endpoint(context, kinds[i].key, problems);
	}
	check_pair(context, problems);
}
