/* Runs one exec plugin and hears what it says. */
#include "live/kube/plugin.h"

#include "base/beneath.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/environ.h"
#include "base/limits.h"
#include "base/spawn.h"
#include "base/xalloc.h"
#include "model/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE = 3, TICK_MS = 20, PIECE = 8 * 1024, SAID_CAP = 64 * 1024, SAID_SHOWN = 300 };

struct kube_plugin {
	struct arena *arena;
	struct http *http;
	const struct kube_exec *exec;
	const char *name; /* for messages */
	struct spawn_child child;
	struct buffer out, said;
	int64_t deadline;
	int timeout_ms;
	void (*done)(void *context, const struct kube_credential *credential, const struct error *failure);
	void *context;
};

static void stop_hearing(struct kube_plugin *plugin, int *fd)
{
	if (*fd < 0)
		return;
	http_unwatch(plugin->http, *fd);
	close(*fd);
	*fd = -1;
}

void kube_plugin_end(struct kube_plugin *plugin)
{
	if (!plugin)
		return;
	http_cancel(plugin->http, plugin);
	stop_hearing(plugin, &plugin->child.out);
	stop_hearing(plugin, &plugin->child.err);
	spawn_end(&plugin->child);
	/* Tokens were in it. */
	if (plugin->out.data)
		memset(plugin->out.data, 0, plugin->out.length);
	buffer_done(&plugin->out);
	buffer_done(&plugin->said);
	arena_free(plugin->arena);
}

