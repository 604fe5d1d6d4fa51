/* What --doctor found. */
#ifndef RECONCILE_REPORT_FAULTS_H
#define RECONCILE_REPORT_FAULTS_H

#include "report/report.h"

void report_faults(const struct faults *faults, const struct report_options *options, struct text *out);
/* How many there are without what is left over, which is told and is no fault. */
size_t faults_counted(const struct faults *faults);

#endif
