/* What libyaml's parser complains about, said so that the one who wrote the file knows what to do. */
#ifndef RECONCILE_DESIRED_YAML_PROBLEM_H
#define RECONCILE_DESIRED_YAML_PROBLEM_H

#include "base/error.h"
#include "desired/desired.h"

#include <yaml.h>

void yaml_problem_set(const yaml_parser_t *parser, const struct desired_text *text, struct error *err);

#endif
