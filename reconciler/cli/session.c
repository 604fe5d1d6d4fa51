/* What every mode does alike: read the state files, observe, open the history, plan, and print. */
#include "cli/session.h"

#include "apply/run_lock.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/json.h"
#include "base/shell.h"
#include "base/xalloc.h"
#include "cli/against.h"
#include "cli/machines.h"
#include "cli/planning.h"
#include "cli/plugin.h"
#include "cli/publish.h"
#include "cli/start.h"
#include "cli/terminal.h"
#include "cli/waiting.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "desired/desired.h"
#include "desired/reach.h"
#include "desired/standing.h"
#include "history/leftovers.h"
#include "history/repository.h"
#include "history/secret_keys.h"
#include "live/kube/keyring.h"
#include "live/observe.h"
#include "live/store/locate.h"
#include "report/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { JSON_CAP = 64 * 1024 * 1024, MS = 1000, BUILDX_LOCK_SECONDS = 10 };

static bool was_told_to_end(void *context)
{
	const struct session *session = context;

	return session->signals->caught() != 0 || (session->run_lock && run_lock_is_lost(session->run_lock));
}

void session_init(struct session *session, const struct options *options, const char *const *environ_,
		  const struct signals *signals)
{
	struct report_options out = {
		.format = (enum report_format)options->format,
		.color = terminal_color(STDOUT_FILENO, (enum color_choice)options->color, environ_),
		.verbose = options->verbose,
		.quiet = options->quiet,
		.command = options->command,
	};

	*session = (struct session){.arena = arena_new(), .options = options, .environ = environ_, .signals = signals};
	session->interrupt = (struct interrupt){.came = was_told_to_end, .context = session};
	session->keyring = kube_keyring_new();
	session->out = out;
	publish_init(session);
	session->err = session->out;
	session->err.color = terminal_color(STDERR_FILENO, (enum color_choice)options->color, environ_);
	session->out.layout = terminal_layout(STDOUT_FILENO, environ_);
	session->err.layout = terminal_layout(STDERR_FILENO, environ_);
	if (out.format != FORMAT_GITHUB)
		session->err.format = FORMAT_TEXT;
}

void session_watch(struct session *session)
{
	session->watching = true;
	session->signals->watch();
}

void session_done(struct session *session)
{
	for (size_t i = 0; i < session->plans.count; i++)
		if (session->plans.items[i].plan != session->plan)
			plan_free(session->plans.items[i].plan);
	plan_free(session->plan);
	live_free(session->live);
	state_free(session->desired);
	history_close(session->history);
	kube_keyring_free(session->keyring);
	arena_free(session->arena);
}

/* What the other formats say is for programs, and stays as it is. */
static int put(const struct session *session, int fd, const struct text *text, struct error *err)
{
	const struct report_options *options = fd == STDOUT_FILENO ? &session->out : &session->err;

	if (options->format != FORMAT_TEXT)
		return output_write(fd, text, err);
	CLEANUP_TEXT struct text spelt = TEXT_INIT;
	plugin_spell(session->options->program, text_string(text), &spelt);
	return output_page(fd, &spelt, &options->layout, err);
}

int session_fail(const struct session *session, const struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	report_problem(err, &session->err, &text);
	put(session, STDERR_FILENO, &text, NULL);
	diagnostics_add(&session->published->failures, err);
	if (err->kind == ERROR_INTERRUPTED && session->signals->caught())
		return EXIT_SIGNAL + session->signals->caught();
	return exit_code(err->kind);
}

void session_say(const struct session *session, const char *format, ...)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	va_list arguments;

	if (session->options->quiet)
		return;
	va_start(arguments, format);
	CLEANUP_FREE char *line = xvasprintf(format, arguments);
	va_end(arguments);
	text_printf(&text, "%s\n", text_printable(session->arena, line, false));
	put(session, STDERR_FILENO, &text, NULL);
}

int session_print(const struct session *session, const struct text *text)
{
	struct error err = ERROR_INIT;

	return put(session, STDOUT_FILENO, text, &err) < 0 ? session_fail(session, &err) : 0;
}

int session_write(const struct session *session, const struct text *text)
{
	struct error err = ERROR_INIT;

	return output_write(STDOUT_FILENO, text, &err) < 0 ? session_fail(session, &err) : 0;
}

int session_print_json(const struct session *session, const cJSON *json)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	json_print(json, &text);
	return session_write(session, &text);
}

int session_save(const struct session *session, const char *path, const struct text *text, mode_t mode)
{
	struct error err = ERROR_INIT;

	if (reach_check_target(session->arena, path, &err) < 0 ||
	    file_save(path, text_string(text), text->length, mode, &err) < 0)
		return session_fail(session, &err);
	return 0;
}

void session_print_problems(const struct session *session, const struct diagnostics *problems)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	report_problems(problems, &session->err, &text);
	put(session, STDERR_FILENO, &text, NULL);
	for (size_t i = 0; i < problems->count; i++)
		diagnostics_add(&session->published->failures, &problems->items[i]);
	session->published->failures.truncated |= problems->truncated;
}

