/* --gc: the end of retained volumes whose time is past, and of what runs that died left over; as a plan like any other.
 */
#include "base/digest.h"
#include "cli/locked.h"
#include "desired/desired.h"

static int gc(struct session *session, void *context)
{
	struct state *nothing = context;
	char digest[DIGEST_HEX];
	struct act act = {.verb = "gc",
			  .goal = {.subject = "gc", .gc = true, .desired = nothing, .desired_digest = digest}};
	int code = 0;

	/* State files are asked for places to look at, and for nothing else: what is left over is so whatever they say.
	 */
	nothing->version = 1;
	desired_digest(nothing, digest);
	if (session->options->files.count > 0) {
		code = session_desired(session);
	} else {
		session->desired = state_new();
		session->desired->version = 1;
		desired_digest(session->desired, session->desired_digest);
	}
	code = code ? code : act_plan(session, &act);
	return code ? code : act_run(session, &act);
}

int mode_gc(struct session *session)
{
	struct state *nothing = state_new();
	int code = act_locked(session, "gc", gc, nothing);

	state_free(nothing);
	return code;
}
