#include "pkg/sys/http/http.h"
#include "tests/unit/http_server.h"

#define LARGE_BYTES ((size_t)32 * 1024 * 1024)

static void answer_large(Buffer *response)
{
	CLEANUP_ARENA scratch = arena_new();
	http_server_reply(response, "200 OK", "", arena_alloc(scratch, LARGE_BYTES), LARGE_BYTES);
}

static void answer(const char *request, const void *context, Buffer *response)
{
	(void)context; // nothing to know
	if (text_starts_with(request, "GET /hello "))
		http_server_reply(response, "200 OK", "X-Two: a\r\nx-two:  b \r\n", "hello", 5);
	else if (text_starts_with(request, "GET /large "))
		answer_large(response);
	else if (text_starts_with(request, "GET /cut "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
	else if (text_starts_with(request, "GET /there "))
		http_server_reply(response, "307 Go", "Location: /hello?x=1\r\n", "moved", 5);
	else if (text_starts_with(request, "HEAD "))
		buffer_add(response, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX: y\r\n\r\n");
	else if (text_starts_with(request, "GET /kept "))
		buffer_add(response,
			   "HTTP/1.1 404 No\r\n" HTTP_SERVER_KEEP "Content-Length: 2\r\n\r\nno");
	else if (text_starts_with(request, "GET /slow "))
		buffer_add(response, "HTTP/1.1 200 OK\r\n" HTTP_SERVER_HOLD
				     "Content-Length: 100\r\n\r\nhello");
	else if (text_starts_with(request, "GET /never "))
		buffer_add(response, "HTTP/1.1 200 OK\r\n" HTTP_SERVER_HOLD);
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
	CHECK(http_failure(client) == HTTP_FAILURE_PASSING);
	error_clear(&test->error);
	const HttpRequest odd = { .method = "GET", .url = "file:///etc/passwd" };
	CHECK(!http_open(client, &odd, &response, &test->error));
	error_clear(&test->error);
}

TEST(http_uses_a_connection_again)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	const HttpRequest request = get(&server, "/kept");
	for (int i = 0; i < 3; i++) {
		CLEANUP_HTTP_RESPONSE response = NULL;
		CHECK(http_open(client, &request, &response, &test->error));
		CHECK(http_status(response) == 404); // its body has not been read
	}
	CHECK(*server.connections == 1);
}

TEST(http_gives_up_a_server_that_does_not_answer)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	HttpRequest request = get(&server, "/never");
	request.answer_timeout_ms = 100;
	CLEANUP_HTTP_RESPONSE response = NULL;
	CHECK_ERROR(http_open(client, &request, &response, &test->error), "no answer within 0.1 s");
	CHECK(http_failure(client) == HTTP_FAILURE_PASSING);
}

TEST(http_gives_up_a_body_that_drips)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	HttpRequest request = get(&server, "/slow");
	request.body_timeout_ms = 100;
	CLEANUP_HTTP_RESPONSE response = NULL;
	const char *body = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	CHECK_ERROR(source_read_all(http_source(response), 1000, test->arena, &body, NULL,
				    &test->error),
		    "only 5 bytes arrived within 0.1 s");
}

// The test's environment is the process's.
static void use_proxy(const HttpServer *server, const char *exceptions)
{
	const char *url =
		arena_printf(server->test->arena, "http://me:pw@127.0.0.1:%u", server->port);
	setenv("http_proxy", url, 1);
	setenv("https_proxy", url, 1);
	setenv("no_proxy", exceptions, 1);
}

static void clear_proxy(const char **unused)
{
	(void)unused; // only its end of life counts
	unsetenv("http_proxy");
	unsetenv("https_proxy");
	unsetenv("no_proxy");
}

static void answer_as_proxy(const char *request, const void *context, Buffer *response)
{
	(void)context; // nothing to know
	if (text_starts_with(request, "GET http://registry.test/v2/ "))
		http_server_reply(response, "200 OK", "", "proxied", 7);
	else if (text_starts_with(request, "GET /direct "))
		http_server_reply(response, "200 OK", "", "direct", 6);
	else // CONNECT: no tunnel, but it was asked for
		http_server_reply(response, "403 Forbidden", "", "", 0);
}

TEST(http_takes_proxies_from_the_environment)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CLEANUP(clear_proxy) const char *scope = "";
	CHECK(http_server_start(&server, test, answer_as_proxy, NULL));
	CHECK(http_client_open(&client, &test->error));
	use_proxy(&server, "127.0.0.1,other.test");
	(void)scope; // see clear_proxy
	HttpRequest request = { .method = "GET", .url = "http://registry.test/v2/" };
	texts_add(test->arena, &request.headers, "Authorization: Basic secret");
	CLEANUP_HTTP_RESPONSE response = NULL;
	const char *body = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	CHECK(source_read_all(http_source(response), 100, test->arena, &body, NULL, &test->error));
	CHECK_TEXT(body, "proxied");

	request.url = "https://registry.test/v2/";
	CLEANUP_HTTP_RESPONSE refused = NULL;
	CHECK(!http_open(client, &request, &refused, &test->error));
	CHECK(strstr(test->error.message, "403"));
	error_clear(&test->error);
	const char *connect = strstr(http_server_requests(&server), "CONNECT registry.test:443 ");
	CHECK(connect && strstr(connect, "Proxy-Authorization: Basic bWU6cHc="));
	CHECK(!strstr(connect, "secret")); // what is for the registry stays in the tunnel

	const HttpRequest direct = get(&server, "/direct");
	CLEANUP_HTTP_RESPONSE past = NULL;
	CHECK(http_open(client, &direct, &past, &test->error));
	CHECK(http_status(past) == 200);
}

TEST(http_takes_in_no_more_than_a_piece_before_it_is_read)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CHECK(http_server_start(&server, test, answer, NULL));
	CHECK(http_client_open(&client, &test->error));
	const HttpRequest request = get(&server, "/large");
	CLEANUP_HTTP_RESPONSE response = NULL;
	CHECK(http_open(client, &request, &response, &test->error));
	size_t total = 0, largest = 0;
	for (size_t length = 1; length > 0; total += length) {
		const void *block = NULL;
		CHECK(source_read(http_source(response), &block, &length, &test->error));
		largest = length > largest ? length : largest;
	}
	CHECK(total == LARGE_BYTES);
	CHECK(largest <= 2 * 1024 * 1024);
}
