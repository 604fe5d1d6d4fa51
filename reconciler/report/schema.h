/* What a state file may say, from the field table, as JSON Schema for editors. */
#ifndef RECONCILE_REPORT_SCHEMA_H
#define RECONCILE_REPORT_SCHEMA_H

#include "base/text_buffer.h"

/* JSON Schema draft-07; schemas/state.schema.json is exactly this. Always the same bytes. */
void schema_state_print(struct text *out);

#endif
