// pkg/sys/http/http.h - HTTP requests whose answers are read as a Source (libcurl, loaded on first use).
// Redirects and authentication are not followed here: whoever holds the credentials decides (pkg/oci/registry/registry.h).
// Proxies come from the environment (https_proxy, no_proxy), as everywhere.
#ifndef PKG_SYS_HTTP_HTTP_H
#define PKG_SYS_HTTP_HTTP_H

#include "pkg/base/vec.h"
#include "pkg/sys/stream/source.h"

// Connections that are kept for the next request. One client belongs to one thread at a time.
typedef struct HttpClient HttpClient;
typedef struct HttpResponse HttpResponse;

typedef struct HttpTls {
	bool is_unverified;      // accept any certificate
	const char *authorities; // PEM texts trusted beside the system's; NULL: none
	const char *certificate; // path of the client's certificate; NULL: none
	const char *key;         // path of its key
} HttpTls;

typedef struct HttpRequest {
	const char *method; // "GET", "HEAD", "POST"
	const char *url;    // http or https
	Texts headers;      // "Name: value"
	const char *body;   // of a POST; NULL: none
	HttpTls tls;
	uint64_t answer_timeout_ms; // from the call to the head of the answer; 0: 30 s
	uint64_t
		body_timeout_ms; // for each mebibyte of the body, and for what is left at its end; 0: 300 s
} HttpRequest;

// Why http_open found no answer.
typedef enum HttpFailure {
	HTTP_FAILURE_NONE,
	HTTP_FAILURE_TLS, // the two sides found no TLS connection that both accept
	HTTP_FAILURE_PASSING, // refused, reset, timed out, no such name just now: may be gone the next time
	HTTP_FAILURE_OTHER,
} HttpFailure;

// Fails with ERROR_UNSUPPORTED without libcurl.
MUST_CHECK bool http_client_open(HttpClient **ret, Error *error);
void http_client_close(HttpClient **client);
#define CLEANUP_HTTP_CLIENT CLEANUP(http_client_close) HttpClient *

// Sends the request and waits for the head of the answer. Any status is a success of this call.
// An answer other than 2xx is waited for as a whole, up to 64 KiB, so that its connection serves the next request.
// Fails with ERROR_NETWORK, ERROR_TIMEOUT or ERROR_INTERRUPTED.
MUST_CHECK bool http_open(HttpClient *client, const HttpRequest *request, HttpResponse **ret,
			  Error *error);
// Ends the transfer, finished or not. Before http_client_close.
void http_close(HttpResponse **response);
#define CLEANUP_HTTP_RESPONSE CLEANUP(http_close) HttpResponse *

// Of the last http_open.
HttpFailure http_failure(const HttpClient *client);

int http_status(const HttpResponse *response);
// The value of the header `name` (any case), or NULL. Several of one name: number `index`, from 0.
const char *http_header(const HttpResponse *response, const char *name, size_t index);
// The absolute URL of the redirect that the answer asks for, or NULL.
const char *http_redirect(const HttpResponse *response);
// The body. Not decoded: what the server sent is what a digest is made of. Fails with ERROR_TIMEOUT when it brings
// nothing for a minute, or a mebibyte takes longer than body_timeout_ms; time in which nobody reads does not count.
Source *http_source(HttpResponse *response);

#endif
