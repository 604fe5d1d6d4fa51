/* Any bytes as a state file: they are loaded or refused, and what was loaded reads back from its own print. */
#include "desired/desired.h"
#include "desired/print.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const environ_known[] = {"A=", "B=text", "C=$B ${B}", "API_TOKEN=tr0ub4dor", NULL};

static struct state *load(const char *data, size_t size, struct diagnostics *problems)
{
	struct desired_text text = {.path = "state.yaml", .data = data, .length = size};
	struct desired_request request = {.texts = &text, .text_count = 1, .environ = environ_known};
	struct state *state = NULL;

	if (desired_load(&request, &state, problems) < 0 && problems->count == 0)
		abort(); /* refused without a reason */
	return state;
}

static void print_and_load(const struct state *state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct diagnostics problems = {0};
	char before[65], after[65];

	state_print_yaml(state, "key", 3, &text);
	/* Passwords in URLs do not read back, and what `defaults` say once is printed often. */
	if (strstr(text_string(&text), "hmac-sha256:") || text.length > 1024 * 1024)
		return;
	struct state *again = load(text_string(&text), text.length, &problems);
	if (!again) {
		fprintf(stderr, "%s\n%s:%d: %s\n", text_string(&text), problems.items[0].file, problems.items[0].line,
			problems.items[0].message);
		abort();
	}
	desired_digest(state, before);
	desired_digest(again, after);
	if (strcmp(before, after) != 0) {
		fprintf(stderr, "%s\n", text_string(&text));
		abort();
	}
	state_free(again);
	diagnostics_done(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics problems = {0};
	struct state *state = load((const char *)data, size, &problems);

	if (state)
		print_and_load(state);
	state_free(state);
	diagnostics_done(&problems);
	return 0;
}
