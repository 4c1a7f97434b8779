#include "pkg/sys/http/retry.h"
#include "pkg/sys/interrupt.h"
#include "tests/unit/http_server.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// Of the path /N-WHAT the first N requests fail so, the others do not.
static void answer(const char *request, const void *context, Buffer *response)
{
	static int asked;
	const int failures = request[strlen("GET /")] - '0';
	const char *what = request + strlen("GET /N-");
	(void)context; // nothing to know
	if (asked++ >= failures)
		http_server_reply(response, "200 OK", "", "", 0);
	else if (text_starts_with(what, "busy "))
		http_server_reply(response, "503 Busy", "", "", 0);
	else if (text_starts_with(what, "slow "))
		http_server_reply(response, "429 Slow", "Retry-After: 5\r\n", "", 0);
	else if (text_starts_with(what, "date "))
		http_server_reply(response, "429 Slow",
				  "Date: Sat, 31 Jan 2026 12:00:00 GMT\r\n"
				  "Retry-After: Sat, 31 Jan 2026 12:01:30 GMT\r\n",
				  "", 0);
	else if (text_starts_with(what, "past "))
		http_server_reply(response, "503 Busy",
				  "Retry-After: Sat, 31 Jan 2026 12:01:30 GMT\r\n", "", 0);
	else if (text_starts_with(what, "odd "))
		http_server_reply(response, "503 Busy", "Retry-After: soon\r\n", "", 0);
}

// The status in the end, or 0. requests: how many it took.
static int get(Test *test, const char *path, HttpPatience *patience, unsigned *ret_requests,
	       uint64_t *ret_after_ms)
{
	CLEANUP_HTTP_SERVER server = { 0 };
	CLEANUP_HTTP_CLIENT client = NULL;
	CLEANUP_HTTP_RESPONSE response = NULL;
	if (!http_server_start(&server, test, answer, NULL) ||
	    !http_client_open(&client, &test->error))
		return 0;
	const HttpRequest request = { .method = "GET",
				      .url = arena_printf(test->arena, "http://127.0.0.1:%u%s",
							  server.port, path) };
	const bool is_answered =
		http_retry_open(client, &request, patience, &response, &test->error);
	*ret_requests = *server.connections;
	*ret_after_ms = is_answered ? http_retry_after_ms(response) : 0;
	return is_answered ? http_status(response) : 0;
}

TEST(http_retry_asks_a_busy_server_again)
{
	HttpPatience patience = { .wait_max_ms = 10000 };
	unsigned requests = 0;
	uint64_t after_ms = 0;
	CHECK(get(test, "/2-busy", &patience, &requests, &after_ms) == 200);
	CHECK(requests == 3);
	CHECK(patience.waited_ms >= 300 && patience.waited_ms <= 900);
}

TEST(http_retry_asks_again_when_the_connection_breaks)
{
	HttpPatience patience = { .wait_max_ms = 10000 };
	unsigned requests = 0;
	uint64_t after_ms = 0;
	CHECK(get(test, "/1-break", &patience, &requests, &after_ms) == 200);
	CHECK(requests == 2);
}

TEST(http_retry_ends_with_patience)
{
	HttpPatience patience = { .wait_max_ms = 400 };
	unsigned requests = 0;
	uint64_t after_ms = 0;
	CHECK(get(test, "/9-busy", &patience, &requests, &after_ms) == 503);
	CHECK(requests >= 2 && requests <= 4 && patience.waited_ms <= 400);
	HttpPatience none = { 0 };
	CHECK(get(test, "/9-busy", &none, &requests, &after_ms) == 503);
	CHECK(requests == 1 && none.waited_ms == 0);
}

TEST(http_retry_does_not_wait_longer_than_it_may)
{
	HttpPatience patience = { .wait_max_ms = 4000 };
	unsigned requests = 0;
	uint64_t after_ms = 0;
	CHECK(get(test, "/9-slow", &patience, &requests, &after_ms) == 429);
	CHECK(requests == 1 && after_ms == 5000 && patience.waited_ms == 0);
	CHECK(get(test, "/9-date", &patience, &requests, &after_ms) == 429);
	CHECK(requests == 1 && after_ms == 90000);
}

TEST(http_retry_goes_by_itself_when_the_server_says_nothing_useful)
{
	HttpPatience patience = { .wait_max_ms = 10000 };
	unsigned requests = 0;
	uint64_t after_ms = 0;
	CHECK(get(test, "/1-past", &patience, &requests, &after_ms) == 200);
	CHECK(get(test, "/1-odd", &patience, &requests, &after_ms) == 200);
	CHECK(patience.waited_ms >= 200 && patience.waited_ms <= 600);
}

TEST(http_retry_waits_until_a_signal)
{
	const pid_t child = fork();
	if (child == 0) {
		HttpPatience patience = { .wait_max_ms = 60000 };
		CLEANUP_ERROR error = { 0 };
		interrupt_install();
		raise(SIGINT);
		const bool is_through = http_retry_wait(&patience, 20, &error);
		_exit(is_through ? 1 : error.code == ERROR_INTERRUPTED ? 0 : 2);
	}
	int status = -1;
	CHECK(child > 0 && waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