/* A name that is misspelt would match nothing, and that would read as "No changes". */
int session_check_only(const struct session *session, const struct state *old)
{
	const struct state *state = session->desired;
	const struct strings *only = &session->options->only;
	const char **known = ARENA_ARRAY(session->arena, const char *, state->builder_count + 1);
	struct error err = ERROR_INIT;
	size_t i = 0;

	while (i < only->count && (state_builder(state, only->items[i]) || (old && state_builder(old, only->items[i]))))
		i++;
	if (i == only->count)
		return 0;
	for (size_t k = 0; k < state->builder_count; k++)
		known[k] = state->builders[k].name;
	error_set(&err, ERROR_USAGE, "--only: no builder \"%s\" in the state file", only->items[i]);
	const char *nearest = text_nearest(only->items[i], known, state->builder_count);
	if (nearest)
		error_hint(&err, "did you mean \"%s\"?", nearest);
	return session_fail(session, &err);
}

void session_desired_request(const struct session *session, struct desired_request *ret_request)
{
	const struct strings *files =
		session->options->files.count > 0 ? &session->options->files : &session->default_files;

	*ret_request = (struct desired_request){
		.files = files->items,
		.file_count = files->count,
		.environ = session->environ,
		.allowed_paths = session->options->allowed_paths.items,
		.allowed_path_count = session->options->allowed_paths.count,
		.allowed_variables = session->options->variables.items,
		.allowed_variable_count = session->options->variables.count,
		.untrusted = session->options->untrusted,
		.secrets_may_lack = session->options->live.count > 0,
	};
}

static void say_warnings(const struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	if (session->options->quiet || session->desired->warnings.count == 0)
		return;
	report_problems(&session->desired->warnings, &session->err, &text);
	put(session, STDERR_FILENO, &text, NULL);
}

int session_desired(struct session *session)
{
	struct diagnostics problems = {0};
	struct desired_request request;

	session_desired_request(session, &request);
	if (desired_load(&request, &session->desired, &problems) < 0) {
		session_print_problems(session, &problems);
		diagnostics_done(&problems);
		if (start_lacks_state(session))
			start_say(session);
		return EXIT_INVALID;
	}
	diagnostics_done(&problems);
	if (session->options->mode != MODE_VALIDATE)
		say_warnings(session);
	desired_digest(session->desired, session->desired_digest);
	return session_check_only(session, NULL);
}

const char *session_state_options(const struct session *session)
{
	const struct strings *files = &session->options->files;
	const char *options = "";

	if (files->count == 0)
		files = &session->default_files;
	for (size_t i = 0; i < files->count; i++)
		options =
			arena_printf(session->arena, "%s -f %s", options, shell_word(session->arena, files->items[i]));
	return options;
}

static int read_json(const char *path, cJSON **ret_json, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(JSON_CAP);

	if (file_read(path, JSON_CAP, &data, err) < 0)
		return -1;
	if (json_parse(buffer_text(&data), data.length, ret_json, err) < 0)
		return error_at(err, path, 0, 0);
	return 0;
}

/* The one that is looked at now; modes that look at one machine take no more. */
static const char *snapshot_path(const struct session *session, struct error *err)
{
	struct strings files = {0};

	if (session->snapshot)
		return session->snapshot;
	if (machines_snapshots(session, &files, err) < 0)
		return NULL;
	if (files.count == 1)
		return files.items[0];
	error_set(err, ERROR_USAGE, "--%s looks at one machine, and --live names %zu",
		  mode_get(session->options->mode)->name, files.count);
	return NULL;
}

static int read_snapshot(const struct session *session, struct live **ret_live, struct error *err)
{
	const char *path = snapshot_path(session, err);
	CLEANUP_JSON cJSON *json = NULL;

	if (!path)
		return -1;

	if (read_json(path, &json, err) < 0)
		return -1;
	if (live_from_json(json, ret_live, err) < 0)
		return error_wrap(err, "%s is no snapshot", path);
	return 0;
}

/* Outside of a run that changes something the signals are watched for no longer than somebody is waited for. */
static int observe_interruptibly(const struct session *session, const struct observe_options *observe,
				 struct live **ret_live, struct error *err)
{
	if (session->watching)
		return live_observe(observe, ret_live, err);
	session->signals->watch();
	int result = live_observe(observe, ret_live, err);
	session->signals->unwatch();
	if (result == 0 && session->signals->caught()) {
		live_free(*ret_live);
		return error_set(err, ERROR_INTERRUPTED, "interrupted while observing what lives here");
	}
	return result;
}

int session_lock_timeout_ms(const struct session *session)
{
	long given = session->options->lock_timeout;

	return (int)(given < 0 ? BUILDX_LOCK_SECONDS : given) * MS;
}

static void show_waiting(void *context, size_t asked, const char *silent)
{
	waiting_draw(context, asked, silent);
}

static void show_line(void *context, const char *line)
{
	waiting_say(context, line);
}

