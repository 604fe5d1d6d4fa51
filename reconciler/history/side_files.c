/* The table of the files beside the records. */
#include "history/side_files.h"

#include "base/count.h"

static const struct side_file side_files[] = {
	{"reconcile.key", key_check, "the digests that stand for secrets in records are others from now on", false},
	{"reconcile.store", stores_check, NULL, false},
	{"reconcile.secret-keys", secret_keys_check,
	 "options that only an earlier state file called secret are told by their names alone", false},
	{"reconcile.held", hold_check, "states that were rolled back are not held any more", true},
	{"reconcile.resets", resets_check, "the caches that the state file wants reset count as reset", true},
	{"reconcile.leftovers", leftovers_check,
	 "volumes that were kept are not known as ours any more: reconcile --doctor names them", true},
	{"reconcile.protected", protected_check,
	 "builders that no state file names any more are not protected any more", true},
	{"reconcile.checked", checked_check, NULL, true},
	{"reconcile.journal", journal_check, NULL, true},
};

const struct side_file *side_file_table(size_t *ret_count)
{
	*ret_count = COUNT(side_files);
	return side_files;
}
