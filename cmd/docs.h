// cmd/docs.h - the documents that are made from the tables: manual pages, reference, completion scripts.
#ifndef CMD_DOCS_H
#define CMD_DOCS_H

#include "pkg/base/pairs.h"

// File names ("man/sdme-config-set.1", "completions/sdme.bash", "cli.md", "cli.json") and contents.
Pairs docs_make(Arena *arena);

#endif
