/* libgit2, all of it that this room calls, loaded when it is first called (base/library.h). Only for this room. */
#ifndef RECONCILE_HISTORY_LIBGIT2_H
#define RECONCILE_HISTORY_LIBGIT2_H

#include <git2.h>
/* Has git_error_clear() in libgit2 1.9; in 1.5 it comes with git2.h. */
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif
#include <git2/sys/alloc.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/refdb_backend.h>
#include <git2/sys/refs.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>

#ifdef RECONCILE_LOADS
#include "base/library.h"

/* clang-format off */
#define LIBGIT2_FUNCTIONS(X) \
	X(git_blob_create_from_buffer) \
	X(git_blob_free) \
	X(git_blob_lookup) \
	X(git_blob_rawcontent) \
	X(git_blob_rawsize) \
	X(git_commit_author) \
	X(git_commit_create) \
	X(git_commit_free) \
	X(git_commit_id) \
	X(git_commit_lookup) \
	X(git_commit_message) \
	X(git_commit_parent) \
	X(git_commit_parent_id) \
	X(git_commit_parentcount) \
	X(git_commit_summary) \
	X(git_commit_time) \
	X(git_commit_tree) \
	X(git_commit_tree_id) \
	X(git_config_free) \
	X(git_config_set_string) \
	X(git_credential_userpass_plaintext_new) \
	X(git_error_clear) \
	X(git_error_last) \
	X(git_error_set_str) \
	X(git_fetch_options_init) \
	X(git_graph_descendant_of) \
	X(git_index_add) \
	X(git_index_free) \
	X(git_index_new) \
	X(git_index_write_tree_to) \
	X(git_libgit2_init) \
	X(git_libgit2_opts) \
	X(git_libgit2_shutdown) \
	X(git_mempack_new) \
	X(git_merge_base) \
	X(git_object_free) \
	X(git_object_id) \
	X(git_object_peel) \
	X(git_odb_add_backend) \
	X(git_odb_backend_data_alloc) \
	X(git_odb_backend_loose) \
	X(git_odb_free) \
	X(git_odb_get_backend) \
	X(git_odb_hash) \
	X(git_odb_init_backend) \
	X(git_odb_new) \
	X(git_odb_read_header) \
	X(git_oid_equal) \
	X(git_oid_fromstr) \
	X(git_oid_tostr) \
	X(git_oid_tostr_s) \
	X(git_push_options_init) \
	X(git_refdb_free) \
	X(git_refdb_init_backend) \
	X(git_refdb_new) \
	X(git_refdb_set_backend) \
	X(git_reference__alloc) \
	X(git_reference_create) \
	X(git_reference_create_matching) \
	X(git_reference_delete) \
	X(git_reference_free) \
	X(git_reference_list) \
	X(git_reference_lookup) \
	X(git_reference_name_to_id) \
	X(git_remote_connect_ext) \
	X(git_remote_connect_options_init) \
	X(git_remote_create_options_init) \
	X(git_remote_create_with_opts) \
	X(git_remote_disconnect) \
	X(git_remote_download) \
	X(git_remote_free) \
	X(git_remote_init_callbacks) \
	X(git_remote_ls) \
	X(git_remote_upload) \
	X(git_repository_commondir) \
	X(git_repository_config) \
	X(git_repository_free) \
	X(git_repository_head_unborn) \
	X(git_repository_init_ext) \
	X(git_repository_init_options_init) \
	X(git_repository_is_bare) \
	X(git_repository_is_shallow) \
	X(git_repository_odb) \
	X(git_repository_open_ext) \
	X(git_repository_path) \
	X(git_repository_set_odb) \
	X(git_repository_set_refdb) \
	X(git_repository_workdir) \
	X(git_revparse_single) \
	X(git_signature_free) \
	X(git_signature_now) \
	X(git_smart_subtransport_http) \
	X(git_strarray_dispose) \
	X(git_stream_register) \
	X(git_transport_smart) \
	X(git_tree_entry_byindex) \
	X(git_tree_entry_byname) \
	X(git_tree_entry_bypath) \
	X(git_tree_entry_filemode) \
	X(git_tree_entry_free) \
	X(git_tree_entry_id) \
	X(git_tree_entry_name) \
	X(git_tree_entry_type) \
	X(git_tree_entrycount) \
	X(git_tree_free) \
	X(git_tree_id) \
	X(git_tree_lookup) \
	X(git_treebuilder_free) \
	X(git_treebuilder_insert) \
	X(git_treebuilder_new) \
	X(git_treebuilder_write)
/* clang-format on */

LIBRARY(libgit2, LIBGIT2_FUNCTIONS)
#include "libgit2_names.h"
#endif

#endif
