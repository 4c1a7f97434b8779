#include "store/rootfs/download.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/http/http.h"

#define REDIRECTS_MAX 10

struct Download {
	Source source;
	const DownloadOptions *options;
	HttpClient *client;
	HttpResponse *response;
	uint64_t total_bytes; // 0: not known
	uint64_t done_bytes;
};

static bool check_status(int status, Error *error)
{
	if (status == 200)
		return true;
	const ErrorCode code = status == 404 || status == 410   ? ERROR_NOT_FOUND
			       : status == 401 || status == 403 ? ERROR_DENIED
								: ERROR_NETWORK;
	return error_set(error, code, "the server answers with status %d", status);
}

static bool too_large(const Download *self, Error *error)
{
	return error_set(error, ERROR_LIMIT,
			 "it has more than the %ju bytes allowed (max_download_size)",
			 (uintmax_t)self->options->bytes_max);
}

static bool is_over(const Download *self, uint64_t bytes)
{
	return self->options->bytes_max > 0 && bytes > self->options->bytes_max;
}

// What the server says of the size. No word is no fault; the bytes are counted as well.
static bool check_length(Download *self, Error *error)
{
	const char *text = http_header(self->response, "content-length", 0);
	if (text &&
	    !number_parse_u64(text, "Content-Length", UINT64_MAX, &self->total_bytes, error))
		return false;
	return !is_over(self, self->total_bytes) || too_large(self, error);
}

static bool check_url(const char *url, const char *from, Error *error)
{
	if (text_starts_with(url, "https://"))
		return true;
	if (!text_starts_with(url, "http://"))
		return error_set(error, ERROR_UNSUPPORTED, "'%s' is no http or https URL", url);
	if (from && text_starts_with(from, "https://"))
		return error_set(error, ERROR_DENIED, "it redirects from https to '%s'", url);
	return true;
}

static bool ask(Download *self, const char *url, Error *error)
{
	const HttpRequest request = {
		.method = "GET",
		.url = url,
		.answer_timeout_ms = self->options->answer_timeout_ms,
		.body_timeout_ms = self->options->body_timeout_ms,
	};
	return http_open(self->client, &request, &self->response, error);
}

static bool follow(Download *self, const char *url, Arena *arena, Error *error)
{
	const char *from = NULL;
	for (unsigned i = 0; i <= REDIRECTS_MAX; i++) {
		if (!check_url(url, from, error) || !ask(self, url, error))
			return false;
		const char *next = http_redirect(self->response);
		if (!next)
			return true;
		from = url;
		url = arena_strdup(arena, next);
		http_close(&self->response);
	}
	return error_set(error, ERROR_NETWORK, "more than %d redirects", REDIRECTS_MAX);
}

static bool read_body(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Download *self = (Download *)source;
	if (!source_read(http_source(self->response), ret_block, ret_length, error))
		return false;
	self->done_bytes += *ret_length;
	if (is_over(self, self->done_bytes))
		return too_large(self, error);
	progress_report(self->options->progress, self->options->item, "download", self->done_bytes,
			self->total_bytes);
	return true;
}

bool download_open(const char *url, const DownloadOptions *options, Arena *arena, Download **ret,
		   Error *error)
{
	Download *self = ARENA_NEW(arena, Download);
	*self = (Download){ .source.read = read_body, .options = options };
	if (http_client_open(&self->client, error) && follow(self, url, arena, error) &&
	    check_status(http_status(self->response), error) && check_length(self, error)) {
		*ret = self;
		return true;
	}
	download_close(&self);
	return false;
}

void download_close(Download **download)
{
	if (!*download)
		return;
	http_close(&(*download)->response);
	http_client_close(&(*download)->client);
	*download = NULL;
}

Source *download_source(Download *download)
{
	return &download->source;
}
