#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/run_line.h"

#include <fcntl.h>

static bool put(Test *test, const char *name, const char *text)
{
	return file_replace_volatile(AT_FDCWD, path_join(test->arena, test_directory(test), name),
				     text, strlen(text), 0600, &test->error);
}

TEST(secret_commands)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK(put(test, "password", "hunter2"));
	CHECK_RUN("secret ls", 0, "", "no secrets\n");
	CHECK_RUN("secret create db --from-file @/password --from-literal user=me", 0, "db\n", "");
	CHECK_RUN("secret show db", 0,
		  "Name:       db\n"
		  "Type:       Opaque\n"
		  "Immutable:  no\n"
		  "\n"
		  "Data\n"
		  "====\n"
		  "password:  7 bytes\n"
		  "user:  2 bytes\n",
		  "");
	const RunResult list = run_line(test, "secret ls");
	CHECK(text_starts_with(list.output, "NAME  KEYS           CREATED  TYPE\n"
					    "db    password,user  "));
	CHECK(strstr(list.output, "s       Opaque\n"));
	const RunResult listed = run_line(test, "secret ls --json");
	CHECK(strstr(listed.output, "\"keys\":[\"password\",\"user\"],\"created\":1") &&
	      strstr(listed.output, ",\"type\":\"Opaque\"}]"));
	CHECK(text_ends_with(list.output, "  Opaque\n"));
	const RunResult json = run_line(test, "secret show db --json");
	CHECK(strstr(json.output, "\"keys\":[{\"key\":\"password\",\"bytes\":7},"));
	CHECK(!strstr(json.output, "hunter2"));
	CHECK_RUN("secret rm db none", 1, "db\n",
		  "removing 'db'\n"
		  "removing 'none'\n"
		  "error: none: secret \"none\" not found\n"
		  "Error: some secrets could not be removed\n");
	CHECK_RUN("secret ls --json", 0, "[]\n", "");
}

TEST(secret_create_says_what_is_wrong)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("secret create db", 2, "",
		  "Error: give it data: --from-literal, --from-file or --from-env-file (see 'sdme "
		  "secret create --help')\n");
	CHECK_RUN("secret create db --from-literal hunter2", 2, "",
		  "Error: invalid literal: expected KEY=VALUE (see 'sdme secret create --help')\n");
	CHECK_RUN(
		"secret create Db --from-literal a=b", 1, "",
		"Error: metadata.name: Invalid value: \"Db\": a lowercase RFC 1123 subdomain must "
		"consist of lower case alphanumeric characters, '-' or '.', and must start and end with "
		"an alphanumeric character (e.g. 'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n");
	CHECK_RUN("secret create db --from-literal a=b", 0, "db\n", "");
	CHECK_RUN("secret create db --from-literal a=c", 1, "",
		  "Error: secrets \"db\" already exists; --replace replaces it\n");
	CHECK_RUN("secret create db --from-literal a=c --replace --immutable", 0, "db\n", "");
	CHECK_RUN("secret create db --from-literal a=d --replace --immutable", 1, "",
		  "Error: the secret \"db\" is invalid: data: Forbidden: field is immutable when "
		  "`immutable` is set\n");
	// A failed create leaves nothing half made behind.
	CHECK_RUN("secret create tls --type kubernetes.io/tls --from-literal tls.crt=x", 1, "",
		  "Error: the secret \"tls\" is invalid: data[tls.key]: Required value\n");
	CHECK_RUN("secret rm tls", 1, "",
		  "removing 'tls'\n"
		  "error: tls: secret \"tls\" not found\n"
		  "Error: some secrets could not be removed\n");
}
