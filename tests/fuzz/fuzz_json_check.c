// Any bytes as JSON: what is refused says why; what passes does so with blanks behind it, and with nothing else.
#include "pkg/base/json_check.h"
#include "pkg/base/text.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool passes(const Buffer *text)
{
	CLEANUP_ERROR error = { 0 };
	const bool is_good = json_check_object(buffer_text(text), text->length, &error);
	assert(is_good || !text_is_empty(error.message));
	return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add_bytes(&text, data, size);
	const bool is_good = passes(&text);
	buffer_add(&text, " \n");
	assert(passes(&text) == is_good);
	buffer_add(&text, "{}");
	assert(!is_good || !passes(&text));
	return 0;
}
