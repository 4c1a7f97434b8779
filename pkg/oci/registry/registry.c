#include "pkg/oci/registry/registry.h"

#include "pkg/base/text.h"
#include "pkg/oci/registry/certificates.h"
#include "pkg/oci/registry/host.h"
#include "pkg/oci/registry/refusal.h"
#include "pkg/sys/stream/digest.h"

#include <string.h>

// How long one host is waited for in all; how often what breaks is asked for, unless so many bytes came in between.
#define WAIT_MAX_MS    90000
#define TRIES_MAX      3
#define RESUMES_MAX    4
#define PROGRESS_BYTES ((uint64_t)1024 * 1024)

VEC_DECLARE(RegistryHosts, registry_hosts, RegistryHost);

typedef struct Registry Registry;

// The blob that is being read.
typedef struct BlobSource {
	Source source;
	Registry *registry;
	size_t index; // of the host that sends it
	size_t begun; // of the host that sent its beginning
	const char *path;
	uint64_t size_bytes;
	uint64_t offset;  // of the next byte
	uint64_t known;   // bytes that come once more, because the host begins anew
	uint64_t broken;  // the offset where it broke last
	unsigned resumes; // since there was progress
	HttpResponse *response;
} BlobSource;

struct Registry {
	Transport transport;
	const Reference *reference;
	HttpClient *client;
	RegistryHosts hosts;
	size_t first; // the host that had the manifest; the ones before it did not answer, or sent what was wrong
	BlobSource blob;
};

static bool is_broken(const Error *error)
{
	return error->code == ERROR_NETWORK || error->code == ERROR_TIMEOUT;
}

