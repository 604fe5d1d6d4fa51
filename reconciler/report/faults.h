/* What --doctor found. */
#ifndef RECONCILE_REPORT_FAULTS_H
#define RECONCILE_REPORT_FAULTS_H

#include "report/report.h"

/* What is left over is no fault, whoever left it. */
enum fault_group { GROUP_BROKEN, GROUP_UNREACHABLE, GROUP_LEFT_OVER, GROUP_COUNT };
enum fault_group fault_group_of(const struct fault *fault);
/* "mended by --apply", "by you": who mends it. */
const char *fault_mended(struct arena *arena, const struct fault *fault);
/* The command that is to be run first, or what is to be done; NULL: nothing is wrong. */
const char *faults_next(struct arena *arena, const struct faults *faults);

void report_faults(const struct faults *faults, const struct report_options *options, struct text *out);
/* How many there are without what is left over, which is told and is no fault. */
size_t faults_counted(const struct faults *faults);

#endif
