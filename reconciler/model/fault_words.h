/* Mends that many faults have, for model/fault.c and model/faults.c alone. */
#ifndef RECONCILE_MODEL_FAULT_WORDS_H
#define RECONCILE_MODEL_FAULT_WORDS_H

/* In each: %s the path, %n the subject's name, %f the -f of the command line that found it. */
#define MEND_ASIDE "run `reconcile --apply%f`, which moves the file into the record, or `rm %s`"
#define MEND_OWNER "run `sudo chown \"$(id -u):$(id -g)\" %s`"
#define MEND_DECLARED "write `builders: {%n: {}}` into the state file and run `reconcile --apply%f`"
#define MEND_ADOPTED                                                                                                   \
	"run `reconcile --import %n`, put what it prints into the state file, and run `reconcile --apply%f`"
#define MEND_APPLY "run `reconcile --apply%f`"
#define MEND_RESET "run `reconcile --reset %n%f`"
#define TRIED ", which tries a restart, then a fresh volume, and retains the old one"
#define MEND_CONTEXT                                                                                                   \
	"name the context in the state file with an endpoint, or with `state: absent`, and run `reconcile --apply%f`"

#endif
