/* A plan in its forms: columns, notes, hostile strings, the line that sums it up. */
#include "base/count.h"
#include "base/json.h"
#include "report/plan.h"
#include "report/report.h"
#include "report/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const char *file_name = "states/team.yaml";

static struct field_change replaced_fields[] = {
	{.path = "nodes.ci0.driver-opts.image",
	 .before = "moby/buildkit:v0.25.0",
	 .after = "moby/buildkit:v0.26.2",
	 .forces_replacement = true},
	{.path = "nodes.ci0.container.memory", .before = "1GiB", .after = "2GiB", .note = "made outside BuildX"},
	{.path = "platforms", .after = "linux/amd64"},
	{.path = "nodes.ci0.driver-opts.env.OLD", .before = ""},
};
static struct field_change selected_field[] = {{.path = "selected", .before = "default", .after = "ci"}};
static struct step steps[] = {
	{.kind = STEP_PULL_IMAGE, .name = "moby/buildkit:v0.26.2"},
	{.kind = STEP_WRITE_FILE, .path = "instances/ci"},
	{.kind = STEP_BOOT, .name = "ci"},
};

static struct change changes[] = {
	{.address = "builder.ci",
	 .object = OBJECT_BUILDER,
	 .name = "ci",
	 .action = ACTION_REPLACE,
	 .reason = "image changed",
	 .fields = replaced_fields,
	 .field_count = 4,
	 .cache = CACHE_KEPT,
	 .cache_note = "kept in volume buildx_buildkit_ci0_state",
	 .steps = steps,
	 .step_count = 3},
	{.address = "selected",
	 .object = OBJECT_SELECTED,
	 .name = "ci",
	 .action = ACTION_SELECT,
	 .reason = "\"default\" is selected",
	 .fields = selected_field,
	 .field_count = 1},
};

static struct plan make_plan(void)
{
	struct plan plan = {.complete = true, .applyable = true, .desired_count = 3, .matching = 2};

	changes[0].source = (struct source){.file = file_name, .line = 12, .column = 3};
	changes[1].source = (struct source){.file = file_name, .line = 3, .column = 1};
	plan.state_files = (struct strings){.items = &file_name, .count = 1};
	plan.changes = changes;
	plan.change_count = 2;
	return plan;
}

static const char expected_text[] =
	"reconcile: 3 builders in states/team.yaml, BuildX store ~/.docker/buildx\n"
	"\n"
	"  # builder.ci: image changed                                states/team.yaml:12\n"
	"-/+ builder.ci\n"
	"      ~ nodes.ci0.driver-opts.image    moby/buildkit:v0.25.0 → moby/buildkit:v0.26.2   # forces replacement\n"
	"      ~ nodes.ci0.container.memory     1GiB                  → 2GiB                    # made outside BuildX\n"
	"      + platforms                      linux/amd64\n"
	"      - nodes.ci0.driver-opts.env.OLD  \"\"\n"
	"        cache: kept in volume buildx_buildkit_ci0_state\n"
	"\n"
	"  # selected: \"default\" is selected                           states/team.yaml:3\n"
	"  ~ selected  default → ci\n"
	"\n"
	"Plan: 0 to create, 0 to change, 1 to replace (cache kept), 0 to remove, 1 to select.\n";

static void test_text(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.store = "~/.docker/buildx"};
	struct plan plan = make_plan();

	(void)state;
	report_plan(&plan, &options, &out);
	assert_string_equal(text_string(&out), expected_text);

	text_clear(&out);
	options.quiet = true;
	report_plan(&plan, &options, &out);
	assert_string_equal(text_string(&out), strstr(expected_text, "Plan: "));
}

static void test_verbose_lists_steps(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.verbose = true};
	struct plan plan = make_plan();

	(void)state;
	report_plan(&plan, &options, &out);
	assert_non_null(strstr(text_string(&out), "        steps: 1. pull image moby/buildkit:v0.26.2\n"
						  "               2. write instances/ci\n"
						  "               3. boot builder ci\n"));
}

static void test_color_only_adds_escapes(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT, plain = TEXT_INIT;
	struct report_options options = {.color = true, .store = "~/.docker/buildx"};
	struct plan plan = make_plan();

	(void)state;
	report_plan(&plan, &options, &out);
	for (const char *at = text_string(&out); *at; at++)
		if (*at == '\033')
			at = strchr(at, 'm');
		else
			text_append(&plain, at, 1);
	assert_string_equal(text_string(&plain), expected_text);
	assert_true(out.length > plain.length);
}

