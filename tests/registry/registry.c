// tests/registry/registry.c - a registry that can be relied on to be unreliable.
// Usage: registry PORT LAYOUT LOG [--tls CERT KEY] [--clients CA] [--user USER:PASSWORD] [--away PORT] [--token FILE]
//
// Serves the manifests and blobs of an OCI layout under any repository. The first word of a repository says what goes
// wrong: localhost:PORT/busy-2/app:1 is busy twice. The table `faults` lists the words; a number behind one is N in
// there, counted for each repository. Every request becomes a line of LOG.
//
//   --clients CA   wants a certificate of that authority from clients
//   --user         whom private/… and token/… and the token server /token let in
//   --away PORT    another server, to which away/… redirects; what credentials arrive there is in LOG. Its token server
//                  knows nobody and serves all
//   --token FILE   what /token gives, instead of tokens of our own
//
// Without --tls it is a proxy as well.
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX     16384
#define COUNTERS_MAX 256
#define PIECE        (256 * 1024)
#define LAYER_MIN    4096

// What all connections share; each has a process of its own.
typedef struct Shared {
	atomic_flag lock;
	struct {
		char name[128];
		unsigned count;
	} counters[COUNTERS_MAX];
} Shared;

typedef struct Server {
	const char *port, *away, *layout, *log, *certificate, *key, *clients, *user, *token;
	SSL_CTX *tls;
	Shared *shared;
} Server;

typedef struct Request {
	const Server *server;
	int fd;
	SSL *ssl;
	bool is_away; // it came to the other server
	char head[HEAD_MAX];
	char method[8], path[1024], host[256], authorization[4096], range[64];
	char repository[128], fault[64];
	unsigned number; // behind the fault's word; 0: none
	bool is_layer;   // a blob that is no config
	bool is_open;    // another request may follow
	char file[1280]; // of the layout; "" when there is none
	char digest[128];
} Request;

__attribute__((noreturn)) static void die(const char *what)
{
	perror(what);
	exit(1);
}

static unsigned count(const Request *request)
{
	Shared *shared = request->server->shared;
	unsigned result = 0;
	while (atomic_flag_test_and_set(&shared->lock))
		;
	for (int i = 0; i < COUNTERS_MAX; i++) {
		if (!shared->counters[i].name[0])
			snprintf(shared->counters[i].name, 128, "%s", request->repository);
		if (strcmp(shared->counters[i].name, request->repository) == 0) {
			result = shared->counters[i].count++;
			break;
		}
	}
	atomic_flag_clear(&shared->lock);
	return result;
}

