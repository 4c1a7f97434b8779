#include "pkg/sys/http/http.h"

#include "pkg/base/clock.h"
#include "pkg/base/pairs.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"
#include "pkg/sys/library.h"

#include <ctype.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_TIMEOUT_MS 30000
#define BODY_TIMEOUT_MS   300000
#define SILENCE_MS        60000
#define POLL_MS           500
#define PIECE_BYTES       ((size_t)1024 * 1024)
#define ARRIVED_MAX       ((size_t)512 * 1024) // before the next piece
#define RECEIVE_BYTES     (512 * 1024)
#define HEADERS_MAX       200
#define WORDS_MAX         ((size_t)64 * 1024)
#define AUTHORITIES_MAX   ((size_t)8 * 1024 * 1024)

// The library's functions that are used, loaded with the first client.
typedef struct Library {
	CURLcode (*global_init)(long);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_pause)(CURL *, int);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	const char *(*easy_strerror)(CURLcode);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_cleanup)(CURLM *);
	CURLMcode (*multi_add_handle)(CURLM *, CURL *);
	CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
	CURLMcode (*multi_perform)(CURLM *, int *);
	CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd[], unsigned, int, int *);
	CURLMsg *(*multi_info_read)(CURLM *, int *);
	const char *(*multi_strerror)(CURLMcode);
} Library;

struct HttpClient {
	Library library;
	CURLM *multi;
	HttpFailure failure;
};

struct HttpResponse {
	Source source;
	HttpClient *client;
	Arena *arena;
	CURL *easy;
	struct curl_slist *headers_sent;
	char error_text[CURL_ERROR_SIZE];
	Pairs headers; // of the last head: "100 Continue" and proxies send others before
	bool is_head_complete;
	bool is_answered; // http_open is through
	bool is_finished;
	CURLcode result;
	Buffer arrived; // body that nobody took yet
	bool is_given;  // `arrived` was given away by the last read
	bool is_paused; // `arrived` is full
	uint64_t answer_timeout_ms;
	uint64_t body_timeout_ms;
	uint64_t waited_ms; // for the head, or for the current piece of the body
	uint64_t silent_ms; // since the last byte
	size_t piece_bytes; // of the current piece so far
};

static bool load(Library *library, Error *error)
{
	const LibrarySymbol symbols[] = {
		// clang-format off
		{ (void **)&library->global_init, "curl_global_init" },
		{ (void **)&library->easy_init, "curl_easy_init" },
		{ (void **)&library->easy_cleanup, "curl_easy_cleanup" },
		{ (void **)&library->easy_setopt, "curl_easy_setopt" },
		{ (void **)&library->easy_pause, "curl_easy_pause" },
		{ (void **)&library->easy_getinfo, "curl_easy_getinfo" },
		{ (void **)&library->easy_strerror, "curl_easy_strerror" },
		{ (void **)&library->slist_append, "curl_slist_append" },
		{ (void **)&library->slist_free_all, "curl_slist_free_all" },
		{ (void **)&library->multi_init, "curl_multi_init" },
		{ (void **)&library->multi_cleanup, "curl_multi_cleanup" },
		{ (void **)&library->multi_add_handle, "curl_multi_add_handle" },
		{ (void **)&library->multi_remove_handle, "curl_multi_remove_handle" },
		{ (void **)&library->multi_perform, "curl_multi_perform" },
		{ (void **)&library->multi_poll, "curl_multi_poll" },
		{ (void **)&library->multi_info_read, "curl_multi_info_read" },
		{ (void **)&library->multi_strerror, "curl_multi_strerror" },
		// clang-format on
	};
	return library_load("libcurl.so.4", "libcurl4", symbols, COUNT(symbols), error);
}

bool http_client_open(HttpClient **ret, Error *error)
{
	Library library = { 0 };
	if (!load(&library, error))
		return false;
	if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(error, ERROR_SYSTEM, "libcurl does not start");
	HttpClient *client = memory_resize(NULL, sizeof(*client));
	*client = (HttpClient){ .library = library, .multi = library.multi_init() };
	if (!client->multi)
		memory_exhausted();
	*ret = client;
	return true;
}

