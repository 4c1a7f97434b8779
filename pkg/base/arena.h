// pkg/base/arena.h - memory that is released all at once.
// An Arena owns every value made in it: one per command, one per parsed document, one scratch per loop body that
// allocates. A function that takes an Arena returns memory that lives as long as the arena: the parameter is the
// statement of ownership. Nothing is freed one by one. Out of memory ends the process with status 70: no caller has
// anything better to do. Under AddressSanitizer each value is a malloc of its own, so that bounds stay checked.
#ifndef PKG_BASE_ARENA_H
#define PKG_BASE_ARENA_H

#include "pkg/base/base.h"

#include <stdarg.h>

typedef struct Arena Arena;

// Exit status after running out of memory (sysexits.h: EX_SOFTWARE).
#define EXIT_OUT_OF_MEMORY 70

Arena *arena_new(void);
// Releases the arena and all that was made in it; NULL is accepted.
void arena_free(Arena *arena);

// `size` zeroed bytes, aligned for any type.
void *arena_alloc(Arena *arena, size_t size);
// `count` zeroed members of `size` bytes; a product that overflows ends the process.
void *arena_array(Arena *arena, size_t count, size_t size);
char *arena_strdup(Arena *arena, const char *text);
// Copies `length` bytes and adds a NUL; the bytes may hold anything.
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_printf(Arena *arena, const char *format, ...) PRINTF(2, 3);
char *arena_vprintf(Arena *arena, const char *format, va_list arguments) PRINTF(2, 0);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))

void arena_cleanup(Arena **arena);
#define CLEANUP_ARENA CLEANUP(arena_cleanup) Arena *
// As arena_cleanup, after all that was made in it was overwritten: for credentials.
void arena_wipe(Arena **arena);

// For the few owners that outlive every arena (Error, Buffer): malloc and realloc that end the process when refused.
void *memory_resize(void *memory, size_t size);
NORETURN void memory_exhausted(void);

#endif
