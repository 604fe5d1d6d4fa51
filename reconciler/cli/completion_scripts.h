/* What `reconcile --completion SHELL` prints: a few lines that ask the program. */
#ifndef RECONCILE_CLI_COMPLETION_SCRIPTS_H
#define RECONCILE_CLI_COMPLETION_SCRIPTS_H

extern const char completion_bash[], completion_zsh[], completion_fish[];

#endif
