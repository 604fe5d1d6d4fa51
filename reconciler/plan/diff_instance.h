/* A wanted builder beside its instance file. */
#ifndef RECONCILE_PLAN_DIFF_INSTANCE_H
#define RECONCILE_PLAN_DIFF_INSTANCE_H

#include "plan/draft.h"

/* Each difference becomes a field of builder->change, and write_instance says whether the file must be written. */
void diff_instance(struct draft *draft, struct builder_draft *builder);
/* The files of a wanted node beside those that are there. */
struct files_diff {
	struct draft *draft;
	struct change *change;
	const struct builder *builder; /* wanted, as the node is */
	const struct node *node;
	const char *prefix; /* "nodes.ci0" */
};
/* Adds a field for each file that differs, "PREFIX.buildkitd.toml: worker.oci.gc"; returns how many files do. */
size_t diff_files(const struct files_diff *diff, const struct config_files *have);

/* A file that differs in the instance file and in what runs ("container", "workload") is one edit: of two fields that
 * say the same the inner one goes. */
void fold_seen_files(struct draft *draft, struct change *change, const char *label, const char *seen);
/* Order does not count, nor what is said twice: BuildX looks platforms and flags up, it never ranks them. */
bool lists_same(struct arena *arena, const struct strings *one, const struct strings *other);

/* "1201 bytes, sha256:…", or that it is secret; NULL gives NULL. */
const char *config_file_shown(struct arena *arena, const struct config_file *file);

#endif
