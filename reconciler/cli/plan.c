/* --plan: compare, print the plan, change nothing; -o saves it. */
#include "codec/plan.h"
#include "base/json.h"
#include "cli/machines.h"
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
	int code = machines_plan(session, session->options->detailed_exitcode);
	bool made = session->published->done && session->plan;

	if (session->options->out && made && session->plans.count == 1) {
		int failed = save(session, session->options->out);
		return failed ? failed : code;
	}
	return code;
}
