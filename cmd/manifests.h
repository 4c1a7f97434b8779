// cmd/manifests.h - the -f of the kube commands: files, directories, standard input.
#ifndef CMD_MANIFESTS_H
#define CMD_MANIFESTS_H

#include "kube/manifest/read.h"
#include "pkg/cli/command.h"

VEC_DECLARE(ManifestSources, manifest_sources, ManifestSource);

// Reads what `files` name: a file, a directory (its .yaml, .yml and .json files, in order of their names; those of
// directories below as well when is_recursive), or "-" for standard input. Texts live in the command's arena.
// Fails: ERROR_NOT_FOUND when directories hold none.
MUST_CHECK bool manifests_read(const CommandContext *context, const Texts *files, bool is_recursive,
			       ManifestSources *ret_sources, Error *error);
// Adds an error when the sources hold no document at all: an empty file is more likely a mistake than a wish.
void manifests_require_documents(const ManifestSources *sources, size_t document_count,
				 Report *report);
// The objects of those files with their defaults, checked one by one and against each other. Fails with every error of
// every file in one text; warnings and notes stay in `report`, whose arena owns the objects.
MUST_CHECK bool manifests_load(const CommandContext *context, const Texts *files, bool is_recursive,
			       Report *report, Objects *ret_objects, Error *error);
// Kinds and names only: what is to be deleted need not be right otherwise.
MUST_CHECK bool manifests_load_names(const CommandContext *context, const Texts *files,
				     bool is_recursive, Objects *ret_objects, Error *error);
// Warnings, then notes, one line each on the messages stream; nothing when quiet.
void manifests_print_notes(const CommandContext *context, Report *report);

#endif