static bool is_program(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

/* As Go's exec.LookPath: what has no slash is on PATH, in folders that are absolute. */
static const char *find_program(struct arena *arena, const char *command, const char *const *environ_)
{
	const char *path = environ_value(environ_, "PATH");

	if (strchr(command, '/'))
		return is_program(command) ? command : NULL;
	while (*path != '\0') {
		size_t length = strcspn(path, ":");
		const char *file = arena_printf(arena, "%.*s/%s", (int)length, path, command);

		if (*path == '/' && is_program(file))
			return file;
		path += length + (path[length] == ':');
	}
	return NULL;
}

static bool is_roots_alone(const struct stat *info)
{
	bool sticky = S_ISDIR(info->st_mode) && (info->st_mode & S_ISVTX) != 0;

	return info->st_uid == 0 && ((info->st_mode & (S_IWGRP | S_IWOTH)) == 0 || sticky);
}

/* Nobody but root can put another file in its place; links that are not root's are not followed. */
static bool is_roots_file(struct arena *arena, const char *path)
{
	CLEANUP_CLOSE int fd = careful_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	CLEANUP_FREE char *real = xrealpath(path);
	struct stat info;

	if (fd < 0 || !real || fstat(fd, &info) < 0 || !is_roots_alone(&info))
		return false;
	char *folder = arena_strdup(arena, real), *slash;
	while ((slash = strrchr(folder, '/'))) {
		*slash = '\0';
		if (stat(slash == folder ? "/" : folder, &info) < 0 || !is_roots_alone(&info))
			return false;
	}
	return true;
}

static int refuse_for_root(struct arena *arena, const char *what, const char *path, struct error *err)
{
	const char *shown = text_printable(arena, path, false);

	error_set(err, ERROR_REFUSED, "root does not run a program for %s, which somebody else can write: %s", what,
		  shown);
	return error_hint(err,
			  "run this as the user that it belongs to, or make it, and the folders above it, root's: "
			  "chown root %s",
			  shown);
}

static int check_root(struct arena *arena, const struct kube_config *config, const char *program, struct error *err)
{
	if (geteuid() != 0)
		return 0;
	if (!is_roots_file(arena, config->user->where.file))
		return refuse_for_root(arena, "a kubeconfig", config->user->where.file, err);
	return is_roots_file(arena, program) ? 0 : refuse_for_root(arena, "credentials", program, err);
}

static int find_allowed(struct kube_plugin *plugin, const struct kube_options *options,
			const struct kube_config *config, const char **ret_program, struct error *err)
{
	const struct kube_exec *exec = plugin->exec;
	const char *hint = exec->install_hint ? text_printable(plugin->arena, exec->install_hint, false) : NULL;

	if (config->is_strangers) {
		error_set(err, ERROR_REFUSED,
			  "%s wants to run %s, and that file is in the repository of the state files: whoever writes "
			  "there runs nothing here",
			  text_printable(plugin->arena, config->user->where.file, false), plugin->name);
		return error_hint(err, "keep the kubeconfig elsewhere: in $KUBECONFIG, or under a folder of "
				       "--allow-path");
	}
	if (text_equal(exec->interactive_mode, "Always")) {
		error_set(err, ERROR_UNREACHABLE, "%s wants a terminal (interactiveMode: Always)", plugin->name);
		return error_hint(err, "use credentials that need none, such as a service account's token");
	}
	*ret_program = find_program(plugin->arena, exec->command, options->environ);
	if (!*ret_program) {
		error_set(err, ERROR_UNREACHABLE, "there is no program %s%s, which the user %s wants for credentials",
			  plugin->name, strchr(exec->command, '/') ? "" : " on PATH",
			  text_printable(plugin->arena, config->user->name, false));
		return error_hint(err, "%s", hint ? text_shortened(plugin->arena, hint, SAID_SHOWN) : "install it");
	}
	return check_root(plugin->arena, config, *ret_program, err);
}

/* What it says, without what may be secret, in one line, with an end to it. */
static const char *said_of(struct kube_plugin *plugin)
{
	const char *said = buffer_text(&plugin->said);

	said = text_without_password(plugin->arena, arena_strdup(plugin->arena, said));
	char *line = arena_strdup(plugin->arena, said);
	for (char *at = line; *at != '\0'; at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	size_t length = strlen(line);
	while (length > 0 && line[length - 1] == ' ')
		line[--length] = '\0';
	return text_shortened(plugin->arena, text_printable(plugin->arena, line + strspn(line, " "), false),
			      SAID_SHOWN);
}

static void fail(struct kube_plugin *plugin, struct error *err)
{
	const char *said = said_of(plugin);

	if (err->kind != ERROR_INTERRUPTED && *said != '\0') {
		struct error cause = *err;
		error_set(err, cause.kind, "%s: %s", cause.message, said);
		if (cause.hint[0] != '\0')
			error_hint(err, "%s", cause.hint);
	}
	plugin->done(plugin->context, NULL, err);
}

static void finish(struct kube_plugin *plugin, int status)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_credential credential;
	struct error err = ERROR_INIT;

	if (status != 0 || plugin->out.length >= plugin->out.cap) {
		if (status < 0)
			error_set(&err, ERROR_UNREACHABLE, "%s was ended by signal %d", plugin->name, -status);
		else if (status > 0)
			error_set(&err, ERROR_UNREACHABLE, "%s gave no credentials (exit status %d)", plugin->name,
				  status);
		else
			error_set(&err, ERROR_UNREACHABLE, "%s gave no credentials: it printed more than %d KiB",
				  plugin->name, LIMIT_KUBE_CREDENTIAL / LIMIT_KIB);
		if (status > 0)
			error_hint(&err, "log in with %s again; `kubectl get pods` tells whether it works",
				   plugin->name);
		fail(plugin, &err);
		return;
	}
	if (exec_credential_parse(arena, plugin->exec, buffer_text(&plugin->out), plugin->out.length, &credential,
				  &err) < 0) {
		err.kind = ERROR_UNREACHABLE;
		error_wrap(&err, "%s gave no credentials", plugin->name);
		fail(plugin, &err);
		return;
	}
	plugin->done(plugin->context, &credential, NULL);
}

/* True until the other side has closed it. */
static void hear(struct kube_plugin *plugin, int *fd, struct buffer *into)
{
	char piece[PIECE];

	while (*fd >= 0) {
		ssize_t got = read(*fd, piece, sizeof(piece));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0)
			stop_hearing(plugin, fd);
		else
			buffer_fill(into, piece, (size_t)got);
	}
}

