#include "pkg/oci/transport.h"

#include "pkg/base/text.h"
#include "pkg/sys/digest.h"

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

bool transport_read_blob(Transport *transport, const Descriptor *descriptor, size_t max,
			 Arena *arena, const char **ret, size_t *ret_length, Error *error)
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
