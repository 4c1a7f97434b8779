#include "pkg/oci/registry.h"

#include "pkg/base/text.h"
#include "pkg/oci/registry_host.h"
#include "pkg/sys/digest.h"

#include <string.h>

#define RESUMES_MAX 5

VEC_DECLARE(RegistryHosts, registry_hosts, RegistryHost);

// The blob that is being read.
typedef struct BlobSource {
	Source source;
	RegistryHost *host;
	const char *path;
	uint64_t size_bytes;
	uint64_t offset; // of the next byte
	unsigned resumes;
	HttpResponse *response;
} BlobSource;

typedef struct Registry {
	Transport transport;
	const Reference *reference;
	HttpClient *client;
	RegistryHosts hosts;
	size_t first; // the host that had the manifest; the ones before it did not answer
	BlobSource blob;
} Registry;

// A request to each host in turn, until one gives status 200.
static bool ask(Registry *self, const RegistryRequest *request, HttpResponse **ret,
		size_t *ret_index, Error *error)
{
	CLEANUP_BUFFER before = { 0 };
	for (size_t i = self->first; i < self->hosts.count; i++) {
		RegistryHost *host = &self->hosts.items[i];
		CLEANUP_HTTP_RESPONSE response = NULL;
		CLEANUP_ERROR failure = { 0 };
		if (registry_host_request(host, request, &response, &failure)) {
			if (http_status(response) == 200) {
				*ret = response;
				response = NULL;
				*ret_index = i;
				return true;
			}
			registry_host_refuse(host, response, &failure);
		}
		if (failure.code == ERROR_INTERRUPTED || i + 1 == self->hosts.count)
			return error_set(error, failure.code, "%s%s", failure.message,
					 buffer_text(&before));
		buffer_printf(&before, "; before that its mirror: %s", failure.message);
	}
	return error_set(error, ERROR_NOT_FOUND, "nobody to ask");
}

static const char *manifest_path(const Registry *self, const char *digest, Arena *arena)
{
	const Reference *reference = self->reference;
	const char *wanted = digest                 ? digest
			     : reference->digest[0] ? reference->digest
						    : reference->tag;
	return arena_printf(arena, "manifests/%s", wanted);
}

static bool find_digest(Transport *transport, Arena *arena, const char **ret, Error *error)
{
	Registry *self = (Registry *)transport;
	const RegistryRequest request = { .method = "HEAD",
					  .path = manifest_path(self, NULL, arena),
					  .accept = MANIFEST_ACCEPT };
	CLEANUP_HTTP_RESPONSE response = NULL;
	size_t index = 0;
	if (!ask(self, &request, &response, &index, error))
		return false;
	const char *digest = http_header(response, "Docker-Content-Digest", 0);
	*ret = digest && digest_is_valid(digest) ? arena_strdup(arena, digest) : "";
	return true;
}

static bool check_manifest(const ManifestDocument *document, const char *digest,
			   const HttpResponse *response, Error *error)
{
	const char *said = http_header(response, "Docker-Content-Digest", 0);
	const char *wanted = digest ? digest : said && digest_is_valid(said) ? said : NULL;
	if (!wanted || text_equal(wanted, document->digest))
		return true;
	return error_set(error, ERROR_INVALID, "manifest %s: its bytes have another digest",
			 wanted);
}

static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	Registry *self = (Registry *)transport;
	if (!digest && self->reference->digest[0])
		digest = self->reference->digest;
	const RegistryRequest request = { .method = "GET",
					  .path = manifest_path(self, digest, arena),
					  .accept = MANIFEST_ACCEPT };
	CLEANUP_HTTP_RESPONSE response = NULL;
	size_t index = 0;
	ManifestDocument document = { 0 };
	if (!ask(self, &request, &response, &index, error))
		return false;
	if (!source_read_all(http_source(response), MANIFEST_BYTES_MAX, arena, &document.bytes,
			     &document.length, error))
		return error_wrap(error, "manifest");
	const char *media_type = http_header(response, "Content-Type", 0);
	document.media_type = arena_strdup(arena, media_type ? media_type : "");
	document.digest = digest_of_bytes(document.bytes, document.length, arena);
	if (!check_manifest(&document, digest, response, error))
		return false;
	self->first = index;
	*ret = document;
	return true;
}