static void test_lines_that_differ(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct field_change field = {.path = "nodes.ci0.files.buildkitd.toml",
				     .before = "debug = true\n[worker.oci]\n  gc = true\n",
				     .after = "debug = true\n[worker.oci]\n  gc = false\n  rootless = true\n"};
	struct change change = {.address = "builder.ci", .action = ACTION_REPLACE, .fields = &field, .field_count = 1};
	struct plan plan = {.complete = true, .changes = &change, .change_count = 1};
	struct report_options options = {0};

	(void)state;
	report_plan(&plan, &options, &out);
	assert_non_null(strstr(text_string(&out), "      ~ nodes.ci0.files.buildkitd.toml\n"
						  "          -   gc = true\n"
						  "          +   gc = false\n"
						  "          +   rootless = true\n"
						  "\n"));
}

/* A path that is longer than the column for paths, as of every registry, still ends before its value. */
static void test_long_path(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct field_change field = {.path = "nodes.release0.buildkitd.toml: registry.docker.io.mirrors",
				     .after = "[\"mirror.example.com\"]"};
	struct change change = {.address = "builder.ci", .action = ACTION_CREATE, .fields = &field, .field_count = 1};
	struct plan plan = {.complete = true, .changes = &change, .change_count = 1};
	struct report_options options = {0};

	(void)state;
	report_plan(&plan, &options, &out);
	assert_non_null(strstr(text_string(&out), "docker.io.mirrors  [\"mirror.example.com\"]\n"));
}

static void test_summaries(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct change unknown = {.address = "builder.arm", .action = ACTION_UNKNOWN};
	struct plan plan = {.complete = true, .matching = 1};
	const char *two[] = {"a.yaml", "b.yaml"};

	(void)state;
	plan_summary(&plan, &out);
	assert_string_equal(text_string(&out), "No changes. 1 builder matches the state file.");
	text_clear(&out);
	plan.matching = 3;
	plan.state_files = (struct strings){.items = two, .count = 2};
	plan_summary(&plan, &out);
	assert_string_equal(text_string(&out), "No changes. 3 builders match the state files.");
	text_clear(&out);
	plan.changes = &unknown;
	plan.change_count = 1;
	plan_summary(&plan, &out);
	assert_string_equal(text_string(&out),
			    "Incomplete: 1 object could not be observed; 3 builders match the state files.");
}

static void test_hostile_strings(void **state)
{
	static const enum report_format formats[] = {FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_GITHUB, FORMAT_GITLAB};
	struct field_change field = {
		.path = "x\033[2J", .before = "</code><img src=x>|`a`\n::error::b", .after = "@all\r"};
	struct change change = {.address = "builder.\033]0;x\007",
				.action = ACTION_CHANGE,
				.reason = "a|b\n::warning::c @all <b>",
				.fields = &field,
				.field_count = 1,
				.source = {.file = "a,b:c%.yaml", .line = 1}};
	struct plan plan = {.complete = true, .changes = &change, .change_count = 1};

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;
		struct report_options options = {.format = formats[i]};

		report_plan(&plan, &options, &out);
		assert_null(strchr(text_string(&out), '\033'));
		assert_null(strchr(text_string(&out), '\r'));
		assert_null(strstr(text_string(&out), "\n::error::b"));
		assert_null(strstr(text_string(&out), "\n::warning::c"));
		if (formats[i] == FORMAT_MARKDOWN)
			assert_non_null(strstr(text_string(&out),
					       "<code>~ builder.\\x1b]0;x\\x07</code> change: "
					       "<code>a|b\\n:\\x3awarning::c</code> <code>@all</code> "
					       "<code>&lt;b&gt;</code></summary>\n\n```diff\n  x\\x1b[2J\n- "));
		if (formats[i] == FORMAT_GITHUB)
			assert_non_null(
				strstr(text_string(&out), "\n::notice file=a%2Cb%3Ac%25.yaml,line=1,title=builder."));
	}
}

