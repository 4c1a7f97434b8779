#include "store/state/config.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static const char *write_conf(Test *test, const char *text)
{
	const char *path = arena_printf(test->arena, "%s/sdme.conf", test_directory(test));
	if (!file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error))
		test_fail(test, __FILE__, __LINE__, "write");
	return path;
}

static const char *read_conf(Test *test, const char *path)
{
	const char *text = NULL;
	size_t length = 0;
	if (!file_read(AT_FDCWD, path, 1 << 16, test->arena, &text, &length, &test->error))
		test_fail(test, __FILE__, __LINE__, "read");
	return text;
}

static const char *value_of(Test *test, const Config *config, const char *name)
{
	const ConfigKey *key = NULL;
	return config_find_key(name, &key, &test->error) ? config_value(config, key, test->arena)
							 : NULL;
}

static bool save(Test *test, const char *path, const char *name, const char *value,
		 bool *is_default)
{
	const ConfigKey *key = NULL;
	return config_find_key(name, &key, &test->error) &&
	       config_save_value(path, key, value, is_default, &test->error);
}

TEST(config_defaults_print_as_declared)
{
	const Config config = config_default();
	for (size_t i = 0; i < config_key_count; i++)
		CHECK_TEXT(config_value(&config, &config_keys[i], test->arena),
			   config_keys[i].default_text);
	CHECK(config.boot_timeout_ms == 60000);
	CHECK(config.max_download_size_bytes == 50ull << 30);
}

TEST(config_load_overrides_and_warns)
{
	const char *path = write_conf(
		test, "boot_timeout = 90\ninteractive = false\n"
		      "http_timeout = \"1m30s\"\nboot_timeot = 5\n[distros.debian]\nx = 1\n");
	Config config;
	Texts warnings = { 0 };
	CHECK(config_load(path, test->arena, &config, &warnings, &test->error));
	CHECK(config.boot_timeout_ms == 90000 && !config.interactive &&
	      config.http_timeout_ms == 90000);
	CHECK_TEXT(value_of(test, &config, "http_timeout"), "90");
	CHECK(warnings.count == 2);
	CHECK_TEXT(
		warnings.items[0],
		arena_printf(
			test->arena,
			"%s:4: ignoring unknown setting 'boot_timeot', did you mean 'boot_timeout'?",
			path));
	CHECK_TEXT(warnings.items[1],
		   arena_printf(test->arena, "%s:5: ignoring unknown setting 'distros'", path));
}

TEST(config_load_without_a_file)
{
	Config config;
	Texts warnings = { 0 };
	const char *path = arena_printf(test->arena, "%s/none", test_directory(test));
	CHECK(config_load(path, test->arena, &config, &warnings, &test->error));
	CHECK_TEXT(config.datadir, "/var/lib/sdme");
}

TEST(config_load_refuses)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{ "boot_timeout = soon", "'soon' is not a value; texts need quotes" },
		{ "boot_timeout = 'soon'", "boot_timeout: 'soon' is not a time like 30s or 5m" },
		{ "boot_timeout = [1]", "'boot_timeout' cannot be an array" },
		{ "boot_timeout = -1", "boot_timeout: '-1' is not a time like 30s or 5m" },
		{ "interactive = 1", "interactive: '1' is neither yes nor no" },
		{ "datadir = 'x'", "datadir: 'x' is not an absolute path" },
		{ "default_output_format = 'yaml'",
		  "default_output_format: 'yaml' is not one of '', 'table', 'json', 'json-pretty'" },
		{ "network_subnet = '10.0.0.0'",
		  "network_subnet: '10.0.0.0' is not an IPv4 subnet like 10.233.0.0/16 (/8 to /30)" },
		{ "network_subnet = '10.0.0.0/31'",
		  "network_subnet: '10.0.0.0/31' is not an IPv4 subnet like 10.233.0.0/16 (/8 to /30)" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		Config config;
		Texts warnings = { 0 };
		const char *path = write_conf(test, cases[i].text);
		CHECK_ERROR(config_load(path, test->arena, &config, &warnings, &test->error),
			    cases[i].message);
	}
}

TEST(config_save_keeps_the_rest)
{
	const char *path = write_conf(
		test, "# my host\nboot_timeout = 90   # slow disk\n\n# keep\nhttp_timeout = 5\n\n"
		      "# a table\n[distros.debian]\nimport = []\n");
	bool is_default = true;
	CHECK(save(test, path, "boot_timeout", "120", &is_default) && !is_default);
	CHECK(save(test, path, "interactive", "no", &is_default) && !is_default);
	CHECK(save(test, path, "default_kube_registry", "a\"b", &is_default) && !is_default);
	CHECK_TEXT(read_conf(test, path),
		   "# my host\nboot_timeout = 120   # slow disk\n\n# keep\nhttp_timeout = 5\n\n"
		   "interactive = false\ndefault_kube_registry = \"a\\\"b\"\n"
		   "# a table\n[distros.debian]\nimport = []\n");

	CHECK(save(test, path, "boot_timeout", "60", &is_default) && is_default);
	CHECK(save(test, path, "tasks_max", "16384", &is_default) && is_default);
	CHECK_TEXT(read_conf(test, path),
		   "# my host\n\n# keep\nhttp_timeout = 5\n\n"
		   "interactive = false\ndefault_kube_registry = \"a\\\"b\"\n"
		   "# a table\n[distros.debian]\nimport = []\n");
}

TEST(config_save_makes_the_file)
{
	const char *path = arena_printf(test->arena, "%s/new.conf", test_directory(test));
	bool is_default = true;
	CHECK(save(test, path, "max_download_size", "2048M", &is_default) && !is_default);
	CHECK_TEXT(read_conf(test, path), "max_download_size = \"2G\"\n");
	CHECK(save(test, path, "tasks_max", "5", &is_default));
	CHECK_TEXT(read_conf(test, path), "max_download_size = \"2G\"\ntasks_max = 5\n");
}

TEST(config_save_refuses)
{
	const char *path = write_conf(test, "boot_timeout = 5");
	bool is_default = false;
	CHECK_ERROR(save(test, path, "boot_timout", "5", &is_default),
		    "unknown setting 'boot_timout', did you mean 'boot_timeout'?");
	CHECK_ERROR(save(test, path, "interactive", "maybe", &is_default),
		    "interactive: 'maybe' is neither yes nor no");
	CHECK_ERROR(save(test, path, "default_base_fs", "a\nb", &is_default),
		    "default_base_fs: control characters are not allowed");
	CHECK_TEXT(read_conf(test, path), "boot_timeout = 5");
	CHECK(save(test, path, "tasks_max", "5", &is_default));
	CHECK_TEXT(read_conf(test, path), "boot_timeout = 5\ntasks_max = 5\n");
}