/* What it started may hold on to its pipes: its own end counts. */
static void look(struct kube_plugin *plugin)
{
	struct error err = ERROR_INIT;
	int status = 0;
	bool ended = spawn_ended(&plugin->child, &status);

	hear(plugin, &plugin->child.out, &plugin->out);
	hear(plugin, &plugin->child.err, &plugin->said);
	if (ended) {
		finish(plugin, status);
	} else if (http_interrupted(plugin->http)) {
		error_set(&err, ERROR_INTERRUPTED, "interrupted before %s gave credentials", plugin->name);
		fail(plugin, &err);
	} else if (clock_ms() >= plugin->deadline) {
		error_set(&err, ERROR_UNREACHABLE, "%s gave no credentials within %g s", plugin->name,
			  plugin->timeout_ms / 1000.0);
		error_hint(&err, "does it wait for somebody to log in? log in with it first, or raise --timeout");
		fail(plugin, &err);
	}
}

static void heard(void *context)
{
	struct kube_plugin *plugin = context;

	/* Both are at their end when the program is, most often; the next tick is soon. */
	hear(plugin, &plugin->child.out, &plugin->out);
	hear(plugin, &plugin->child.err, &plugin->said);
}

static void tick(void *context)
{
	struct kube_plugin *plugin = context;

	http_after(plugin->http, TICK_MS, tick, plugin);
	look(plugin);
}

static const char *const *arguments_of(struct kube_plugin *plugin, const char *program)
{
	const struct strings *args = &plugin->exec->args;
	const char **argv = ARENA_ARRAY(plugin->arena, const char *, args->count + 2);

	argv[0] = program;
	for (size_t i = 0; i < args->count; i++)
		argv[i + 1] = args->items[i];
	return argv;
}

static int environment_of(struct kube_plugin *plugin, const struct kube_config *config, const char *const **ret_env,
			  struct error *err)
{
	const struct pairs *pairs = &plugin->exec->env;
	const struct kube_cluster *cluster = config->cluster;
	const char **env = ARENA_ARRAY(plugin->arena, const char *, pairs->count + 2);
	struct http_blob authority = cluster->authority_data;

	if (plugin->exec->provide_cluster_info && authority.length == 0 && cluster->authority &&
	    kube_config_read(plugin->arena, config, cluster->authority, &authority, err) < 0)
		return error_wrap(err, "certificate-authority");
	for (size_t i = 0; i < pairs->count; i++)
		env[i] = arena_printf(plugin->arena, "%s=%s", pairs->items[i].key, pairs->items[i].value);
	env[pairs->count] = exec_credential_info(plugin->arena, plugin->exec, cluster, &authority);
	*ret_env = env;
	return 0;
}

static int run(struct kube_plugin *plugin, const struct kube_options *options, const struct kube_config *config,
	       struct error *err)
{
	const char *program = NULL;
	const char *const *env = NULL;

	if (find_allowed(plugin, options, config, &program, err) < 0 || environment_of(plugin, config, &env, err) < 0)
		return -1;
	if (options->say)
		options->say(options->context, arena_printf(plugin->arena, "running %s for credentials of the %s",
							    plugin->name, kube_config_name(plugin->arena, config)));
	if (spawn_start(arguments_of(plugin, program), env, &plugin->child, err) < 0) {
		if (err)
			err->kind = ERROR_UNREACHABLE;
		return -1;
	}
	http_watch(plugin->http, plugin->child.out, heard, plugin);
	http_watch(plugin->http, plugin->child.err, heard, plugin);
	http_after(plugin->http, 1, tick, plugin);
	return 0;
}

int kube_plugin_start(const struct kube_options *options, const struct kube_config *config,
		      void (*done)(void *context, const struct kube_credential *credential,
				   const struct error *failure),
		      void *context, struct kube_plugin **ret_plugin, struct error *err)
{
	struct arena *arena = arena_new();
	struct kube_plugin *plugin = ARENA_NEW(arena, struct kube_plugin);

	*plugin = (struct kube_plugin){
		.arena = arena,
		.http = options->http,
		.exec = &config->user->exec,
		.name = text_printable(arena, config->user->exec.command, false),
		.child = {.out = -1, .err = -1},
		.out = BUFFER_INIT(LIMIT_KUBE_CREDENTIAL),
		.said = BUFFER_INIT(SAID_CAP),
		.timeout_ms = options->timeout_ms * PATIENCE,
		.done = done,
		.context = context,
	};
	plugin->deadline = clock_ms() + plugin->timeout_ms;
	if (run(plugin, options, config, err) < 0) {
		kube_plugin_end(plugin);
		return -1;
	}
	*ret_plugin = plugin;
	return 0;
}