static const char expected_markdown[] =
	"<!-- reconcile:plan:0123 -->\n"
	"### reconcile: 1 to replace (cache kept), 1 to select · `states/team.yaml` · runner `vm`\n"
	"\n"
	"<details><summary><code>-/+ builder.ci</code> replace: image changed, cache kept</summary>\n"
	"\n"
	"```diff\n"
	"- nodes.ci0.driver-opts.image    moby/buildkit:v0.25.0\n"
	"+ nodes.ci0.driver-opts.image    moby/buildkit:v0.26.2   # forces replacement; line 8 (defaults)\n"
	"- nodes.ci0.container.memory     1GiB\n"
	"+ nodes.ci0.container.memory     2GiB   # made outside BuildX\n"
	"+ platforms                      linux/amd64\n"
	"- nodes.ci0.driver-opts.env.OLD  \"\"\n"
	"# cache: kept in volume buildx_buildkit_ci0_state\n"
	"# asked for at states/team.yaml:12\n"
	"```\n"
	"\n"
	"</details>\n"
	"\n"
	"<details><summary><code>~ selected</code> select: \"default\" is selected</summary>\n"
	"\n"
	"```diff\n"
	"- selected  default\n"
	"+ selected  ci\n"
	"# asked for at states/team.yaml:3\n"
	"```\n"
	"\n"
	"</details>\n";

static const struct source default_line = {.file = "states/team.yaml", .line = 8, .column = 19, .inherited = true};

static void test_markdown(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.format = FORMAT_MARKDOWN, .marker = "plan:0123", .host = "vm"};
	struct plan plan = make_plan();

	(void)state;
	replaced_fields[0].source = default_line;
	report_plan(&plan, &options, &out);
	replaced_fields[0].source = (struct source){0};
	assert_string_equal(text_string(&out), expected_markdown);
	text_clear(&out);
	options.quiet = true;
	report_plan(&plan, &options, &out);
	assert_memory_equal(text_string(&out), expected_markdown, out.length);
	assert_int_equal(out.length, strstr(expected_markdown, "<details>") - expected_markdown);
}

/* What destroys comes first and open; what does not fit is counted, and the command that shows it is named. */
static void test_markdown_limit(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {
		.format = FORMAT_MARKDOWN, .limit = 1400, .again = "reconcile --plan -f states/"};
	struct change many[] = {changes[0],
				changes[1],
				changes[0],
				changes[0],
				{.address = "builder.old", .action = ACTION_REMOVE, .reason = "state: absent"}};
	struct plan plan = make_plan();

	(void)state;
	plan.changes = many;
	plan.change_count = COUNT(many);
	report_plan(&plan, &options, &out);
	assert_true(out.length <= options.limit);
	assert_non_null(strstr(text_string(&out),
			       "\n\n<details open><summary><code>- builder.old</code> remove: state: "
			       "absent</summary>\n\n```diff\n- builder.old\n```\n"));
	assert_true(text_ends(text_string(&out),
			      "**… and 3 more changes (2 to replace, 1 to select), left out to fit here.** All of it: "
			      "`reconcile --plan -f states/`\n"));
}

static void test_github(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.format = FORMAT_GITHUB, .root = "/repo", .folder = "/repo/./deep/"};
	struct plan plan = make_plan();

	(void)state;
	changes[0].source.file = "../states/team.yaml";
	replaced_fields[0].source = default_line;
	report_plan(&plan, &options, &out);
	replaced_fields[0].source = (struct source){0};
	assert_string_equal(
		text_string(&out),
		"::notice title=reconcile::Plan: 0 to create, 0 to change, 1 to replace (cache kept), 0 to remove, 1 "
		"to "
		"select.\n"
		"::notice file=deep/states/team.yaml,line=8,col=19,title=defaults%3A 1 builder::driver-opts.image: "
		"moby/buildkit:v0.25.0 → moby/buildkit:v0.26.2 (forces replacement)%0Afor ci\n"
		"::notice file=states/team.yaml,line=12,col=3,title=builder.ci%3A replace::image changed%0A"
		"nodes.ci0.container.memory: 1GiB → 2GiB (made outside BuildX)%0A+ platforms: linux/amd64%0A"
		"- nodes.ci0.driver-opts.env.OLD: %0Acache: kept in volume buildx_buildkit_ci0_state\n"
		"::notice file=deep/states/team.yaml,line=3,col=1,title=selected%3A select::\"default\" is selected%0A"
		"selected: default → ci\n");
}

