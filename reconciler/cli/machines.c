/* Plans for one machine or several. */
#include "cli/machines.h"

#include "cli/hold.h"

#include "base/file.h"
#include "cli/planning.h"
#include "cli/publish.h"

#include <glob.h>
#include <string.h>

enum { MACHINES_MAX = 1000 };

/* A shell that found no file leaves the pattern as it is, and one in quotes comes here whole. */
static int expand(const struct session *session, const char *pattern, struct strings *files, struct error *err)
{
	glob_t found = {0};

	if (!strpbrk(pattern, "*?[") || file_exists(pattern)) {
		strings_add(session->arena, files, pattern);
		return 0;
	}
	int result = glob(pattern, 0, NULL, &found);
	for (size_t i = 0; result == 0 && i < found.gl_pathc && i <= MACHINES_MAX; i++)
		strings_add(session->arena, files, found.gl_pathv[i]);
	globfree(&found);
	if (result == 0)
		return 0;
	error_set(err, ERROR_USAGE, "--live: no file matches %s", pattern);
	return error_hint(err, "make one on each runner: reconcile --snapshot -o %.*sNAME.json",
			  (int)strcspn(pattern, "*?["), pattern);
}

int machines_snapshots(const struct session *session, struct strings *ret_files, struct error *err)
{
	const struct strings *given = &session->options->live;

	for (size_t i = 0; i < given->count; i++)
		if (expand(session, given->items[i], ret_files, err) < 0)
			return -1;
	if (ret_files->count > MACHINES_MAX)
		return error_set(err, ERROR_USAGE, "--live: more than %d snapshots", MACHINES_MAX);
	return 0;
}

static void add(struct session *session, const char *file)
{
	struct machine_plan *machine = ARENA_PUSH(session->arena, session->plans.items, session->plans.count);

	*machine = (struct machine_plan){.plan = session->plan, .file = file, .store = session->out.store};
}

/* The plans copy what they need of what lives. */
static int plan_each(struct session *session, const struct strings *files)
{
	int code = session_desired(session);

	for (size_t i = 0; i < files->count && code == 0; i++) {
		session->snapshot = files->items[i];
		live_free(session->live);
		session->live = NULL;
		if ((code = session_live(session)))
			break;
		session->plan = session_plan_for(session, &(struct goal){0}, session->live);
		add(session, files->items[i]);
	}
	return code;
}

static int code_of(const struct session *session, const struct plan *plan, bool differs)
{
	int obstacle = plan_obstacle(plan);

	if (obstacle == EXIT_UNREACHABLE)
		return EXIT_UNREACHABLE;
	if (!differs || !plan_has_changes(plan))
		return EXIT_DONE;
	/* What is asked of --check is whether anything differs, not whether it may be applied. */
	return session->options->mode == MODE_PLAN && (session->out.held || obstacle == EXIT_REFUSED)
		       ? EXIT_REFUSED
		       : EXIT_DIFFERENCES;
}

int machines_plan(struct session *session, bool differs)
{
	struct strings files = {0};
	struct error err = ERROR_INIT;
	int worst = EXIT_DONE, code;

	if (machines_snapshots(session, &files, &err) < 0)
		return session_fail(session, &err);
	if (files.count > 1 && session->options->out) {
		error_set(&err, ERROR_USAGE, "-o saves one plan, and --live names %zu snapshots", files.count);
		error_hint(&err, "--json-into FILE saves the report of all");
		return session_fail(session, &err);
	}
	if (files.count > 1)
		code = plan_each(session, &files);
	else if ((code = session_plan(session)) == 0)
		add(session, "");
	if (files.count <= 1 && !session->options->against)
		session->out.held = session_held(session);
	if (code || (code = publish_plans(session, &session->plans)))
		return code;
	for (size_t i = 0; i < session->plans.count; i++)
		if ((code = code_of(session, session->plans.items[i].plan, differs)) > worst)
			worst = code;
	return worst;
}
