// pkg/sys/http.h - HTTP requests whose answers are read as a Source (libcurl, loaded on first use).
// Redirects and authentication are not followed here: whoever holds the credentials decides (pkg/oci/registry.h).
// Proxies come from the environment (https_proxy, no_proxy), as everywhere.
#ifndef PKG_SYS_HTTP_H
#define PKG_SYS_HTTP_H

#include "pkg/base/vec.h"
#include "pkg/sys/source.h"

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
	uint64_t connect_timeout_ms; // 0: 30 s
} HttpRequest;

// Fails with ERROR_UNSUPPORTED without libcurl.
MUST_CHECK bool http_client_open(HttpClient **ret, Error *error);
void http_client_close(HttpClient **client);
#define CLEANUP_HTTP_CLIENT CLEANUP(http_client_close) HttpClient *

// Sends the request and waits for the head of the answer. Any status is a success of this call.
// Fails with ERROR_NETWORK, ERROR_TIMEOUT (no connection, no byte in 60 s) or ERROR_INTERRUPTED.
MUST_CHECK bool http_open(HttpClient *client, const HttpRequest *request, HttpResponse **ret,
			  Error *error);
// Ends the transfer, finished or not. Before http_client_close.
void http_close(HttpResponse **response);
#define CLEANUP_HTTP_RESPONSE CLEANUP(http_close) HttpResponse *

// True when the last http_open failed because the two sides found no TLS connection that both accept.
bool http_is_tls_failure(const HttpClient *client);

int http_status(const HttpResponse *response);
// The value of the header `name` (any case), or NULL. Several of one name: number `index`, from 0.
const char *http_header(const HttpResponse *response, const char *name, size_t index);
// The absolute URL of the redirect that the answer asks for, or NULL.
const char *http_redirect(const HttpResponse *response);
// The body. Not decoded: what the server sent is what a digest is made of.
Source *http_source(HttpResponse *response);

#endif
