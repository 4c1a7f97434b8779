#include "tests/unit/http_server.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

// The head of the next request; "" when the client says something else (TLS) or nothing.
static const char *receive(int connection, char *head, size_t size)
{
	size_t have = 0;
	while (have + 1 < size) {
		const ssize_t got = recv(connection, head + have, size - 1 - have, 0);
		if (got <= 0)
			return "";
		have += (size_t)got;
		head[have] = '\0';
		if (head[0] < 'A' || head[0] > 'Z')
			return "";
		if (strstr(head, "\r\n\r\n"))
			return head;
	}
	return "";
}

// One request and its answer; false when the connection serves no other.
static bool serve_request(int connection, int log, HttpAnswer answer, const void *context)
{
	char head[16384];
	CLEANUP_BUFFER response = { 0 };
	CLEANUP_ERROR error = { 0 };
	const char *request = receive(connection, head, sizeof(head));
	if (request[0] == '\0' || !file_write_fd(log, request, strlen(request), &error))
		return false;
	answer(request, context, &response);
	if (response.length > 0 &&
	    !file_write_fd(connection, response.data, response.length, &error))
		return false;
	if (strstr(buffer_text(&response), HTTP_SERVER_KEEP))
		return true;
	if (!strstr(buffer_text(&response), HTTP_SERVER_HOLD))
		shutdown(connection, SHUT_WR);
	// Until the client closes, so that no reset overtakes the answer.
	while (recv(connection, head, sizeof(head), 0) > 0)
		;
	return false;
}

static void serve(const HttpServer *server, int listener, int log, HttpAnswer answer,
		  const void *context)
{
	for (;;) {
		CLEANUP_FD connection = accept(listener, NULL, NULL);
		++*server->connections;
		while (serve_request(connection, log, answer, context))
			;
	}
}

bool http_server_start(HttpServer *server, Test *test, HttpAnswer answer, const void *context)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	CLEANUP_FD listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server->test = test;
	server->log = path_join(test->arena, test_directory(test), "requests");
	CLEANUP_FD log = open(server->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (listener < 0 || log < 0 ||
	    bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(listener, 16) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) < 0)
		return error_set_errno(&test->error, errno, "start the server");
	server->port = ntohs(address.sin_port);
	server->connections = mmap(NULL, sizeof(*server->connections), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (server->connections == MAP_FAILED)
		return error_set_errno(&test->error, errno, "share a counter");
	server->process = fork();
	if (server->process == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(server, listener, log, answer, context);
	}
	return server->process > 0;
}

void http_server_stop(HttpServer *server)
{
	if (server->process <= 0)
		return;
	kill(server->process, SIGKILL);
	waitpid(server->process, NULL, 0);
	munmap(server->connections, sizeof(*server->connections));
}

const char *http_server_requests(const HttpServer *server)
{
	Test *test = server->test;
	const char *text = "";
	if (!file_read(AT_FDCWD, server->log, 1 << 20, test->arena, &text, NULL, &test->error))
		test_fail(test, __FILE__, __LINE__, "no requests");
	return text;
}

void http_server_reply(Buffer *response, const char *status, const char *headers, const void *body,
		       size_t length)
{
	buffer_printf(response, "HTTP/1.1 %s\r\n%sConnection: close\r\nContent-Length: %zu\r\n\r\n",
		      status, headers, length);
	buffer_add_bytes(response, body, length);
}
