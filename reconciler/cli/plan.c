/* --plan: compare, print the plan, change nothing; -o saves it. */
#include "codec/plan.h"
#include "base/json.h"
#include "cli/publish.h"

static int save(const struct session *session, const char *path)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = plan_to_json(session->plan);

	json_print(json, &text);
	int code = session_save(session, path, &text, 0600);
	if (code)
		return code;
	if (session->plan->speculative)
		session_say(session, "Saved in %s.", path);
	else
		session_say(session, "Saved in %s; to apply exactly this: reconcile --apply %s", path, path);
	return 0;
}

int mode_plan(struct session *session)
{
	int code = session_plan(session);

	if (code || (code = publish_plan(session, session->plan)))
		return code;
	if (session->options->out && (code = save(session, session->options->out)))
		return code;
	if (plan_obstacle(session->plan) == EXIT_UNREACHABLE)
		return EXIT_UNREACHABLE;
	return session->options->detailed_exitcode && plan_has_changes(session->plan) ? EXIT_DIFFERENCES : EXIT_DONE;
}
