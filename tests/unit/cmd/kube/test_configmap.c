#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/run_line.h"

#include <fcntl.h>

static bool put(Test *test, const char *name, const char *bytes, size_t length)
{
	return file_replace_volatile(AT_FDCWD, path_join(test->arena, test_directory(test), name),
				     bytes, length, 0600, &test->error);
}

TEST(configmap_commands)
{
	if (geteuid() != 0)
		SKIP("needs root");
	static const char conf[] = "a=1\n\x1b[31m\n";
	CHECK(put(test, "app.conf", conf, strlen(conf)) && put(test, "logo", "\xff\0", 2));
	CHECK_RUN("configmap ls", 0, "", "no configmaps\n");
	CHECK_RUN("configmap create web --from-file @/app.conf --from-file @/logo --from-literal "
		  "colour=blue",
		  0, "web\n", "");
	CHECK_RUN("configmap show web", 0,
		  "Name:       web\n"
		  "Immutable:  no\n"
		  "\n"
		  "Data\n"
		  "====\n"
		  "app.conf:\n"
		  "----\n"
		  "a=1\n"
		  "\\x1b[31m\n"
		  "colour:\n"
		  "----\n"
		  "blue\n"
		  "logo:  2 bytes, binary\n",
		  "");
	const RunResult json = run_line(test, "configmap show web --json");
	CHECK(text_ends_with(
		json.output,
		",\"data\":{\"app.conf\":\"a=1\\n\\u001b[31m\\n\",\"colour\":\"blue\"},"
		"\"binaryData\":{\"logo\":\"/wA=\"}}\n"));
	const RunResult list = run_line(test, "configmap ls");
	CHECK(text_starts_with(list.output, "NAME  KEYS                  CREATED\n"
					    "web   app.conf,colour,logo  "));
	CHECK_RUN("configmap create web --from-literal a=b", 1, "",
		  "Error: configmaps \"web\" already exists; --replace replaces it\n");
	CHECK_RUN("configmap rm web", 0, "web\n", "removing 'web'\n");
	CHECK_RUN("configmap show web", 1, "", "Error: configmap \"web\" not found\n");
}