void http_client_close(HttpClient **client)
{
	if (!*client)
		return;
	(*client)->library.multi_cleanup((*client)->multi);
	free(*client);
	*client = NULL;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	HttpResponse *self = context;
	size_t length = size * count;
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	if (length == 0) {
		self->is_head_complete = true;
		return size * count;
	}
	const char *colon = memchr(line, ':', length);
	if (!colon) { // "HTTP/1.1 200 OK": a new head
		self->headers = (Pairs){ 0 };
		self->is_head_complete = false;
		return size * count;
	}
	if (self->headers.count == HEADERS_MAX)
		return 0;
	const char *value = colon + 1;
	while (value < line + length && isspace((unsigned char)*value))
		value++;
	*pairs_push(self->arena, &self->headers) = (Pair){
		arena_strndup(self->arena, line, (size_t)(colon - line)),
		arena_strndup(self->arena, value, (size_t)(line + length - value)),
	};
	return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	HttpResponse *self = context;
	// A fast sender would go on for as long as the library listens. The bytes come again when there is room.
	if (self->arrived.length >= ARRIVED_MAX) {
		self->is_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buffer_add_bytes(&self->arrived, bytes, size * count);
	self->silent_ms = 0;
	self->piece_bytes += size * count;
	if (self->is_answered && self->piece_bytes >= PIECE_BYTES) {
		self->piece_bytes = 0;
		self->waited_ms = 0;
	}
	return size * count;
}

static bool transfer_failed(const HttpResponse *self, Error *error)
{
	const Library *library = &self->client->library;
	const char *text =
		self->error_text[0] ? self->error_text : library->easy_strerror(self->result);
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, text, strlen(text));
	return error_set(error,
			 self->result == CURLE_OPERATION_TIMEDOUT ? ERROR_TIMEOUT : ERROR_NETWORK,
			 "%s", buffer_text(&shown));
}

static uint64_t left_ms(const HttpResponse *self)
{
	const uint64_t all_ms = self->is_answered ? self->body_timeout_ms : self->answer_timeout_ms;
	return all_ms > self->waited_ms ? all_ms - self->waited_ms : 0;
}

// Lets the transfer go on for a moment: until something arrived, or POLL_MS.
static bool let_go_on(HttpResponse *self, Error *error)
{
	const Library *library = &self->client->library;
	CURLM *multi = self->client->multi;
	int running = 0;
	const size_t before = self->arrived.length;
	const int wait_ms = left_ms(self) < POLL_MS ? (int)left_ms(self) : POLL_MS;
	CURLMcode status = library->multi_perform(multi, &running);
	int left = 0;
	for (const CURLMsg *message; (message = library->multi_info_read(multi, &left));) {
		if (message->msg == CURLMSG_DONE && message->easy_handle == self->easy) {
			self->is_finished = true;
			self->result = message->data.result;
		}
	}
	if (status == CURLM_OK && !self->is_finished && self->arrived.length == before)
		status = library->multi_poll(multi, NULL, 0, wait_ms, NULL);
	if (status != CURLM_OK)
		return error_set(error, ERROR_SYSTEM, "libcurl: %s",
				 library->multi_strerror(status));
	return interrupt_check(error);
}

static bool check_pace(const HttpResponse *self, Error *error)
{
	if (self->is_finished)
		return true;
	if (!self->is_answered)
		return self->waited_ms < self->answer_timeout_ms ||
		       error_set(error, ERROR_TIMEOUT, "no answer within %g s",
				 (double)self->answer_timeout_ms / 1000);
	if (self->silent_ms >= SILENCE_MS)
		return error_set(error, ERROR_TIMEOUT, "nothing arrived for %d s",
				 SILENCE_MS / 1000);
	return self->waited_ms < self->body_timeout_ms ||
	       error_set(error, ERROR_TIMEOUT, "only %zu bytes arrived within %g s",
			 self->piece_bytes, (double)self->body_timeout_ms / 1000);
}

