/* What --doctor found. */
#ifndef RECONCILE_REPORT_FAULTS_H
#define RECONCILE_REPORT_FAULTS_H

#include "report/report.h"

void report_faults(const struct faults *faults, const struct report_options *options, struct text *out);

#endif
