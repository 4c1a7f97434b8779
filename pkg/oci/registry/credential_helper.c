#include "pkg/oci/registry/credential_helper.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/process.h"
#include "pkg/sys/text/json_read.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HELPER_TIMEOUT_MS 60000
#define HELPER_OUTPUT_MAX ((size_t)256 * 1024)
#define NAME_BYTES        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

static bool is_program(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0111) != 0;
}

// The program's path. Relative directories in PATH are not looked into: they depend on where we were called.
static bool find_program(const char *program, Arena *arena, const char **ret, Error *error)
{
	const char *rest = getenv("PATH");
	while (rest && *rest) {
		const size_t length = strcspn(rest, ":");
		const char *directory = arena_strndup(arena, rest, length);
		const char *path = path_join(arena, directory, program);
		if (path_is_absolute(directory) && is_program(path)) {
			*ret = path;
			return true;
		}
		rest += length + (rest[length] == ':');
	}
	return error_set(error, ERROR_NOT_FOUND, "the credential helper '%s' is not in PATH",
			 program);
}

static bool read_answer(const char *program, const ProcessResult *result, Arena *arena,
			Credential *ret, Error *error)
{
	CLEANUP_ERROR unread = { 0 };
	const JsonNode *answer = NULL;
	if (!json_read_parse(result->output, result->output_length, arena, &answer, &unread))
		answer = NULL;
	const char *user = json_read_text(answer, "Username", "");
	const char *secret = json_read_text(answer, "Secret", "");
	if (!user[0])
		return error_set(error, ERROR_INVALID,
				 "the credential helper '%s' answers without a user", program);
	const bool is_token = text_equal(user, "<token>");
	*ret = (Credential){
		.scope = "",
		.user = is_token ? "" : user,
		.password = is_token ? "" : secret,
		.identity_token = is_token ? secret : "",
		.helper = "",
	};
	return true;
}

// Helpers print why they failed to where they print secrets: what looks like an answer is not shown.
static bool refuse(const char *program, const ProcessResult *result, Error *error)
{
	const char *words = result->errors[0]              ? result->errors
			    : !strchr(result->output, '{') ? result->output
							   : "";
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, words, strcspn(words, "\n"));
	return error_set(error, ERROR_FAILED, "the credential helper '%s' failed%s%s", program,
			 shown.length > 0 ? ": " : "", buffer_text(&shown));
}

static bool ask(const char *program, const char *path, const char *server, Arena *arena,
		Credential *ret, bool *ret_found, Error *error)
{
	const char *const argv[] = { path, "get", NULL };
	const Process process = {
		.argv = argv,
		.environment = (const char *const *)(uintptr_t)environ,
		.input = server,
		.timeout_ms = HELPER_TIMEOUT_MS,
		.output_max = HELPER_OUTPUT_MAX,
	};
	ProcessResult result = { 0 };
	*ret_found = false;
	if (!process_run(&process, arena, &result, error))
		return false;
	if (result.exit_status == 0) {
		*ret_found = true;
		return read_answer(program, &result, arena, ret, error);
	}
	return strstr(result.output, "credentials not found") ||
	       strstr(result.errors, "credentials not found") || refuse(program, &result, error);
}

bool credential_helper_get(const char *name, const char *registry, Arena *arena, Credential *ret,
			   bool *ret_found, Error *error)
{
	// `docker login` writes down the first, `podman login` the second.
	const bool is_hub = text_equal(registry, REFERENCE_DEFAULT_REGISTRY);
	const char *const servers[] = { is_hub ? "https://index.docker.io/v1/" : registry,
					is_hub ? registry : NULL };
	const char *program = arena_printf(arena, "docker-credential-%s", name);
	const char *path = NULL;
	if (!name[0] || !text_has_only(name, NAME_BYTES))
		return error_set(error, ERROR_INVALID,
				 "'%s' is not the name of a credential helper", name);
	if (!find_program(program, arena, &path, error))
		return false;
	*ret_found = false;
	for (size_t i = 0; i < COUNT(servers) && servers[i] && !*ret_found; i++) {
		if (!ask(program, path, servers[i], arena, ret, ret_found, error))
			return false;
	}
	return true;
}
