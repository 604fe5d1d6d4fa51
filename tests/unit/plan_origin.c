/* Each differing field names the line of the state file that says it: its own key's, in the builder or in `defaults`.
 */
#include "base/count.h"
#include "desired/desired.h"

#include "plan_world.h"

static const char inherited[] = "version: 1\n"			    /* 1 */
				"defaults:\n"			    /* 2 */
				"  driver-opts:\n"		    /* 3 */
				"    memory: 1g\n"		    /* 4 */
				"    network: host\n"		    /* 5 */
				"  cache:\n"			    /* 6 */
				"    max-used-space: 1GB\n"	    /* 7 */
				"  buildkitd:\n"		    /* 8 */
				"    debug: true\n"		    /* 9 */
				"    registry:\n"		    /* 10 */
				"      docker.io:\n"		    /* 11 */
				"        mirrors: [m]\n"	    /* 12 */
				"builders:\n"			    /* 13 */
				"  ci:\n"			    /* 14 */
				"    platforms:\n"		    /* 15 */
				"      - linux/arm64\n"		    /* 16 */
				"    cache:\n"			    /* 17 */
				"      reserved-space: 1MB\n"	    /* 18 */
				"    driver-opts:\n"		    /* 19 */
				"      memory: 2g\n"		    /* 20 */
				"      env.A: b\n"		    /* 21 */
				"    buildkitd-flags: [--debug]\n"; /* 22 */

static const char nodes[] = "version: 1\n"			      /* 1 */
			    "builders:\n"			      /* 2 */
			    "  ci:\n"				      /* 3 */
			    "    buildkitd-flags: [--debug]\n"	      /* 4 */
			    "    driver-opts: {network: host}\n"      /* 5 */
			    "    cache: {keep-duration: 7h}\n"	      /* 6 */
			    "    nodes:\n"			      /* 7 */
			    "      ci0:\n"			      /* 8 */
			    "        endpoint: tcp://h:1\n"	      /* 9 */
			    "        driver-opts: {cpu-shares: 2}\n"; /* 10 */

static const char removed[] = "version: 1\n"			 /* 1 */
			      "defaults:\n"			 /* 2 */
			      "  driver-opts: {network: host}\n" /* 3 */
			      "builders:\n"			 /* 4 */
			      "  ci: {}\n";			 /* 5 */

static const struct row {
	const char *state, *path;
	int line;
	bool inherited;
} rows[] = {
	{inherited, "nodes.ci0.platforms", 15, false},
	{inherited, "nodes.ci0.driver-opts.memory", 20, false},
	{inherited, "nodes.ci0.driver-opts.network", 5, true},
	{inherited, "nodes.ci0.driver-opts.env.A", 21, false},
	{inherited, "nodes.ci0.buildkitd-flags", 22, false},
	{inherited, "nodes.ci0.buildkitd.toml: debug", 9, true},
	{inherited, "nodes.ci0.buildkitd.toml: registry.docker.io.mirrors", 12, true},
	{inherited, "nodes.ci0.buildkitd.toml: worker.oci.maxUsedSpace", 7, true},
	{inherited, "nodes.ci0.buildkitd.toml: worker.oci.reservedSpace", 18, false},
	{nodes, "nodes.ci0.endpoint", 9, false},
	{nodes, "nodes.ci0.driver-opts.network", 5, false},
	{nodes, "nodes.ci0.driver-opts.cpu-shares", 10, false},
	{nodes, "nodes.ci0.buildkitd-flags", 4, false},
	{nodes, "nodes.ci0.buildkitd.toml: worker.oci.gcpolicy", 6, false},
	{removed, "nodes.ci0.driver-opts.network", 3, true},
	{removed, "nodes.ci0.driver-opts.memory", 3, true}, /* where options are said, and this one is not */
};

static const struct field_change *field_of(const struct plan *made, const char *path)
{
	const struct change *change = find(made, "builder.ci");

	for (size_t i = 0; change && i < change->field_count; i++)
		if (text_equal(change->fields[i].path, path))
			return &change->fields[i];
	return NULL;
}

static struct state *load(const char *text)
{
	const struct desired_text file = {.path = "s.yaml", .data = text, .length = strlen(text)};
	const struct desired_request request = {.texts = &file, .text_count = 1};
	struct diagnostics problems = {0};
	struct state *state = NULL;

	if (desired_load(&request, &state, &problems) < 0)
		fail_msg("%s", problems.items[0].message);
	diagnostics_done(&problems);
	return state;
}

static void check(const struct row *row)
{
	struct world w;
	struct state *state = load(row->state);

	make_world(&w);
	w.desired = *state;
	struct plan *made = plan(&w);
	const struct field_change *field = field_of(made, row->path);
	if (!field)
		fail_msg("%s: no such field", row->path);
	else if (field->source.line != row->line || field->source.inherited != row->inherited ||
		 !text_equal(field->source.file, "s.yaml"))
		fail_msg("%s: is told at line %d%s, not %d", row->path, field->source.line,
			 field->source.inherited ? " (defaults)" : "", row->line);
	plan_free(made);
	arena_free(w.arena);
	state_free(state);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
