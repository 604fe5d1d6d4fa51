/* What an apply came to. */
#ifndef RECONCILE_REPORT_RESULT_H
#define RECONCILE_REPORT_RESULT_H

#include "model/result.h"
#include "report/report.h"

#include <cjson/cJSON.h>

/* What is done, what is not and why, and the command that goes on. results[i] belongs to plan->changes[i]. */
void report_result(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		   struct text *out);
/* What became of it: "Apply complete:" and " 1 created. Verified …"; whether all is done. */
bool result_headline(const struct plan *plan, const struct change_result *results, struct text *ret_words,
		     struct text *ret_rest);
/* The command that goes on, printable. */
const char *result_command(struct arena *arena, const struct plan *plan, const struct report_options *options);
/* result.json of a record; the caller's. */
cJSON *report_result_json(const struct plan *plan, const struct change_result *results, const char *status);

#endif
