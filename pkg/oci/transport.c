#include "pkg/oci/transport.h"

#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"

void transport_close(Transport **transport)
{
	if (*transport)
		(*transport)->close(*transport);
	*transport = NULL;
}

bool transport_read_digest(Transport *transport, Arena *arena, const char **ret, Error *error)
{
	ManifestDocument document;
	if (!transport->read_manifest(transport, NULL, arena, &document, error))
		return false;
	*ret = document.digest;
	return true;
}

const char *transport_leave_sender(Transport *transport)
{
	return transport->leave_sender ? transport->leave_sender(transport) : NULL;
}

static bool read_blob(Transport *transport, const Descriptor *descriptor, size_t max, Arena *arena,
		      const char **ret, size_t *ret_length, Error *error)
{
	Source *source = NULL;
	const char *bytes = NULL;
	size_t length = 0;
	if (!transport->open_blob(transport, descriptor, &source, error))
		return false;
	if (!source_read_all(source, max, arena, &bytes, &length, error))
		return error_wrap(error, "blob %s", descriptor->digest);
	if (!text_equal(digest_of_bytes(bytes, length, arena), descriptor->digest))
		return error_set(error, ERROR_INVALID, "blob %s: its bytes have another digest",
				 descriptor->digest);
	*ret = bytes;
	*ret_length = length;
	return true;
}

bool transport_read_blob(Transport *transport, const Descriptor *descriptor, size_t max,
			 Arena *arena, const char **ret, size_t *ret_length, Error *error)
{
	CLEANUP_BUFFER before = { 0 };
	for (;;) {
		CLEANUP_ERROR failure = { 0 };
		if (read_blob(transport, descriptor, max, arena, ret, ret_length, &failure))
			return true;
		const char *sender =
			failure.code == ERROR_INVALID ? transport_leave_sender(transport) : NULL;
		if (!sender)
			return error_set(error, failure.code, "%s%s", failure.message,
					 buffer_text(&before));
		buffer_printf(&before, "; before that from %s: %s", sender, failure.message);
	}
}
