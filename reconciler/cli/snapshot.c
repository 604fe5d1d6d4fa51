/* --snapshot: the live state as JSON, redacted, for planning elsewhere. */
#include "codec/snapshot.h"
#include "base/clock.h"
#include "base/identity.h"
#include "base/json.h"
#include "cli/session.h"

int mode_snapshot(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	const struct options *options = session->options;
	struct identity identity;
	char now[32];
	int code;

	/* With a state file the Engines that it names are asked too, so that a plan made elsewhere is complete. */
	if ((options->files.count > 0 && (code = session_desired(session))) || (code = session_live(session)))
		return code;
	identity_get(&identity);
	clock_rfc3339(time(NULL), now);
	session->live->taken = (struct taken){.host = identity.host, .at = now, .version = RECONCILE_VERSION};
	json = live_to_json(session->live);
	json_print(json, &text);
	if (!options->out)
		return session_write(session, &text);
	return session_save(session, options->out, &text, 0600);
}
