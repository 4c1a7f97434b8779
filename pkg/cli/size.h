// pkg/cli/size.h - amounts of bytes as people read them: "17 B", "72.8 MiB".
#ifndef PKG_CLI_SIZE_H
#define PKG_CLI_SIZE_H

#include "pkg/base/text.h"

#include <stdint.h>

void size_add(Buffer *buffer, uint64_t bytes);
const char *size_print(uint64_t bytes, Arena *arena);

#endif
