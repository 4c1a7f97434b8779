#include "pkg/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One allocation of the arena. Small values share a chunk; a large one gets a chunk of its own size.
typedef struct Chunk Chunk;
struct Chunk {
	Chunk *older;
	size_t used;
	size_t size;
	max_align_t bytes[];
};

struct Arena {
	Chunk *newest;
};

#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_SIZE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_SIZE 0
#endif
#endif
#ifndef CHUNK_SIZE
#define CHUNK_SIZE (16 * 1024 - sizeof(Chunk))
#endif

void memory_exhausted(void)
{
	fputs("Error: out of memory\n", stderr);
	_Exit(EXIT_OUT_OF_MEMORY);
}

void *memory_resize(void *memory, size_t size)
{
	void *resized = realloc(memory, size > 0 ? size : 1);
	if (!resized)
		memory_exhausted();
	return resized;
}

Arena *arena_new(void)
{
	Arena *arena = memory_resize(NULL, sizeof(Arena));
	arena->newest = NULL;
	return arena;
}

void arena_free(Arena *arena)
{
	if (!arena)
		return;
	for (Chunk *chunk = arena->newest; chunk;) {
		Chunk *older = chunk->older;
		free(chunk);
		chunk = older;
	}
	free(arena);
}

void arena_cleanup(Arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}

void arena_wipe(Arena **arena)
{
	for (Chunk *chunk = *arena ? (*arena)->newest : NULL; chunk; chunk = chunk->older)
		explicit_bzero(chunk->bytes, chunk->used);
	arena_cleanup(arena);
}

static Chunk *chunk_add(Arena *arena, size_t size)
{
	const size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	if (room > SIZE_MAX - sizeof(Chunk))
		memory_exhausted();

	Chunk *chunk = calloc(1, sizeof(Chunk) + room);
	if (!chunk)
		memory_exhausted();
	chunk->size = room;

	// A chunk made for one large value is full: the one with room left stays on top.
	const bool is_full = size > CHUNK_SIZE / 2 && arena->newest;
	if (is_full) {
		chunk->older = arena->newest->older;
		arena->newest->older = chunk;
	} else {
		chunk->older = arena->newest;
		arena->newest = chunk;
	}
	return chunk;
}

void *arena_alloc(Arena *arena, size_t size)
{
	const size_t alignment = alignof(max_align_t);
	if (size > SIZE_MAX - alignment)
		memory_exhausted();
	const size_t rounded = (size + alignment - 1) / alignment * alignment;

	Chunk *chunk = arena->newest;
	if (!chunk || chunk->size - chunk->used < rounded)
		chunk = chunk_add(arena, CHUNK_SIZE > 0 ? rounded : size);

	void *value = (char *)chunk->bytes + chunk->used;
	chunk->used += CHUNK_SIZE > 0 ? rounded : size;
	return value;
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		memory_exhausted();
	return arena_alloc(arena, count * size);
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
	if (length == SIZE_MAX)
		memory_exhausted();
	char *copy = arena_alloc(arena, length + 1);
	if (length > 0)
		memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(Arena *arena, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	const int length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0)
		memory_exhausted();

	char *text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return text;
}