static void nap(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

// --- bytes in and out; a client that went away ends the process

static size_t get(const Request *request, char *bytes, size_t size)
{
	const long got = request->ssl ? SSL_read(request->ssl, bytes, (int)size)
				      : read(request->fd, bytes, size);
	return got > 0 ? (size_t)got : 0;
}

static void put(const Request *request, const char *bytes, size_t length)
{
	while (length > 0) {
		const long done = request->ssl ? SSL_write(request->ssl, bytes, (int)length)
					       : write(request->fd, bytes, length);
		if (done <= 0)
			exit(0);
		bytes += done;
		length -= (size_t)done;
	}
}

__attribute__((format(printf, 2, 3))) static void say(const Request *request, const char *format,
						      ...)
{
	char text[HEAD_MAX];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	put(request, text, (size_t)length);
}

static void reply(Request *request, const char *status, const char *headers, const char *body)
{
	say(request, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers, strlen(body));
	if (strcmp(request->method, "HEAD") != 0)
		say(request, "%s", body);
	request->is_open = true;
}

// --- what is served

// The part [from, to) of the file; step: so many bytes at once, with a nap of so many milliseconds behind each.
static void put_file(const Request *request, off_t from, off_t to, size_t step, long nap_ms,
		     bool is_flipped)
{
	char *piece = malloc(step);
	const int fd = open(request->file, O_RDONLY);
	if (!piece || fd < 0)
		die(request->file);
	while (from < to) {
		const size_t wanted = to - from < (off_t)step ? (size_t)(to - from) : step;
		const ssize_t got = pread(fd, piece, wanted, from);
		if (got <= 0)
			die(request->file);
		for (ssize_t i = 0; is_flipped && i < got; i++)
			piece[i] ^= (char)(from == 0 && i == 0);
		put(request, piece, (size_t)got);
		from += got;
		nap(nap_ms);
	}
	free(piece);
	close(fd);
}

static off_t size_of(const Request *request)
{
	struct stat status;
	if (stat(request->file, &status) < 0)
		die(request->file);
	return status.st_size;
}

static off_t start_of(const Request *request)
{
	return strncmp(request->range, "bytes=", 6) == 0 ? atoll(request->range + 6) : 0;
}

static void say_head(const Request *request, off_t from, off_t size)
{
	if (from > 0)
		say(request,
		    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %lld-%lld/%lld\r\n",
		    (long long)from, (long long)size - 1, (long long)size);
	else
		say(request, "HTTP/1.1 200 OK\r\n");
	say(request,
	    "Content-Type: %s\r\ndocker-CONTENT-digest: %s\r\nContent-Length: %lld\r\n\r\n",
	    request->is_layer ? "application/octet-stream"
			      : "application/vnd.oci.image.manifest.v1+json",
	    request->digest, (long long)(size - from));
}

// As a good registry does.
static void serve(Request *request)
{
	if (!request->file[0]) {
		reply(request, "404 Not Found", "",
		      "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"not in the layout\"}]}");
		return;
	}
	const off_t size = size_of(request), from = start_of(request);
	say_head(request, from, size);
	if (strcmp(request->method, "HEAD") != 0)
		put_file(request, from, size, PIECE, 0, false);
	request->is_open = true;
}

// Up to the byte `end`, and no more.
static void serve_until(Request *request, off_t end)
{
	const off_t size = size_of(request), from = start_of(request);
	say_head(request, from, size);
	put_file(request, from, end < size ? end : size, PIECE, 0, false);
	request->is_open = end >= size;
}

// --- who asks

static bool is_user(const Request *request)
{
	unsigned char encoded[1024];
	const char *user = request->server->user ? request->server->user : "";
	EVP_EncodeBlock(encoded, (const unsigned char *)user, (int)strlen(user));
	return strncmp(request->authorization, "Basic ", 6) == 0 &&
	       strcmp(request->authorization + 6, (const char *)encoded) == 0;
}

static void challenge_basic(Request *request)
{
	reply(request, "401 Unauthorized", "www-authenticate: Basic realm=\"here\"\r\n",
	      "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who are you\"}]}");
}

static void give_token(Request *request)
{
	char token[8192] = "";
	char body[9000];
	if (!is_user(request) && !request->is_away) {
		challenge_basic(request);
		return;
	}
	if (request->server->token) {
		const int fd = open(request->server->token, O_RDONLY);
		if (fd < 0 || read(fd, token, sizeof(token) - 1) < 0)
			die(request->server->token);
		close(fd);
	} else {
		snprintf(request->repository, sizeof(request->repository), "tokens");
		snprintf(token, sizeof(token), "T%u", count(request) + 1);
	}
	token[strcspn(token, "\n")] = '\0';
	snprintf(body, sizeof(body), "{\"token\": \"%s\", \"expires_in\": 300}", token);
	reply(request, "200 OK", "", body);
}

// "/token-SCHEME?…": the token server is at the other server.
static void redirect_token(Request *request)
{
	char headers[1200];
	const char *scheme = request->path + strlen("/token-");
	snprintf(headers, sizeof(headers), "Location: %.*s://localhost:%s/token%s\r\n",
		 (int)strcspn(scheme, "?"), scheme, request->server->away,
		 scheme + strcspn(scheme, "?"));
	reply(request, "307 Temporary Redirect", headers, "");
}

// --- faults

static void do_busy(Request *request)
{
	static const char *const answers[] = { "503 Service Unavailable", "500 Oops",
					       "502 Bad Gateway", "504 Gateway Timeout" };
	const unsigned number = count(request);
	if (request->number > 0 && number >= request->number)
		serve(request);
	else
		reply(request, answers[request->number > 0 ? number % 4 : 0], "", "");
}

static void do_quota(Request *request)
{
	const bool is_over = request->number > 0 && count(request) >= request->number;
	if (is_over)
		serve(request);
	else
		reply(request, "429 Too Many Requests",
		      request->number > 0 ? "Retry-After: 1\r\n"
					  : "Retry-After: 3600\r\nratelimit-limit: 100;w=21600\r\n",
		      "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"too many\"}]}");
}

static void do_quota_date(Request *request)
{
	char headers[128];
	const time_t then = time(NULL) + 1;
	struct tm utc;
	if (count(request) > 0) {
		serve(request);
		return;
	}
	strftime(headers, sizeof(headers), "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n",
		 gmtime_r(&then, &utc));
	reply(request, "429 Too Many Requests", headers, "");
}

static void do_reset(Request *request)
{
	const struct linger hard = { .l_onoff = 1 };
	if (request->number > 0 && count(request) >= request->number) {
		serve(request);
		return;
	}
	setsockopt(request->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(request->fd);
	exit(0);
}

static void do_cut(Request *request)
{
	if (request->is_layer)
		serve_until(request, start_of(request) + (off_t)request->number * 1024);
	else
		serve(request);
}

static void do_stuck(Request *request)
{
	if (request->is_layer)
		serve_until(request, 1000);
	else
		serve(request);
}

static void do_nothing_first(Request *request)
{
	if (request->is_layer && count(request) == 0)
		say_head(request, 0, size_of(request));
	else
		serve(request);
}

static void do_no_ranges(Request *request)
{
	request->range[0] = '\0';
	if (request->is_layer && count(request) == 0)
		serve_until(request, size_of(request) / 2);
	else
		serve(request);
}

static void do_416(Request *request)
{
	if (request->is_layer && count(request) == 0)
		serve_until(request, size_of(request) / 2);
	else if (request->range[0])
		reply(request, "416 Range Not Satisfiable", "", "");
	else
		serve(request);
}

static void do_wrong_range(Request *request)
{
	if (request->is_layer && count(request) == 0)
		serve_until(request, size_of(request) / 2);
	else if (request->range[0]) {
		const off_t size = size_of(request), from = start_of(request) + 1;
		say_head(request, from, size);
		put_file(request, from, size, PIECE, 0, false);
	} else
		serve(request);
}

static void do_flip(Request *request)
{
	if (!request->is_layer) {
		serve(request);
		return;
	}
	const off_t size = size_of(request);
	say_head(request, 0, size);
	put_file(request, 0, size, PIECE, 0, true);
}

static void do_flip_last(Request *request)
{
	if (!request->is_layer) {
		serve(request);
		return;
	}
	const off_t size = size_of(request);
	say_head(request, 0, size);
	put_file(request, 0, size - 1, PIECE, 0, false);
	put(request, "!", 1); // an archive ends in zeros
}

static void do_flip_manifest(Request *request)
{
	if (request->is_layer || strcmp(request->method, "HEAD") == 0) {
		serve(request);
		return;
	}
	const off_t size = size_of(request);
	say_head(request, 0, size);
	put_file(request, 0, size, PIECE, 0, true);
}

__attribute__((noreturn)) static void put_endlessly(const Request *request)
{
	static const char zeros[PIECE];
	for (;;)
		put(request, zeros, sizeof(zeros));
}

static void do_endless(Request *request)
{
	if (!request->is_layer) {
		serve(request);
		return;
	}
	say(request, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	put_file(request, 0, size_of(request), PIECE, 0, false);
	put_endlessly(request);
}

static void do_endless_manifest(Request *request)
{
	if (request->is_layer || strcmp(request->method, "HEAD") == 0) {
		serve(request);
		return;
	}
	say(request, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	put_endlessly(request);
}

static void do_drip(Request *request)
{
	if (!request->is_layer) {
		serve(request);
		return;
	}
	const off_t size = size_of(request), from = start_of(request);
	say_head(request, from, size);
	put_file(request, from, size, 1, 50, false);
}

static void do_slow(Request *request)
{
	const off_t size = size_of(request), from = start_of(request);
	say_head(request, from, size);
	if (strcmp(request->method, "HEAD") != 0)
		put_file(request, from, size, PIECE, request->is_layer ? 100 : 0, false);
	request->is_open = true;
}

static void do_silent(Request *request)
{
	char bytes[64];
	if (request->is_layer)
		while (get(request, bytes, sizeof(bytes)) > 0)
			;
	else
		serve(request);
}

static void do_loop(Request *request)
{
	char headers[1100];
	if (!request->is_layer) {
		serve(request);
		return;
	}
	snprintf(headers, sizeof(headers), "Location: %s\r\n", request->path);
	reply(request, "307 Temporary Redirect", headers, "");
}

static void do_private(Request *request)
{
	if (is_user(request))
		serve(request);
	else
		challenge_basic(request);
}

static void do_away(Request *request)
{
	char headers[512];
	if (!is_user(request)) {
		challenge_basic(request);
		return;
	}
	if (!request->is_layer) {
		serve(request);
		return;
	}
	snprintf(headers, sizeof(headers),
		 "Location: http%s://localhost:%s/away/%s?signature=x\r\n", request->ssl ? "s" : "",
		 request->server->away, request->digest);
	reply(request, "307 Temporary Redirect", headers, "");
}

// A token is good for N requests.
static void do_token(Request *request)
{
	char headers[512], *digits = request->authorization + strlen("Bearer T");
	const char *way = strncmp(request->fault, "tokenaway", 9) == 0     ? "-https"
			  : strncmp(request->fault, "tokenplain", 10) == 0 ? "-http"
									   : "";
	const bool has_token =
		strncmp(request->authorization, "Bearer T", 8) == 0 && isdigit(*digits);
	snprintf(request->repository, sizeof(request->repository), "uses of %.100s",
		 request->authorization);
	if (has_token && count(request) < request->number) {
		serve(request);
		return;
	}
	snprintf(headers, sizeof(headers),
		 "Www-Authenticate: Bearer realm=\"http%s://%s/token%s\",service=\"here\",scope="
		 "\"repository:%s/app:pull\"%s\r\n",
		 request->ssl ? "s" : "", request->host, way, request->fault,
		 has_token ? ",error=\"invalid_token\"" : "");
	reply(request, "401 Unauthorized", headers, "");
}

static const struct {
	const char *word;
	void (*act)(Request *request);
} faults[] = {
	// clang-format off
	{ "good", serve },
	{ "busy", do_busy },               // the first N requests get 503, 500, 502, 504; without N all get 503
	{ "quota", do_quota },             // the first N get 429 and a Retry-After of 1 s; without N all, and of an hour
	{ "quotadate", do_quota_date },    // the first gets 429 and a date
	{ "reset", do_reset },             // the first N connections are reset, or all
	{ "cut", do_cut },                 // a blob breaks after N KiB
	{ "stuck", do_stuck },             // a blob breaks before byte 1000 every time
	{ "nothing", do_nothing_first },   // the first blob is a head without a body
	{ "noranges", do_no_ranges },      // the first blob breaks, and ranges are ignored
	{ "norange", do_416 },             // … and ranges are refused
	{ "wrongrange", do_wrong_range },  // … and another range is sent
	{ "flip", do_flip },               // blobs are wrong in one bit
	{ "fliplast", do_flip_last },      // … in their last byte
	{ "flipmanifest", do_flip_manifest },
	{ "endless", do_endless },         // blobs do not end
	{ "endlessmanifest", do_endless_manifest },
	{ "drip", do_drip },               // blobs come in 20 bytes per second
	{ "slow", do_slow },               // blobs come in 2.5 MiB per second
	{ "silent", do_silent },           // blobs are never answered
	{ "loop", do_loop },               // blobs are redirected to themselves
	{ "private", do_private },         // wants Basic
	{ "away", do_away },               // … and redirects blobs to the other server
	{ "token", do_token },             // wants a token, which ends after N requests
	{ "tokenaway", do_token },         // … of a token server that redirects to the other server
	{ "tokenplain", do_token },        // … to plain HTTP there
	// clang-format on
};

// --- requests

static void take_header(const char *head, const char *name, char *value, size_t size)
{
	const size_t length = strlen(name);
	value[0] = '\0';
	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
		if (strncasecmp(line + 2, name, length) != 0 || line[2 + length] != ':')
			continue;
		const char *text = line + 2 + length + 1;
		text += strspn(text, " ");
		snprintf(value, size, "%.*s", (int)strcspn(text, "\r"), text);
		return;
	}
}

// The file of the layout that "sha256:…" or a tag names. The tag is that of the only manifest.
static void find_file(Request *request, const char *name)
{
	char index[16384] = "";
	char path[1100];
	const char *layout = request->server->layout;
	snprintf(request->digest, sizeof(request->digest), "%s", name);
	if (strncmp(name, "sha256:", 7) != 0) {
		snprintf(path, sizeof(path), "%s/index.json", layout);
		const int fd = open(path, O_RDONLY);
		if (fd < 0 || read(fd, index, sizeof(index) - 1) < 0)
			die(path);
		close(fd);
		const char *digest = strstr(index, "sha256:");
		snprintf(request->digest, sizeof(request->digest), "%.71s", digest ? digest : "");
	}
	snprintf(request->file, sizeof(request->file), "%s/blobs/sha256/%s", layout,
		 request->digest + strlen("sha256:"));
	if (strchr(request->digest, '/') || access(request->file, R_OK) < 0)
		request->file[0] = '\0';
}

static void split_path(Request *request)
{
	char *rest = request->path + strlen("/v2/");
	char *kind = strstr(rest, "/manifests/");
	char *name = kind ? kind + strlen("/manifests/") : NULL;
	if (!kind && (kind = strstr(rest, "/blobs/")))
		name = kind + strlen("/blobs/");
	if (!kind)
		return;
	snprintf(request->repository, sizeof(request->repository), "%.*s", (int)(kind - rest),
		 rest);
	snprintf(request->fault, sizeof(request->fault), "%.*s",
		 (int)strcspn(request->repository, "/"), request->repository);
	find_file(request, name);
	request->is_layer =
		strstr(kind, "/blobs/") == kind && request->file[0] && size_of(request) > LAYER_MIN;
}

static void act(Request *request)
{
	const size_t length = strcspn(request->fault, "-");
	request->number = request->fault[length] ? (unsigned)atoi(request->fault + length + 1) : 0;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		if (strlen(faults[i].word) == length &&
		    strncmp(faults[i].word, request->fault, length) == 0) {
			faults[i].act(request);
			return;
		}
	}
	reply(request, "404 Not Found", "", "");
}

// --- a proxy: CONNECT to ports of this host, and whole URLs, which are all ours

static int connect_to(const char *host)
{
	const char *port = strrchr(host, ':');
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port =
						     htons((uint16_t)atoi(port ? port + 1 : "")),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		exit(0);
	return fd;
}

static void tunnel(const Request *request)
{
	const int other = connect_to(request->path);
	struct pollfd fds[2] = { { .fd = request->fd, .events = POLLIN },
				 { .fd = other, .events = POLLIN } };
	say(request, "HTTP/1.1 200 Connected\r\n\r\n");
	while (poll(fds, 2, -1) > 0) {
		for (int i = 0; i < 2; i++) {
			char bytes[65536];
			const ssize_t got =
				fds[i].revents ? read(fds[i].fd, bytes, sizeof(bytes)) : -1;
			if (got == 0 ||
			    (got > 0 && write(fds[1 - i].fd, bytes, (size_t)got) != got))
				exit(0);
		}
	}
}

static void dispatch(Request *request)
{
	char *path =
		strncmp(request->path, "http://", 7) == 0 ? strchr(request->path + 7, '/') : NULL;
	if (path)
		memmove(request->path, path, strlen(path) + 1);
	if (strcmp(request->method, "CONNECT") == 0) {
		tunnel(request);
	} else if (strncmp(request->path, "/token?", 7) == 0) {
		give_token(request);
	} else if (strncmp(request->path, "/token-", 7) == 0) {
		redirect_token(request);
	} else if (strncmp(request->path, "/away/", 6) == 0) {
		char name[128];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(request->path + 6, "?"),
			 request->path + 6);
		find_file(request, name);
		serve(request);
	} else if (strncmp(request->path, "/v2/", 4) == 0) {
		split_path(request);
		act(request);
	} else {
		reply(request, "404 Not Found", "", "");
	}
}

static void log_request(const Request *request)
{
	char line[4096];
	char cookie[64];
	X509 *certificate = request->ssl ? SSL_get1_peer_certificate(request->ssl) : NULL;
	take_header(request->head, "Cookie", cookie, sizeof(cookie));
	const int length =
		snprintf(line, sizeof(line), "%s%s %s range=%s credentials=%s%s%s connection=%d\n",
			 request->is_away ? "away: " : "", request->method, request->path,
			 request->range, request->authorization[0] ? "authorization" : "",
			 cookie[0] ? "cookie" : "", certificate ? "certificate" : "", getpid());
	const int fd = open(request->server->log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd < 0 || write(fd, line, (size_t)length) != length)
		die(request->server->log);
	close(fd);
	X509_free(certificate);
}

static bool receive(Request *request)
{
	size_t have = 0;
	while (have + 1 < sizeof(request->head)) {
		const size_t got =
			get(request, request->head + have, sizeof(request->head) - 1 - have);
		if (got == 0)
			return false;
		have += got;
		request->head[have] = '\0';
		if (!isupper((unsigned char)request->head[0])) // TLS
			return false;
		if (strstr(request->head, "\r\n\r\n"))
			break;
	}
	take_header(request->head, "Host", request->host, sizeof(request->host));
	take_header(request->head, "Authorization", request->authorization,
		    sizeof(request->authorization));
	take_header(request->head, "Range", request->range, sizeof(request->range));
	return sscanf(request->head, "%7s %1023s", request->method, request->path) == 2;
}

// Until the client closes, so that no reset overtakes what it was sent.
static void linger(int fd)
{
	char bytes[4096];
	shutdown(fd, SHUT_WR);
	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

static void serve_connection(const Server *server, int fd, bool is_away)
{
	SSL *ssl = server->tls ? SSL_new(server->tls) : NULL;
	if (ssl) {
		if (server->clients)
			SSL_set_verify(ssl,
				       is_away ? SSL_VERIFY_PEER
					       : SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				       NULL);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) <= 0) {
			linger(fd);
			return;
		}
	}
	for (;;) {
		Request request = { .server = server, .fd = fd, .ssl = ssl, .is_away = is_away };
		if (!receive(&request))
			return;
		log_request(&request);
		dispatch(&request);
		if (!request.is_open)
			break;
	}
	linger(fd);
}