// Only time in here is waiting: whoever unpacks slowly does not make the server slow.
static bool step(HttpResponse *self, Error *error)
{
	const uint64_t began_ms = clock_ms();
	const size_t before = self->arrived.length;
	if (!let_go_on(self, error))
		return false;
	const uint64_t passed_ms = clock_ms() - began_ms;
	self->waited_ms += passed_ms;
	self->silent_ms += self->arrived.length == before ? passed_ms : 0;
	return check_pace(self, error);
}

static bool http_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	HttpResponse *self = (HttpResponse *)source;
	if (self->is_given) {
		self->arrived.length = 0;
		self->is_given = false;
	}
	if (self->is_paused) {
		self->is_paused = false;
		self->client->library.easy_pause(self->easy, CURLPAUSE_CONT);
	}
	while (self->arrived.length == 0 && !self->is_finished) {
		if (!step(self, error))
			return false;
	}
	if (self->arrived.length == 0 && self->result != CURLE_OK)
		return transfer_failed(self, error);
	*ret_block = self->arrived.data;
	*ret_length = self->arrived.length;
	self->is_given = true;
	return true;
}

// The system's authorities and the given ones, as one text.
static bool set_authorities(HttpResponse *self, const char *authorities, Error *error)
{
	const Library *library = &self->client->library;
	const char *path = NULL;
	const char *common = "";
	if (library->easy_getinfo(self->easy, CURLINFO_CAINFO, &path) == CURLE_OK && path &&
	    file_exists(AT_FDCWD, path) &&
	    !file_read(AT_FDCWD, path, AUTHORITIES_MAX, self->arena, &common, NULL, error))
		return error_wrap(error, "read the system's certificates");
	const char *all = arena_printf(self->arena, "%s\n%s", common, authorities);
	struct curl_blob blob = { .len = strlen(all), .flags = CURL_BLOB_COPY };
	memcpy(&blob.data, &all,
	       sizeof(blob.data)); // copied by the library; its type lacks the const
	library->easy_setopt(self->easy, CURLOPT_CAINFO_BLOB, &blob);
	return true;
}

