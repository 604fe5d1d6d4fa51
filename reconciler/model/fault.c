/* The table of faults: what each means and how it is mended. */
#include "model/fault.h"

#include "base/buffer.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define MEND_ASIDE "run `reconcile --apply`, which moves the file into the record, or `rm %s`"
#define MEND_OWNER "run `sudo chown \"$(id -u):$(id -g)\" %s`"
#define MEND_CONTEXT                                                                                                   \
	"name the context in the state file with an endpoint, or with `state: absent`, and run `reconcile --apply`"

/* BuildX's words are those of docker/buildx 0.13 to 0.36 (store/store.go, builder/builder.go). Whether moving a file
 * aside mends it was read there too: a missing instance, `current`, defaults/ or activity/ file means "none" to it. */
static const struct fault_kind table[] = {
	/* Instance files. */
	{"instance-blank",
	 "the file says nothing about a builder; BuildX stops with \"activity: is a directory\" or panics", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"instance-empty",
	 "a power cut or a full disk during a write; BuildX stops with \"unexpected end of JSON input\"", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"instance-folder",
	 "a folder is where a file belongs, as after mounting a missing file into a container; BuildX stops with \"is "
	 "a "
	 "directory\"",
	 "run `reconcile --apply`, which removes the empty folder, or `rmdir %s`", REPAIR_ASIDE},
	{"instance-invalid", "the file is not what BuildX writes, so BuildX cannot read it and lists no builder at all",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"instance-link-dangling", "the link's target is gone; BuildX fails on it or removes it", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"instance-name-case",
	 "BuildX looks for the name in lower case, and removes this file when it lists its builders", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"instance-name-invalid",
	 "the file's name is no builder's name; BuildX stops with \"invalid name\" and lists no builder at all",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"instance-name-mismatch",
	 "the file says another name than its own, as after a copy; BuildX stops with \"no builder found\"", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"instance-no-driver", "the file names no driver; BuildX guesses one each time",
	 "name the builder in the state file and run `reconcile --apply`, or `docker buildx rm` it", REPAIR_DECLARED},
	{"instance-no-nodes", "the builder has no nodes, so nothing can be built with it",
	 "name the builder in the state file and run `reconcile --apply`, or `docker buildx rm` it", REPAIR_DECLARED},
	{"instance-not-a-file",
	 "a folder with files in it, or a device, is where an instance file belongs; BuildX lists no builder at all",
	 "look at what it is, then move it out of the store: `mv %s …`", REPAIR_NONE},
	{"instance-nul", "a power cut during a write left NUL bytes; BuildX stops with \"invalid character '\\x00'\"",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"instance-temporary", "BuildX was killed while it wrote this file; its next `ls` stops with \"invalid name\"",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"instance-toml-invalid",
	 "the buildkitd.toml inside is not TOML; BuildX stops with \"failed to parse config\", and before 0.36 cannot "
	 "even "
	 "remove the builder",
	 "name the builder in the state file and run `reconcile --apply`, or `rm %s`", REPAIR_DECLARED},
	{"instance-too-large", "no instance file is that large",
	 "look at what it is, then move it out of the store: `mv %s …`", REPAIR_NONE},
	{"instance-truncated",
	 "a power cut or a full disk cut the file short; BuildX stops with \"unexpected end of JSON input\"",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"instance-unreadable",
	 "the file belongs to somebody else, as after `sudo docker buildx …`; BuildX stops with \"permission denied\"",
	 MEND_OWNER, REPAIR_NONE},

	/* Other files of the store. */
	{"activity-invalid", "the time of last use cannot be read; BuildX stops with \"parsing time\"", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"activity-unreadable", "the file belongs to somebody else; BuildX stops with \"permission denied\"",
	 MEND_OWNER, REPAIR_NONE},
	{"current-invalid", "the record of the selected builder cannot be read; every build without --builder fails",
	 MEND_ASIDE, REPAIR_ASIDE},
	{"current-unreadable", "the file belongs to somebody else, as after `sudo docker buildx use`", MEND_OWNER,
	 REPAIR_NONE},
	{"default-config-invalid", "BuildX gives this file to every new builder, and fails to create one",
	 "correct %s, or move it away", REPAIR_NONE},
	{"default-config-unreadable", "BuildX gives this file to every new builder, and fails to create one",
	 MEND_OWNER, REPAIR_NONE},
	{"defaults-invalid",
	 "the default builder of an endpoint cannot be read; BuildX uses another without a word, or fails", MEND_ASIDE,
	 REPAIR_ASIDE},
	{"defaults-stale", "the default builder of an endpoint was removed; BuildX silently uses another",
	 "run `docker buildx use --default NAME` with a builder that exists, or `rm %s`", REPAIR_NONE},
	{"defaults-unreadable", "the file belongs to somebody else, as after `sudo docker buildx use --default`",
	 MEND_OWNER, REPAIR_NONE},
	{"store-lock-unreadable",
	 "the lock belongs to somebody else, as after `sudo docker buildx …`; every BuildX command fails", MEND_OWNER,
	 REPAIR_NONE},
	{"store-locked",
	 "BuildX holds its lock while it dials every node: one silent endpoint keeps it for 20 seconds, a hanging "
	 "process for ever",
	 "wait for that process or end it; what is reported here was read without the lock", REPAIR_NONE},
	{"store-writable-by-others", "other users of this machine can change builders, which run privileged containers",
	 "run `chmod go-w %s`", REPAIR_NONE},

	/* Docker contexts and configuration. */
	{"context-clash", "a builder in the store hides the builder of the context with the same name",
	 "rename the context, or remove the builder with `docker buildx rm`", REPAIR_NONE},
	{"context-invalid",
	 "the context's metadata cannot be read; docker says \"docker endpoint for \"default\" not found\" or "
	 "\"unexpected "
	 "end of JSON input\"",
	 MEND_CONTEXT, REPAIR_DECLARED},
	{"context-missing", "the current context does not exist; every docker command fails",
	 "write `current-context: default` into the state file, or name the context there, and run `reconcile --apply`",
	 REPAIR_DECLARED},
	{"context-name-mismatch",
	 "the metadata lies in the folder of another name, so docker lists it and cannot use it",
	 "create the context anew with `docker context create`, and remove %s", REPAIR_NONE},
	{"context-no-endpoint",
	 "the context has no Docker endpoint; BuildX says \"cannot find docker endpoint in context\"", MEND_CONTEXT,
	 REPAIR_DECLARED},
	{"context-npipe",
	 "a named pipe exists on Windows only: Docker Desktop's context came with a shared or copied ~/.docker; docker "
	 "says \"protocol not available\"",
	 MEND_CONTEXT, REPAIR_DECLARED},
	{"context-tls-missing",
	 "a TLS file of the context is not there; docker then shows the Engine no client certificate, or with a link "
	 "to "
	 "nowhere fails on every command of the context",
	 "put the file at %s, or write `ca`, `cert` and `key` of the context into the state file and run `reconcile "
	 "--apply`",
	 REPAIR_DECLARED},
	{"context-tls-unreadable",
	 "the TLS files of the context belong to somebody else, as after `sudo docker context create`; docker says "
	 "\"failed to "
	 "retrieve context tls data\"",
	 MEND_OWNER, REPAIR_NONE},
	{"context-unreadable", "the file belongs to somebody else, as after `sudo docker context …`", MEND_OWNER,
	 REPAIR_NONE},
	{"docker-config-invalid",
	 "docker ignores a configuration that it cannot read: contexts and credentials are lost on it", "correct %s",
	 REPAIR_NONE},
	{"docker-config-unreadable", "the file belongs to somebody else, as after `sudo docker login`", MEND_OWNER,
	 REPAIR_NONE},
	{"docker-config-writable-by-others",
	 "other users of this machine can change contexts and credential helpers, which docker runs",
	 "run `chmod go-w %s`", REPAIR_NONE},
	{"endpoint-context-missing",
	 "a node's endpoint is the name of a context that is gone; BuildX says \"unable to parse docker host\"",
	 "create the context, or give the node another endpoint in the state file and run `reconcile --apply`",
	 REPAIR_DECLARED},
	{"endpoint-npipe",
	 "a node's endpoint is a named pipe, which exists on Windows only; \"protocol not available\"",
	 "give the node another endpoint in the state file and run `reconcile --apply`", REPAIR_DECLARED},

	/* What BuildKit daemons say. */
	{"cache-over-limit",
	 "the cache holds more than its policy allows: BuildKit collects after builds, and never what a build uses",
	 "run `reconcile --reset NAME --cache-only`", REPAIR_NONE},
	{"cache-policy-unknown",
	 "BuildKit before v0.17 knows gckeepstorage and keepBytes only, so this cache has no cap but BuildKit's own",
	 "take an image of BuildKit v0.17 or newer, or say `buildkitd: {worker: {oci: {gckeepstorage: …}}}` instead",
	 REPAIR_NONE},
	{"platform-missing",
	 "neither the processor nor an emulator that its kernel knows runs this platform; registrations are lost at a "
	 "reboot. Unless BuildKit's image brings an emulator of its own, builds say \"exec format error\"",
	 "write `emulation: {ARCH: install}` in the state file, or give the platform to a node that has it",
	 REPAIR_DECLARED},

	/* What Engines say. */
	{"container-damaged", "the container of a node was changed outside BuildX so that BuildKit cannot run in it",
	 "run `reconcile --reset NAME`", REPAIR_NONE},
	{"container-dead", "the Engine could not remove the container of a node", "run `docker rm -f` on it",
	 REPAIR_NONE},
	{"container-oom", "BuildKit ran out of memory and was killed",
	 "raise the driver option `memory`, or remove it, in the state file and run `reconcile --apply`",
	 REPAIR_DECLARED},
	{"container-paused", "the container of a node is paused: builds on it hang", "run `docker unpause` on it",
	 REPAIR_NONE},
	{"container-restarting", "BuildKit ends right after it starts",
	 "read `docker logs` of the container, then run `reconcile --reset NAME`", REPAIR_NONE},
	{"daemon-unhealthy", "the BuildKit daemon of a node answers with an error: builds on it fail",
	 "read its log (`docker logs` of the container), then run `reconcile --reset NAME`", REPAIR_NONE},
	{"daemon-unreachable", "the BuildKit daemon of a node does not answer; BuildX shows it as plain \"inactive\"",
	 "start it, or correct the node's endpoint and TLS options in the state file", REPAIR_NONE},
	{"engine-unreachable", "the Docker Engine of an endpoint does not answer",
	 "start it, or give the nodes another endpoint in the state file", REPAIR_NONE},
	{"image-moved", "the image's tag means other bytes now than when the node was made",
	 "run `reconcile --reset NAME` to take the new image", REPAIR_NONE},
	{"orphan-container", "a container that BuildX made and no builder names",
	 "run `docker rm -f` on it, unless another user's builder is its owner", REPAIR_NONE},
	{"orphan-volume", "the cache of a builder that is gone; `docker volume prune` does not take it",
	 "run `docker volume rm` on it, unless another user's builder is its owner", REPAIR_NONE},
	{"remote-tls-missing",
	 "a TLS file that the remote driver is told to use is not there; BuildX calls the node \"inactive\" and does "
	 "not "
	 "say why",
	 "put the file at %s, or name another in the state file and run `reconcile --apply`", REPAIR_DECLARED},
	{"remote-tls-unreadable",
	 "a TLS file of the remote driver cannot be read by this user; BuildX calls the node \"inactive\" and does not "
	 "say why",
	 "make %s a file that this user may read, or name another in the state file and run `reconcile --apply`",
	 REPAIR_DECLARED},
	{"volume-missing", "the container's cache volume is gone", "run `reconcile --reset NAME`", REPAIR_NONE},
};

