/* The table of step kinds: which function carries out which. */
#include "apply/step.h"

static int (*const functions[])(struct step_run *, const struct step *, struct error *) = {
	[STEP_WRITE_FILE] = step_write_file,
	[STEP_REMOVE_FILE] = step_remove_file,
	[STEP_RESTORE_FILE] = step_restore_file,
	[STEP_FORGET_BUILDER] = step_forget_builder,
	[STEP_PULL_IMAGE] = step_pull_image,
	[STEP_REMOVE_CONTAINER] = step_remove_container,
	[STEP_REMOVE_VOLUME] = step_remove_volume,
	[STEP_STOP_CONTAINER] = step_stop_container,
	[STEP_BOOT] = step_boot,
	[STEP_SELECT] = step_select,
	[STEP_DRAIN] = step_drain,
	[STEP_VERIFY_BUILD] = step_verify_build,
	[STEP_INSTALL_EMULATION] = step_install_emulation,
	[STEP_PRUNE_CACHE] = step_prune_cache,
	[STEP_NOTE_LEFTOVER] = step_note_leftover,
	[STEP_BOOT_BESIDE] = step_boot_beside,
	[STEP_RETIRE] = step_retire,
	[STEP_DIVERT] = step_divert,
	[STEP_HEAL] = step_heal,
	[STEP_USE_CONTEXT] = step_use_context,
};
_Static_assert(sizeof(functions) / sizeof(functions[0]) == STEP_KIND_COUNT, "a function per step kind");

int step_do(struct step_run *run, const struct step *step, struct error *err)
{
	if ((size_t)step->kind >= STEP_KIND_COUNT)
		return error_set(err, ERROR_CORRUPT, "the plan has a step of an unknown kind, %d", (int)step->kind);
	return functions[step->kind](run, step, err);
}
