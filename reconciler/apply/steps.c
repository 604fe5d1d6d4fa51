/* The table of step kinds: which function carries out which. */
#include "apply/steps.h"

#include "apply/step.h"

#include "base/count.h"

static int (*const functions[])(struct execution *, const struct step *, struct error *) = {
	[STEP_WRITE_FILE] = execute_write_file,
	[STEP_REMOVE_FILE] = execute_remove_file,
	[STEP_RESTORE_FILE] = execute_restore_file,
	[STEP_FORGET_BUILDER] = execute_forget_builder,
	[STEP_PULL_IMAGE] = execute_pull_image,
	[STEP_REMOVE_CONTAINER] = execute_remove_container,
	[STEP_REMOVE_VOLUME] = execute_remove_volume,
	[STEP_STOP_CONTAINER] = execute_stop_container,
	[STEP_UPDATE_CONTAINER] = execute_update_container,
	[STEP_BOOT] = execute_boot,
	[STEP_SELECT] = execute_select,
	[STEP_DRAIN] = execute_drain,
	[STEP_VERIFY_BUILD] = execute_verify_build,
	[STEP_INSTALL_EMULATION] = execute_install_emulation,
	[STEP_PRUNE_CACHE] = execute_prune_cache,
	[STEP_NOTE_LEFTOVER] = execute_note_leftover,
	[STEP_BOOT_BESIDE] = execute_boot_beside,
	[STEP_RETIRE] = execute_retire,
	[STEP_DIVERT] = execute_divert,
	[STEP_HEAL] = execute_heal,
	[STEP_CHANGE_OBJECTS] = execute_change_objects,
	[STEP_REMOVE_OBJECTS] = execute_remove_objects,
	[STEP_RETIRE_OBJECTS] = execute_retire_objects,
	[STEP_USE_CONTEXT] = execute_use_context,
};
_Static_assert(COUNT(functions) == STEP_KIND_COUNT, "a function per step kind");

int execute_step(struct execution *run, const struct step *step, struct error *err)
{
	if ((size_t)step->kind >= STEP_KIND_COUNT)
		return error_set(err, ERROR_CORRUPT, "the plan has a step of an unknown kind, %d", (int)step->kind);
	return functions[step->kind](run, step, err);
}
