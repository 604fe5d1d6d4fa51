/* The history as a list. */
#ifndef RECONCILE_REPORT_RECORDS_H
#define RECONCILE_REPORT_RECORDS_H

#include "model/record.h"
#include "report/report.h"

void report_records(const struct records *records, const struct report_options *options, struct text *out);

#endif