static int listen_on(const char *port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons((uint16_t)atoi(port)),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 64) < 0)
		die(port);
	return fd;
}

__attribute__((noreturn)) static void run(const Server *server, int listener, bool is_away)
{
	for (;;) {
		const int fd = accept(listener, NULL, NULL);
		if (fd >= 0 && fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			serve_connection(server, fd, is_away);
			exit(0);
		}
		close(fd);
	}
}

static SSL_CTX *prepare_tls(const Server *server)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	if (!tls || SSL_CTX_use_certificate_file(tls, server->certificate, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, server->key, SSL_FILETYPE_PEM) != 1 ||
	    (server->clients && SSL_CTX_load_verify_locations(tls, server->clients, NULL) != 1))
		die(server->certificate);
	return tls;
}

static void parse(int argc, char **argv, Server *server)
{
	const struct {
		const char *name;
		const char **value;
	} options[] = { { "--clients", &server->clients },
			{ "--user", &server->user },
			{ "--away", &server->away },
			{ "--token", &server->token },
			{ "--tls", &server->certificate } };
	for (int i = 4; i + 1 < argc; i += 2) {
		for (size_t j = 0; j < sizeof(options) / sizeof(*options); j++) {
			if (strcmp(argv[i], options[j].name) == 0)
				*options[j].value = argv[i + 1];
		}
		if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc)
			server->key = argv[++i + 1];
	}
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: registry PORT LAYOUT LOG [OPTION...]\n");
		return 2;
	}
	Server server = { .port = argv[1], .layout = argv[2], .log = argv[3] };
	parse(argc, argv, &server);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	if (server.certificate)
		server.tls = prepare_tls(&server);
	server.shared = mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (server.shared == MAP_FAILED)
		die("mmap");
	const int listener = listen_on(server.port);
	if (server.away && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(listener);
		run(&server, listen_on(server.away), true);
	}
	run(&server, listener, false);
}
