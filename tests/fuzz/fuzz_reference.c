// Any text as the name of an image: what is normalised stays as it is, part by part, whatever the default registry.
#include "pkg/base/text.h"
#include "pkg/oci/reference.h"
#include "pkg/sys/stream/digest.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_equal(const Reference *left, const Reference *right)
{
	return left->kind == right->kind && text_equal(left->text, right->text) &&
	       text_equal(left->registry, right->registry) &&
	       text_equal(left->repository, right->repository) &&
	       text_equal(left->tag, right->tag) && text_equal(left->digest, right->digest) &&
	       text_equal(left->path, right->path);
}

static bool is_sane(const Reference *reference)
{
	if (reference->kind != REFERENCE_REGISTRY)
		return reference->path[0] && !reference->registry[0] && !reference->digest[0];
	const bool has_digest = reference->digest[0] != '\0';
	return reference->registry[0] && reference->repository[0] &&
	       strlen(reference->repository) <= 255 && strlen(reference->tag) <= 128 &&
	       has_digest != (reference->tag[0] != '\0') &&
	       (!has_digest || digest_is_valid(reference->digest)) &&
	       !strstr(reference->repository, "..") && !reference_is_short(reference->text);
}

static void check(const char *text, const char *default_registry)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_ERROR error = { 0 };
	Reference first, again;
	if (!reference_parse(text, default_registry, arena, &first, &error)) {
		if (error.code == ERROR_NONE)
			abort();
		return;
	}
	if (!is_sane(&first) || !reference_parse(first.text, NULL, arena, &again, &error) ||
	    !is_equal(&first, &again) ||
	    !reference_parse(first.text, "other.example", arena, &again, &error) ||
	    !is_equal(&first, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	check(text, NULL);
	check(text, "localhost:5000");
	// The same bytes as the setting.
	check("app:1", text);
	return 0;
}