static bool set_tls(HttpResponse *self, const HttpTls *tls, Error *error)
{
	const Library *library = &self->client->library;
	if (tls->is_unverified) {
		library->easy_setopt(self->easy, CURLOPT_SSL_VERIFYPEER, 0L);
		library->easy_setopt(self->easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (tls->certificate)
		library->easy_setopt(self->easy, CURLOPT_SSLCERT, tls->certificate);
	if (tls->key)
		library->easy_setopt(self->easy, CURLOPT_SSLKEY, tls->key);
	return !tls->authorities || set_authorities(self, tls->authorities, error);
}

static void set_method(HttpResponse *self, const HttpRequest *request)
{
	const Library *library = &self->client->library;
	if (text_equal(request->method, "HEAD"))
		library->easy_setopt(self->easy, CURLOPT_NOBODY, 1L);
	if (text_equal(request->method, "POST"))
		library->easy_setopt(self->easy, CURLOPT_COPYPOSTFIELDS,
				     request->body ? request->body : "");
	for (size_t i = 0; i < request->headers.count; i++)
		self->headers_sent =
			library->slist_append(self->headers_sent, request->headers.items[i]);
	library->easy_setopt(self->easy, CURLOPT_HTTPHEADER, self->headers_sent);
}

static bool set_options(HttpResponse *self, const HttpRequest *request, Error *error)
{
	const Library *library = &self->client->library;
	CURL *easy = self->easy;
	const uint64_t answer_ms = self->answer_timeout_ms;
	library->easy_setopt(easy, CURLOPT_URL, request->url);
	library->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	library->easy_setopt(easy, CURLOPT_USERAGENT, "sdme/" SDME_VERSION);
	library->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	library->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	library->easy_setopt(easy, CURLOPT_ERRORBUFFER, self->error_text);
	library->easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
	library->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			     answer_ms < LONG_MAX ? (long)answer_ms : LONG_MAX);
	library->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	library->easy_setopt(easy, CURLOPT_HEADERDATA, self);
	library->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	library->easy_setopt(easy, CURLOPT_WRITEDATA, self);
	set_method(self, request);
	return set_tls(self, &request->tls, error);
}

// The (small) body of a refusal is waited for: then the connection is free, and the library tells where a redirect goes.
static bool is_answered(const HttpResponse *self)
{
	if (self->is_finished)
		return true;
	const int status = self->is_head_complete ? http_status(self) : 0;
	return status >= 200 && (status / 100 == 2 || self->arrived.length > WORDS_MAX);
}

static HttpFailure failure_of(CURLcode result)
{
	switch ((int)result) { // not -Wswitch-enum: the library has a hundred codes
	case CURLE_OK:
		return HTTP_FAILURE_NONE;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
		return HTTP_FAILURE_TLS;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PARTIAL_FILE:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return HTTP_FAILURE_PASSING;
	default:
		return HTTP_FAILURE_OTHER;
	}
}

// Until the head of the answer is here.
static bool await_answer(HttpResponse *self, Error *error)
{
	self->client->failure = HTTP_FAILURE_OTHER;
	while (!is_answered(self)) {
		if (!step(self, error)) {
			if (error->code == ERROR_TIMEOUT)
				self->client->failure = HTTP_FAILURE_PASSING;
			return false;
		}
	}
	self->client->failure = self->is_finished ? failure_of(self->result) : HTTP_FAILURE_NONE;
	if (self->is_finished && self->result != CURLE_OK && !self->is_head_complete)
		return transfer_failed(self, error);
	self->is_answered = true;
	self->waited_ms = self->silent_ms = 0;
	return true;
}

bool http_open(HttpClient *client, const HttpRequest *request, HttpResponse **ret, Error *error)
{
	CLEANUP_HTTP_RESPONSE self = memory_resize(NULL, sizeof(*self));
	*self = (HttpResponse){
		.source.read = http_read,
		.client = client,
		.arena = arena_new(),
		.answer_timeout_ms =
			request->answer_timeout_ms ? request->answer_timeout_ms : ANSWER_TIMEOUT_MS,
		.body_timeout_ms =
			request->body_timeout_ms ? request->body_timeout_ms : BODY_TIMEOUT_MS,
	};
	self->easy = client->library.easy_init();
	if (!self->easy)
		memory_exhausted();
	if (!set_options(self, request, error))
		return false;
	if (client->library.multi_add_handle(client->multi, self->easy) != CURLM_OK)
		return error_set(error, ERROR_SYSTEM, "libcurl takes no request");
	if (!await_answer(self, error))
		return false;
	*ret = self;
	self = NULL;
	return true;
}

void http_close(HttpResponse **response)
{
	HttpResponse *self = *response;
	if (!self)
		return;
	const Library *library = &self->client->library;
	if (self->easy) {
		library->multi_remove_handle(self->client->multi, self->easy);
		library->easy_cleanup(self->easy);
	}
	library->slist_free_all(self->headers_sent);
	buffer_clear(&self->arrived);
	arena_free(self->arena);
	free(self);
	*response = NULL;
}

HttpFailure http_failure(const HttpClient *client)
{
	return client->failure;
}

int http_status(const HttpResponse *response)
{
	long status = 0;
	response->client->library.easy_getinfo(response->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static bool is_same_name(const char *left, const char *right)
{
	while (*left && tolower((unsigned char)*left) == tolower((unsigned char)*right)) {
		left++;
		right++;
	}
	return *left == *right;
}

const char *http_header(const HttpResponse *response, const char *name, size_t index)
{
	for (size_t i = 0; i < response->headers.count; i++) {
		const Pair *header = &response->headers.items[i];
		if (is_same_name(header->key, name) && index-- == 0)
			return header->value;
	}
	return NULL;
}

const char *http_redirect(const HttpResponse *response)
{
	const char *url = NULL;
	response->client->library.easy_getinfo(response->easy, CURLINFO_REDIRECT_URL, &url);
	return url;
}

Source *http_source(HttpResponse *response)
{
	return &response->source;
}