// A request to each host in turn, from *index on, until one gives status 200: then *index is its.
static bool ask_hosts(Registry *self, const RegistryRequest *request, HttpResponse **ret,
		      size_t *index, Error *error)
{
	CLEANUP_BUFFER before = { 0 };
	for (size_t i = *index; i < self->hosts.count; i++) {
		RegistryHost *host = &self->hosts.items[i];
		CLEANUP_HTTP_RESPONSE response = NULL;
		CLEANUP_ERROR failure = { 0 };
		if (registry_host_request(host, request, &response, &failure)) {
			if (http_status(response) == 200) {
				*ret = response;
				response = NULL;
				*index = i;
				return true;
			}
			registry_refusal(host, response, &failure);
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
	size_t index = self->first;
	if (!ask_hosts(self, &request, &response, &index, error))
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

static bool read_document(HttpResponse *response, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	ManifestDocument document = { 0 };
	if (!source_read_all(http_source(response), MANIFEST_BYTES_MAX, arena, &document.bytes,
			     &document.length, error))
		return error_wrap(error, "manifest");
	const char *media_type = http_header(response, "Content-Type", 0);
	document.media_type = arena_strdup(arena, media_type ? media_type : "");
	document.digest = digest_of_bytes(document.bytes, document.length, arena);
	if (!check_manifest(&document, digest, response, error))
		return false;
	*ret = document;
	return true;
}

// From the first place that has a right one. What breaks on the way from the last place is asked for again.
static bool read_manifest(Transport *transport, const char *digest, Arena *arena,
			  ManifestDocument *ret, Error *error)
{
	Registry *self = (Registry *)transport;
	if (!digest && self->reference->digest[0])
		digest = self->reference->digest;
	const RegistryRequest request = { .method = "GET",
					  .path = manifest_path(self, digest, arena),
					  .accept = MANIFEST_ACCEPT };
	size_t index = self->first;
	for (unsigned tries = 1;; tries++) {
		CLEANUP_HTTP_RESPONSE response = NULL;
		CLEANUP_ERROR failure = { 0 };
		if (!ask_hosts(self, &request, &response, &index, error))
			return false;
		if (read_document(response, digest, arena, ret, &failure)) {
			self->first = index;
			return true;
		}
		const bool is_last = index + 1 == self->hosts.count;
		if (failure.code == ERROR_INTERRUPTED ||
		    (is_last && (!is_broken(&failure) || tries >= TRIES_MAX)))
			return error_move(error, &failure);
		if (!is_last)
			index++;
		else if (!http_retry_wait(&self->hosts.items[index].patience, tries, error))
			return false;
	}
}

// "bytes 5-19/20": from where we stopped to the blob's end.
static bool is_rest(const BlobSource *self)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *range = http_header(self->response, "Content-Range", 0);
	const char *wanted = arena_printf(scratch, "bytes %ju-%ju/", (uintmax_t)self->offset,
					  (uintmax_t)self->size_bytes - 1);
	const char *total = arena_printf(scratch, "%ju", (uintmax_t)self->size_bytes);
	if (!range || !text_starts_with(range, wanted))
		return false;
	range += strlen(wanted);
	return text_equal(range, total) || text_equal(range, "*");
}

// Asks a host for what is missing. One that sends the whole blob instead has its beginning skipped; one that sends
// another part is asked for the whole.
static bool ask_rest(BlobSource *self, Error *error)
{
	RegistryHost *host = &self->registry->hosts.items[self->index];
	RegistryRequest request = { .method = "GET", .path = self->path, .offset = self->offset };
	for (int i = 0; i < 2; i++) {
		http_close(&self->response);
		if (!registry_host_request(host, &request, &self->response, error))
			return false;
		const int status = http_status(self->response);
		if (status == 200)
			self->known = self->offset;
		if (status == 200 || (status == 206 && is_rest(self)))
			return true;
		if (status != 206 && status != 416)
			return registry_refusal(host, self->response, error);
		request.offset = 0;
	}
	return error_set(error, ERROR_NETWORK, "'%s' cannot resume a download",
			 host->endpoint.host);
}

// From the host that broke, or else from the ones behind it.
static bool resume(BlobSource *self, Error *error)
{
	for (;; self->index++) {
		CLEANUP_ERROR failure = { 0 };
		self->known = 0;
		if (ask_rest(self, &failure))
			return true;
		if (failure.code == ERROR_INTERRUPTED ||
		    self->index + 1 == self->registry->hosts.count)
			return error_move(error, &failure);
	}
}

static bool read_some(BlobSource *self, const void **ret_block, size_t *ret_length, Error *error)
{
	const RegistryHost *host = &self->registry->hosts.items[self->index];
	const void *block = NULL;
	size_t length = 0;
	size_t known = 0;
	do {
		if (!self->response)
			return error_set(error, ERROR_NETWORK, "'%s' sends nothing",
					 host->endpoint.host);
		if (!source_read(http_source(self->response), &block, &length, error))
			return false;
		if (length == 0 && self->offset < self->size_bytes)
			return error_set(error, ERROR_NETWORK, "'%s' ended the blob early",
					 host->endpoint.host);
		known = length < self->known ? length : (size_t)self->known;
		self->known -= known;
	} while (length > 0 && known == length);
	if (length - known > self->size_bytes - self->offset)
		return error_set(error, ERROR_INVALID, "the blob is longer than its %ju bytes",
				 (uintmax_t)self->size_bytes);
	*ret_block = (const char *)block + known;
	*ret_length = length - known;
	return true;
}

// Whether it makes sense to go on. After too many failures without anything new to speak of it is the next host's turn.
static bool may_resume(BlobSource *self)
{
	if (self->offset - self->broken >= PROGRESS_BYTES)
		self->resumes = 0;
	self->broken = self->offset;
	if (self->resumes++ < RESUMES_MAX)
		return true;
	if (self->index + 1 == self->registry->hosts.count)
		return false;
	self->index++;
	self->resumes = 1;
	return true;
}

static bool blob_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	BlobSource *self = (BlobSource *)source;
	for (;;) {
		CLEANUP_ERROR failure = { 0 };
		HttpPatience *patience = &self->registry->hosts.items[self->index].patience;
		if (read_some(self, ret_block, ret_length, &failure)) {
			self->begun = self->offset == 0 ? self->index : self->begun;
			self->offset += *ret_length;
			return true;
		}
		if (is_broken(&failure) && self->offset == self->size_bytes) {
			*ret_length =
				0; // all of it came, and whether more would is nobody's concern
			return true;
		}
		if (!is_broken(&failure) || !may_resume(self))
			return error_move(error, &failure);
		if ((self->resumes > 1 && !http_retry_wait(patience, self->resumes - 1, error)) ||
		    !resume(self, error))
			return error_wrap(error, "%s", failure.message);
	}
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	Registry *self = (Registry *)transport;
	const RegistryHost *first = &self->hosts.items[self->first];
	http_close(&self->blob.response);
	self->blob = (BlobSource){
		.source.read = blob_read,
		.registry = self,
		.index = self->first,
		.path = arena_printf(first->arena, "blobs/%s", descriptor->digest),
		.size_bytes = descriptor->size_bytes,
	};
	const RegistryRequest request = { .method = "GET", .path = self->blob.path };
	if (!ask_hosts(self, &request, &self->blob.response, &self->blob.index, error))
		return error_wrap(error, "blob %s", descriptor->digest);
	*ret = &self->blob.source;
	return true;
}

// Of a blob that came from several hosts any may have sent the wrong part: those behind the first of them are asked for
// the whole.
static const char *leave_sender(Transport *transport)
{
	Registry *self = (Registry *)transport;
	const RegistryHost *first = &self->hosts.items[self->blob.begun];
	const RegistryHost *last = &self->hosts.items[self->blob.index];
	if (self->blob.begun + 1 == self->hosts.count)
		return NULL;
	self->first = self->blob.begun + 1;
	return first == last ? arena_printf(first->arena, "'%s'", first->endpoint.host)
			     : arena_printf(first->arena, "'%s' and '%s'", first->endpoint.host,
					    last->endpoint.host);
}

static void close_registry(Transport *transport)
{
	Registry *self = (Registry *)transport;
	http_close(&self->blob.response);
	http_client_close(&self->client);
}

static bool add_host(Registry *self, const Endpoint *endpoint, const RegistryOptions *options,
		     bool is_last, Arena *arena, Error *error)
{
	// Whose credentials: those of the place that is asked, which a mirror is not the same as.
	const Reference place = { .registry = endpoint->registry,
				  .repository = endpoint->repository };
	RegistryHost *host = registry_hosts_push(arena, &self->hosts);
	*host = (RegistryHost){
		.endpoint = *endpoint,
		.client = self->client,
		// Where another place can be asked, nobody waits.
		.patience.wait_max_ms = is_last ? WAIT_MAX_MS : 0,
		.tls.is_unverified = endpoint->is_insecure,
		.answer_timeout_ms = options->answer_timeout_ms,
		.body_timeout_ms = options->body_timeout_ms,
		.arena = arena,
	};
	auth_list(options->credentials, &place, arena, &host->candidates);
	return certificates_load(&options->certificates_directories, endpoint->registry, arena,
				 &host->tls, error);
}

static bool clone_registry(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	const Registry *original = (const Registry *)transport;
	Registry *self = ARENA_NEW(arena, Registry);
	self->transport = original->transport;
	self->reference = original->reference;
	self->first = original->first;
	if (!http_client_open(&self->client, error))
		return false;
	for (size_t i = 0; i < original->hosts.count; i++) {
		RegistryHost *host = registry_hosts_push(arena, &self->hosts);
		*host = original->hosts.items[i];
		host->client = self->client;
		host->arena = arena;
	}
	*ret = &self->transport;
	return true;
}

bool registry_open(const Reference *reference, const RegistryOptions *options, Arena *arena,
		   Transport **ret, Error *error)
{
	Endpoints endpoints = { 0 };
	if (!registries_resolve(options->registries, reference, arena, &endpoints, error))
		return false;
	Registry *self = ARENA_NEW(arena, Registry);
	self->transport = (Transport){ find_digest,    read_manifest,  open_blob,
				       clone_registry, close_registry, leave_sender };
	self->reference = reference;
	if (!http_client_open(&self->client, error))
		return false;
	CLEANUP_TRANSPORT opened = &self->transport;
	for (size_t i = 0; i < endpoints.count; i++) {
		if (!add_host(self, &endpoints.items[i], options, i + 1 == endpoints.count, arena,
			      error))
			return false;
	}
	*ret = opened;
	opened = NULL;
	return true;
}