/* As --check does: a difference is an error, ten in all with the summary, and the rest in the log. */
static void test_github_drift(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.format = FORMAT_GITHUB, .drift = true};
	struct change many[12];
	struct plan plan = make_plan();
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = changes[1];
	plan.changes = many;
	plan.change_count = COUNT(many);
	report_plan(&plan, &options, &out);
	for (const char *at = text_string(&out); (at = strstr(at, "::error ")); at++)
		count++;
	assert_int_equal(count, 10);
	assert_true(text_starts(text_string(&out), "::error title=reconcile::Plan: "));
	assert_non_null(strstr(text_string(&out), " (3 more in the log: GitHub shows ten of a kind)\n::error file="));
	assert_non_null(strstr(text_string(&out), "\n::group::3 more\nerror: selected: select  states/team.yaml:3\n"
						  "    \"default\" is selected\n    selected: default → ci\n"));
	assert_true(text_ends(text_string(&out), "\n::endgroup::\n"));
}

/* What a plan says besides its changes is in every form for people. */
static void test_everything_is_said(void **state)
{
	static const enum report_format formats[] = {FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_GITHUB, FORMAT_GITLAB};
	const char *unknown = "engine tcp://arm:2376: refused", *note = "the states are of two repositories";
	struct fault fault = {.kind = fault_kind(FAULT_ENGINE_UNREACHABLE),
			      .subject = "engine.tcp://arm:2376",
			      .message = "refused",
			      .mend = "start the Engine there"};
	struct change change = {.address = "builder.ci",
				.action = ACTION_REMOVE,
				.reason = "not wanted",
				.detail = "its volume stays a day",
				.cache_note = "retained for 24h",
				.blocked = "it is protected"};
	struct plan plan = {.changes = &change,
			    .change_count = 1,
			    .unknown = {.items = &unknown, .count = 1},
			    .notes = {.items = &note, .count = 1},
			    .faults = {.items = &fault, .count = 1}};
	static const char *const said[] = {
		"not wanted", "its volume stays a day", "retained for 24h", "it is protected",
		"refused",    "start the Engine there", "two repositories", "rolled back by ann"};

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;
		struct report_options options = {.format = formats[i], .held = "rolled back by ann"};

		report_plan(&plan, &options, &out);
		for (size_t k = 0; k < COUNT(said); k++)
			if (!strstr(text_string(&out), said[k]))
				fail_msg("form %d does not say: %s\n%s", (int)formats[i], said[k], text_string(&out));
	}
}

static void test_gitlab(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT, moved = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL, *again = NULL;
	struct report_options options = {.format = FORMAT_GITLAB};
	struct plan plan = make_plan();

	(void)state;
	report_plan(&plan, &options, &out);
	assert_int_equal(json_parse(text_string(&out), out.length, &json, NULL), 0);
	assert_int_equal(cJSON_GetArraySize(json), 2);
	const cJSON *last = cJSON_GetArrayItem(json, 1);
	assert_string_equal(json_string(last, "description"),
			    "selected: select: \"default\" is selected; selected: default → ci");
	assert_string_equal(json_string(last, "severity"), "info");
	assert_string_equal(json_string(json_get(last, "location"), "path"), file_name);
	assert_int_equal(json_integer(json_get(json_get(last, "location"), "lines"), "begin", 0), 3);
	/* A line that moves is the same issue. */
	changes[1].source.line = 33;
	report_plan(&plan, &options, &moved);
	assert_int_equal(json_parse(text_string(&moved), moved.length, &again, NULL), 0);
	assert_string_equal(json_string(cJSON_GetArrayItem(again, 1), "fingerprint"), json_string(last, "fingerprint"));
	assert_string_not_equal(json_string(cJSON_GetArrayItem(json, 0), "fingerprint"),
				json_string(last, "fingerprint"));
}

static void test_incomplete(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	const char *reason = "engine ssh://arm: connection refused";
	struct plan plan = {.unknown = {.items = &reason, .count = 1}};
	struct report_options options = {0};

	(void)state;
	report_plan(&plan, &options, &out);
	assert_non_null(strstr(text_string(&out),
			       "Plan is incomplete: could not observe\n  ? engine ssh://arm: connection refused\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_verbose_lists_steps),
		cmocka_unit_test(test_color_only_adds_escapes),
		cmocka_unit_test(test_lines_that_differ),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_markdown_limit),
		cmocka_unit_test(test_github),
		cmocka_unit_test(test_github_drift),
		cmocka_unit_test(test_gitlab),
		cmocka_unit_test(test_everything_is_said),
		cmocka_unit_test(test_incomplete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
