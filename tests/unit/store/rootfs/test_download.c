#include "store/rootfs/download.h"
#include "tests/unit/http_server.h"

static void answer(const char *request, const void *context, Buffer *response)
{
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /hello "))
		http_server_reply(response, "200 OK", "", "hello", 5);
	else if (text_starts_with(request, "GET /there "))
		http_server_reply(response, "302 Go", "Location: /hello\r\n", "", 0);
	else if (text_starts_with(request, "GET /round "))
		http_server_reply(response, "302 Go", "Location: /round\r\n", "", 0);
	else if (text_starts_with(request, "GET /file "))
		http_server_reply(response, "302 Go", "Location: file:///etc/passwd\r\n", "", 0);
	else if (text_starts_with(request, "GET /cut "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	else if (text_starts_with(request, "GET /endless "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello hello");
	else if (text_starts_with(request, "GET /secret "))
		http_server_reply(response, "401 No", "WWW-Authenticate: Basic\r\n", "", 0);
	else
		http_server_reply(response, "404 No", "", "", 0);
}

// The body, or NULL with the test's error.
static const char *get(Test *test, const HttpServer *server, const char *path, uint64_t max)
{
	const DownloadOptions options = { .bytes_max = max };
	const char *url = arena_printf(test->arena, "http://127.0.0.1:%u%s", server->port, path);
	const char *body = NULL;
	CLEANUP_DOWNLOAD download = NULL;
	if (!download_open(url, &options, test->arena, &download, &test->error) ||
	    !source_read_all(download_source(download), 1000, test->arena, &body, NULL,
			     &test->error))
		return NULL;
	return body;
}

TEST(download_follows_redirects)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK_TEXT(get(test, &server, "/hello", 0), "hello");
	CHECK_TEXT(get(test, &server, "/there", 5), "hello");
	CHECK_ERROR(get(test, &server, "/round", 0), "more than 10 redirects");
	CHECK(!get(test, &server, "/file", 0));
	CHECK(test->error.code != ERROR_NONE);
	error_clear(&test->error);
}

TEST(download_takes_no_more_than_allowed)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK_ERROR(get(test, &server, "/hello", 4),
		    "it has more than the 4 bytes allowed (max_download_size)");
	CHECK_TEXT(get(test, &server, "/endless", 11), "hello hello");
	CHECK_ERROR(get(test, &server, "/endless", 10),
		    "it has more than the 10 bytes allowed (max_download_size)");
}

TEST(download_says_what_the_server_says)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(!get(test, &server, "/absent", 0) && test->error.code == ERROR_NOT_FOUND);
	CHECK_TEXT(test->error.message, "the server answers with status 404");
	error_clear(&test->error);
	CHECK(!get(test, &server, "/secret", 0) && test->error.code == ERROR_DENIED);
	error_clear(&test->error);
	CHECK(!get(test, &server, "/cut", 0) && test->error.code == ERROR_NETWORK);
	error_clear(&test->error);
}

TEST(download_knows_http_only)
{
	const DownloadOptions options = { 0 };
	CLEANUP_DOWNLOAD download = NULL;
	CHECK_ERROR(download_open("ftp://example.org/x", &options, test->arena, &download,
				  &test->error),
		    "'ftp://example.org/x' is no http or https URL");
}