// Asks again for what is missing.
static bool resume(BlobSource *self, Error *error)
{
	const RegistryRequest request = { .method = "GET",
					  .path = self->path,
					  .offset = self->offset };
	http_close(&self->response);
	if (!registry_host_request(self->host, &request, &self->response, error))
		return false;
	const int status = http_status(self->response);
	const char *range = http_header(self->response, "Content-Range", 0);
	CLEANUP_ARENA scratch = arena_new();
	const char *wanted = arena_printf(scratch, "bytes %ju-", (uintmax_t)self->offset);
	if (status != 206 || !range || !text_starts_with(range, wanted))
		return error_set(error, ERROR_NETWORK, "'%s' cannot resume a download",
				 self->host->endpoint.host);
	return true;
}

static bool read_some(BlobSource *self, const void **ret_block, size_t *ret_length, Error *error)
{
	if (!source_read(http_source(self->response), ret_block, ret_length, error))
		return false;
	if (*ret_length == 0 && self->offset < self->size_bytes)
		return error_set(error, ERROR_NETWORK, "'%s' ended the blob early",
				 self->host->endpoint.host);
	if (*ret_length > self->size_bytes - self->offset)
		return error_set(error, ERROR_INVALID, "the blob is longer than its %ju bytes",
				 (uintmax_t)self->size_bytes);
	return true;
}

static bool blob_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	BlobSource *self = (BlobSource *)source;
	for (;;) {
		CLEANUP_ERROR failure = { 0 };
		if (read_some(self, ret_block, ret_length, &failure)) {
			self->offset += *ret_length;
			return true;
		}
		const bool is_broken =
			failure.code == ERROR_NETWORK || failure.code == ERROR_TIMEOUT;
		if (!is_broken || self->offset == 0 || self->resumes++ == RESUMES_MAX)
			return error_set(error, failure.code, "%s", failure.message);
		if (!resume(self, error))
			return error_wrap(error, "%s", failure.message);
	}
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	Registry *self = (Registry *)transport;
	RegistryHost *first = &self->hosts.items[self->first];
	http_close(&self->blob.response);
	BlobSource blob = {
		.source.read = blob_read,
		.path = arena_printf(first->arena, "blobs/%s", descriptor->digest),
		.size_bytes = descriptor->size_bytes,
	};
	const RegistryRequest request = { .method = "GET", .path = blob.path };
	size_t index = 0;
	if (!ask(self, &request, &blob.response, &index, error))
		return error_wrap(error, "blob %s", descriptor->digest);
	blob.host = &self->hosts.items[index];
	self->blob = blob;
	*ret = &self->blob.source;
	return true;
}

static void close_registry(Transport *transport)
{
	Registry *self = (Registry *)transport;
	http_close(&self->blob.response);
	http_client_close(&self->client);
}

static bool add_host(Registry *self, const Endpoint *endpoint, const RegistryOptions *options,
		     Arena *arena, Error *error)
{
	// Whose credentials: those of the place that is asked, which a mirror is not the same as.
	const Reference place = { .registry = endpoint->registry,
				  .repository = endpoint->repository };
	RegistryHost *host = registry_hosts_push(arena, &self->hosts);
	*host = (RegistryHost){
		.endpoint = *endpoint,
		.client = self->client,
		.credential = auth_find(options->credentials, &place, arena),
		.tls.is_unverified = endpoint->is_insecure,
		.answer_timeout_ms = options->answer_timeout_ms,
		.body_timeout_ms = options->body_timeout_ms,
		.arena = arena,
	};
	return !options->certificates_directory ||
	       registry_host_load_certificates(host, options->certificates_directory, error);
}

bool registry_open(const Reference *reference, const RegistryOptions *options, Arena *arena,
		   Transport **ret, Error *error)
{
	Endpoints endpoints = { 0 };
	if (!registries_resolve(options->registries, reference, arena, &endpoints, error))
		return false;
	Registry *self = ARENA_NEW(arena, Registry);
	self->transport = (Transport){ find_digest, read_manifest, open_blob, close_registry };
	self->reference = reference;
	if (!http_client_open(&self->client, error))
		return false;
	CLEANUP_TRANSPORT opened = &self->transport;
	for (size_t i = 0; i < endpoints.count; i++) {
		if (!add_host(self, &endpoints.items[i], options, arena, error))
			return false;
	}
	*ret = opened;
	opened = NULL;
	return true;
}
