// tests/unit/http_server.h - a server of one test on a loopback port, in a process of its own.
#ifndef TESTS_UNIT_HTTP_SERVER_H
#define TESTS_UNIT_HTTP_SERVER_H

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <sys/types.h>

// Writes the whole answer, head and body, to `request` ("GET /v2/ HTTP/1.1\r\n…"). Runs in the server's process. An
// empty answer closes the connection.
typedef void (*HttpAnswer)(const char *request, const void *context, Buffer *response);

// A header line in an answer: the connection serves another request; or it stays open and nothing more comes.
#define HTTP_SERVER_KEEP "Connection: keep-alive\r\n"
#define HTTP_SERVER_HOLD "X-Hold: yes\r\n"

typedef struct HttpServer {
	Test *test;
	pid_t process;
	unsigned port;
	const char *log;       // file with the heads of all requests, one after the other
	unsigned *connections; // how many so far
} HttpServer;

bool http_server_start(HttpServer *server, Test *test, HttpAnswer answer, const void *context);
void http_server_stop(HttpServer *server);
#define CLEANUP_HTTP_SERVER CLEANUP(http_server_stop) HttpServer
// All requests so far.
const char *http_server_requests(const HttpServer *server);

// "HTTP/1.1 200 OK", the given header lines (each ends in \r\n), the length and the body.
void http_server_reply(Buffer *response, const char *status, const char *headers, const void *body,
		       size_t length);

#endif
