#include "pkg/sys/http.h"
#include "tests/unit/http_server.h"

static void answer(const char *request, const void *context, Buffer *response)
{
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /hello "))
		http_server_reply(response, "200 OK", "X-Two: a\r\nx-two:  b \r\n", "hello", 5);
	else if (text_starts_with(request, "GET /cut "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	else if (text_starts_with(request, "GET /there "))
		http_server_reply(response, "307 Go", "Location: /hello?x=1\r\n", "moved", 5);
	else if (text_starts_with(request, "HEAD "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX: y\r\n\r\n");
	else if (!text_starts_with(request, "GET /nothing "))
		http_server_reply(response, "404 No", "", "", 0);
}

static HttpRequest get(const HttpServer *server, const char *path)
{
	return (HttpRequest){ .method = "GET",
			      .url = arena_printf(server->test->arena, "http://127.0.0.1:%u%s",
						  server->port, path) };
}

TEST(http_gives_status_headers_and_body)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	HttpRequest request = get(&server, "/hello");
	texts_add(test->arena, &request.headers, "X-Asked: yes");
	CLEANUP_HTTP_RESPONSE response = NULL;
	const char *body = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	CHECK(http_status(response) == 200);
	CHECK_TEXT(http_header(response, "X-TWO", 0), "a");
	CHECK_TEXT(http_header(response, "x-two", 1), "b");
	CHECK(!http_header(response, "x-two", 2) && !http_redirect(response));
	CHECK(source_read_all(http_source(response), 100, test->arena, &body, NULL, &test->error));
	CHECK_TEXT(body, "hello");
	CHECK(strstr(http_server_requests(&server), "\r\nX-Asked: yes\r\n"));
}

TEST(http_follows_no_redirect_but_tells_where)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	const HttpRequest request = get(&server, "/there");
	CLEANUP_HTTP_RESPONSE response = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	CHECK(http_status(response) == 307);
	CHECK_TEXT(http_redirect(response),
		   arena_printf(test->arena, "http://127.0.0.1:%u/hello?x=1", server.port));
}

TEST(http_head_has_no_body)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	HttpRequest request = get(&server, "/hello");
	request.method = "HEAD";
	CLEANUP_HTTP_RESPONSE response = NULL;
	const char *body = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	CHECK_TEXT(http_header(response, "X", 0), "y");
	CHECK(source_read_all(http_source(response), 100, test->arena, &body, NULL, &test->error));
	CHECK_TEXT(body, "");
}

TEST(http_tells_a_broken_answer_from_a_short_one)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	const HttpRequest cut = get(&server, "/cut");
	CLEANUP_HTTP_RESPONSE response = NULL;
	const char *body = NULL;
	CHECK(http_open(client, &cut, &response, &test->error));
	CHECK(!source_read_all(http_source(response), 1000, test->arena, &body, NULL,
			       &test->error));
	CHECK(test->error.code == ERROR_NETWORK);
	error_clear(&test->error);

	const HttpRequest nothing = get(&server, "/nothing");
	CLEANUP_HTTP_RESPONSE none = NULL;
	CHECK(!http_open(client, &nothing, &none, &test->error));
	CHECK(test->error.code == ERROR_NETWORK);
	error_clear(&test->error);
}

TEST(http_says_that_nobody_listens)
{
	CLEANUP_HTTP_CLIENT client = NULL;
	CLEANUP_HTTP_RESPONSE response = NULL;
	const HttpRequest request = { .method = "GET", .url = "http://127.0.0.1:1/" };
	CHECK(http_client_open(&client, &test->error));
	CHECK(!http_open(client, &request, &response, &test->error));
	CHECK(test->error.code == ERROR_NETWORK);
	CHECK(!http_is_tls_failure(client));
	error_clear(&test->error);
	const HttpRequest odd = { .method = "GET", .url = "file:///etc/passwd" };
	CHECK(!http_open(client, &odd, &response, &test->error));
	error_clear(&test->error);
}
