// pkg/sys/http/retry.h - HTTP requests that are sent again when the server is busy or the connection breaks.
// The waits double from a fifth of a second, each a bit shorter or longer by chance, so that many clients of one server
// do not come back together. A server's Retry-After is obeyed as long as the sum of all waits stays below wait_max_ms.
#ifndef PKG_SYS_HTTP_RETRY_H
#define PKG_SYS_HTTP_RETRY_H

#include "pkg/sys/http/http.h"

// How long to bear with one server. Shared by all requests to it.
typedef struct HttpPatience {
	uint64_t wait_max_ms; // 0: never wait, try once
	uint64_t waited_ms;   // so far
} HttpPatience;

// As http_open. An answer that says "busy" (429, 500, 502, 503, 504) is given when patience has ended.
MUST_CHECK bool http_retry_open(HttpClient *client, const HttpRequest *request,
				HttpPatience *patience, HttpResponse **ret, Error *error);

// For other failures that may be passing: waits as before try number `tries` + 1 (1 is the shortest), or returns at once
// when patience has ended. Fails with ERROR_INTERRUPTED.
MUST_CHECK bool http_retry_wait(HttpPatience *patience, unsigned tries, Error *error);

// How long the server wants to be left alone, by its header Retry-After, which is seconds or a date; 0: it does not say.
uint64_t http_retry_after_ms(const HttpResponse *response);

#endif
