/* What is to be concluded from what a host told. */
#include "model/fleet.h"

#include "base/count.h"
#include "base/text.h"

static const char *const names[] = {[DRIFT_UNKNOWN] = "unknown", [DRIFT_NONE] = "none", [DRIFT_SOME] = "some"};

bool host_check_holds(const struct host *host)
{
	return host->check.when > 0 && text_equal(host->check.record, host->record);
}

enum drift host_drift(const struct host *host)
{
	if (host->unreadable || host->outdated)
		return DRIFT_UNKNOWN;
	if (host_check_holds(host))
		return host->check.drift;
	return text_equal(host->status, "applied") ? DRIFT_NONE : DRIFT_UNKNOWN;
}

const char *drift_name(enum drift drift)
{
	return names[drift];
}

enum drift drift_find(const char *name)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (text_equal(names[i], name))
			return (enum drift)i;
	return DRIFT_UNKNOWN;
}