const struct fault_kind *fault_kind_table(size_t *ret_count)
{
	*ret_count = COUNT(table);
	return table;
}

const struct fault_kind *fault_kind_find(const char *code)
{
	for (size_t i = 0; code != NULL && i < COUNT(table); i++)
		if (strcmp(table[i].code, code) == 0)
			return &table[i];
	return NULL;
}

/* The path as a shell reads it back. */
static void quote(struct buffer *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";

	if (*path != '\0' && path[strspn(path, plain)] == '\0') {
		(void)buffer_puts(out, path);
		return;
	}
	(void)buffer_puts(out, "'");
	for (; *path != '\0'; path++) {
		if (*path == '\'')
			(void)buffer_puts(out, "'\\''");
		else
			(void)buffer_append(out, path, 1);
	}
	(void)buffer_puts(out, "'");
}

static const char *mend_for(struct arena *arena, const struct fault_kind *kind, const char *path)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	const char *mark = strstr(kind->mend, "%s");

	if (mark == NULL)
		return kind->mend;
	(void)buffer_append(&text, kind->mend, (size_t)(mark - kind->mend));
	if (path == NULL)
		(void)buffer_puts(&text, "it");
	else
		quote(&text, text_printable(arena, path, false));
	(void)buffer_puts(&text, mark + 2);
	return arena_strdup(arena, buffer_text(&text));
}