int session_observe(const struct session *session, const struct state *desired, const struct live *before,
		    struct live **ret_live)
{
	const struct options *options = session->options;
	struct waiting waiting;
	struct error err = ERROR_INIT;
	struct strings secret_keys, endpoints = {0};
	struct leftovers leftovers;
	struct observe_options observe = {
		.environ = session->environ,
		.desired = desired,
		.secret_keys = &secret_keys,
		.leftovers = &leftovers,
		.endpoints = &endpoints,
		.allowed = &options->allowed_paths,
		.living_only = options->untrusted,
		.probe = !options->no_probe && options->mode != MODE_GC,
		.sizes = options->mode == MODE_DOCTOR || options->mode == MODE_GC,
		.without_contexts = options->only.count > 0 || options->mode == MODE_RESET,
		.timeout_ms = (int)(session->patience ? session->patience : options->timeout) * MS,
		.lock_timeout_ms = session_lock_timeout_ms(session),
		.keyring = session->keyring,
		.interrupt = &session->interrupt,
		.waiting = show_waiting,
		.say = options->quiet ? NULL : show_line,
		.context = &waiting,
	};

	for (size_t i = 0; before && i < before->engine_count; i++)
		strings_add(session->arena, &endpoints, before->engines[i].endpoint);
	history_secret_keys(session->history, session->arena, &secret_keys);
	/* What cannot be read offers nothing for removal; it is told of as damage. */
	history_leftovers(session->history, session->arena, &leftovers, NULL);
	waiting_begin(&waiting, &session->err, !options->quiet && terminal_live(STDERR_FILENO, session->environ));
	int result = options->live.count > 0 ? read_snapshot(session, ret_live, &err)
					     : observe_interruptibly(session, &observe, ret_live, &err);
	waiting_end(&waiting);

	return result < 0 ? session_fail(session, &err) : 0;
}

/* "~/.docker/buildx" reads better than the whole path. */
static const char *store_shown(const struct session *session)
{
	const char *home = environ_value(session->environ, "HOME");
	size_t length = strlen(home);

	if (length > 1 && !strncmp(session->store, home, length) && session->store[length] == '/')
		return arena_printf(session->arena, "~%s", session->store + length);
	return session->store;
}

static void set_store(struct session *session, const char *store)
{
	session->store = arena_strdup(session->arena, store);
	store_id(session->store, session->store_id);
	session->out.store = store_shown(session);
}

/* What lives here is what is wanted. */
static int take_standing(struct session *session)
{
	state_free(session->desired);
	session->desired = state_standing(session->live);
	desired_digest(session->desired, session->desired_digest);
	return session_check_only(session, NULL);
}

int session_live(struct session *session)
{
	session_peek_history(session);
	int code = session_observe(session, session->desired, NULL, &session->live);

	if (code == 0) {
		set_store(session, session->live->store);
		session_add_damages(session);
	}
	return code == 0 && session->standing ? take_standing(session) : code;
}

int session_store(struct session *session)
{
	const char *store = NULL, *docker_config = NULL;
	struct error err = ERROR_INIT;

	if (store_locate(session->arena, session->environ, &store, &docker_config, &err) < 0)
		return session_fail(session, &err);
	set_store(session, store);
	session->docker_config = docker_config;
	return 0;
}

int session_desired_or_standing(struct session *session)
{
	session->standing = start_lacks_state(session);
	if (!session->standing)
		return session_desired(session);
	session->desired = state_new();
	session->desired->version = 1;
	return 0;
}

int session_plan(struct session *session)
{
	int code;

	if (session->options->against)
		return session_against(session);
	bool may_lack = session->options->mode == MODE_STATUS;
	code = may_lack ? session_desired_or_standing(session) : session_desired(session);
	if (code || (code = session_live(session)))
		return code;
	/* A history that is damaged, or that others may write, is told of, and not believed: what changes something
	 * refuses to. */
	if (session->history_damages.count == 0 && (code = session_history(session, false)) &&
	    !session_history_folder(session))
		return code;
	session->plan = session_plan_for(session, &(struct goal){0}, session->live);
	return 0;
}

int session_saved_plan(const struct session *session, const char *path, struct plan **ret_plan)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct error err = ERROR_INIT;

	if (read_json(path, &json, &err) < 0)
		return session_fail(session, &err);
	if (plan_from_json(json, ret_plan, &err) < 0) {
		error_wrap(&err, "%s is no plan", path);
		return session_fail(session, &err);
	}
	if (plan_json_check_id(json, &err) < 0) {
		plan_free(TAKE(*ret_plan));
		error_wrap(&err, "%s is no plan of reconcile's", path);
		return session_fail(session, &err);
	}
	return 0;
}

int plan_obstacle(const struct plan *plan)
{
	int code = plan_count(plan, ACTION_UNKNOWN) > 0 ? EXIT_UNREACHABLE : 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		if (!plan->changes[i].blocked)
			continue;
		if (exit_code(plan->changes[i].blocked_kind) == EXIT_REFUSED)
			return EXIT_REFUSED;
		code = exit_code(plan->changes[i].blocked_kind);
	}
	return code;
}
