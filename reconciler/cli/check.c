/* --check: as --plan, with an exit code that says whether anything differs. */
#include "cli/machines.h"
#include "cli/push.h"

int mode_check(struct session *session)
{
	return push_after(session, machines_plan(session, true));
}