__attribute__((format(printf, 2, 0))) static const char *printable(struct arena *arena, const char *format,
								   va_list arguments)
{
	char *text = NULL;

	if (vasprintf(&text, format, arguments) < 0)
		abort();
	const char *safe = text_printable(arena, text, false);
	free(text);
	return safe;
}

void faults_add(struct arena *arena, struct faults *faults, const char *code, const char *subject, const char *path,
		const char *mend, const char *format, ...)
{
	const struct fault_kind *kind = fault_kind_find(code);
	va_list arguments;

	if (kind == NULL)
		abort(); /* a code that is not in the table is a slip of ours */
	struct fault *fault = ARENA_PUSH(arena, faults->items, faults->count);
	fault->kind = kind;
	fault->subject = text_printable(arena, subject, false);
	fault->path = arena_strdup(arena, path);
	fault->mend = mend == NULL ? mend_for(arena, kind, path) : text_printable(arena, mend, false);
	va_start(arguments, format);
	fault->message = printable(arena, format, arguments);
	va_end(arguments);
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

static int fault_order(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;
	int order = text_order(x->subject, y->subject);

	if (order == 0)
		order = text_order(x->kind->code, y->kind->code);
	if (order == 0)
		order = text_order(x->path, y->path);
	return order != 0 ? order : text_order(x->message, y->message);
}

void faults_sort(struct faults *faults)
{
	if (faults->count > 1)
		qsort(faults->items, faults->count, sizeof(*faults->items), fault_order);
}
