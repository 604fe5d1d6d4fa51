/* The functions that carry out one step each, and the table that finds them by the step's kind. What each does stands
 * at its kind (model/plan.h); each is safe to run again, returns 0 or -1 with err, and says nothing but through
 * run->say. */
#ifndef RECONCILE_APPLY_STEPS_H
#define RECONCILE_APPLY_STEPS_H

#include "apply/step.h"

int execute_step(struct execution *run, const struct step *step, struct error *err);

int execute_write_file(struct execution *run, const struct step *step, struct error *err);
int execute_remove_file(struct execution *run, const struct step *step, struct error *err);
int execute_restore_file(struct execution *run, const struct step *step, struct error *err);
int execute_forget_builder(struct execution *run, const struct step *step, struct error *err);
int execute_pull_image(struct execution *run, const struct step *step, struct error *err);
int execute_remove_container(struct execution *run, const struct step *step, struct error *err);
int execute_update_container(struct execution *run, const struct step *step, struct error *err);
int execute_remove_volume(struct execution *run, const struct step *step, struct error *err);
int execute_stop_container(struct execution *run, const struct step *step, struct error *err);
int execute_boot(struct execution *run, const struct step *step, struct error *err);
int execute_select(struct execution *run, const struct step *step, struct error *err);
int execute_drain(struct execution *run, const struct step *step, struct error *err);
int execute_verify_build(struct execution *run, const struct step *step, struct error *err);
int execute_install_emulation(struct execution *run, const struct step *step, struct error *err);
int execute_prune_cache(struct execution *run, const struct step *step, struct error *err);
int execute_note_leftover(struct execution *run, const struct step *step, struct error *err);
int execute_boot_beside(struct execution *run, const struct step *step, struct error *err);
int execute_retire(struct execution *run, const struct step *step, struct error *err);
int execute_divert(struct execution *run, const struct step *step, struct error *err);
int execute_heal(struct execution *run, const struct step *step, struct error *err);
int execute_change_objects(struct execution *run, const struct step *step, struct error *err);
int execute_remove_objects(struct execution *run, const struct step *step, struct error *err);
int execute_retire_objects(struct execution *run, const struct step *step, struct error *err);
int execute_use_context(struct execution *run, const struct step *step, struct error *err);

#endif
