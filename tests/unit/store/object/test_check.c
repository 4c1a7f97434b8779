#include "store/object/check.h"

#include "tests/unit/test.h"

static void add(Test *test, StoredObject *object, const char *key, const char *text, bool is_binary)
{
	*stored_data_push(test->arena, &object->data) =
		(StoredItem){ key, { text, strlen(text) }, is_binary };
}

typedef void (*Check)(const StoredObject *object, SourcePos where, Report *report);

static bool passes(Test *test, Check check, const StoredObject *object)
{
	Report report;
	report_init(&report, test->arena);
	check(object, (SourcePos){ 0 }, &report);
	return report_finish(&report, &test->error);
}

static bool may_replace(Test *test, const StoredObject *current, const StoredObject *next)
{
	Report report;
	report_init(&report, test->arena);
	object_check_replacement(current, next, (SourcePos){ 0 }, &report);
	return report_finish(&report, &test->error);
}

TEST(object_check_reports_keys_at_their_field)
{
	StoredObject object = { .name = "app", .type = "" };
	add(test, &object, "..x", "1", false);
	add(test, &object, "a", "1", false);
	add(test, &object, "a", "1", true);
	CHECK_ERROR(passes(test, object_check_configmap, &object),
		    "data[..x]: Invalid value: \"..x\": must not start with '..'\n"
		    "data[a]: Invalid value: \"a\": duplicate of key present in binaryData");
	add(test, &object, "b", "1", true);
	add(test, &object, "b", "1", true);
	object.data.items[0].key = "x";
	object.data.items[1].key = "y";
	CHECK_ERROR(passes(test, object_check_configmap, &object),
		    "binaryData[b]: Duplicate value: \"b\"");
}

TEST(object_check_limits_the_sum_of_values)
{
	StoredObject object = { .name = "app", .type = "" };
	char *half = arena_alloc(test->arena, STORED_BYTES_MAX / 2 + 1);
	memset(half, 'x', STORED_BYTES_MAX / 2);
	add(test, &object, "a", half, false);
	add(test, &object, "b", half, true);
	CHECK(passes(test, object_check_configmap, &object));
	add(test, &object, "c", "1", false);
	CHECK_ERROR(passes(test, object_check_configmap, &object),
		    "[]: Too long: may not be more than 1048576 bytes");
	CHECK_ERROR(passes(test, object_check_secret, &object),
		    "data: Too long: may not be more than 1048576 bytes");
}

TEST(object_check_types_of_secrets)
{
	static const struct {
		const char *type;
		const char *key;
		const char *value;
		const char *want; // NULL: fine
	} rows[] = {
		{ "Opaque", "x", "", NULL },
		{ "example.com/own", "x", "", NULL },
		{ "kubernetes.io/tls", "tls.crt", "", "data[tls.key]: Required value" },
		{ "kubernetes.io/ssh-auth", "ssh-privatekey", "",
		  "data[ssh-privatekey]: Required value" },
		{ "kubernetes.io/ssh-auth", "ssh-privatekey", "k", NULL },
		{ "kubernetes.io/basic-auth", "password", "", NULL },
		{ "kubernetes.io/basic-auth", "x", "",
		  "data[username]: Required value\ndata[password]: Required value" },
		{ "kubernetes.io/dockerconfigjson", "x", "",
		  "data[.dockerconfigjson]: Required value" },
		{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson", "{\"auths\":{}}", NULL },
		{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson", "hunter2",
		  "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": it is not JSON" },
		{ "kubernetes.io/dockercfg", ".dockercfg", "",
		  "data[.dockercfg]: Invalid value: \"<secret contents redacted>\": it is not JSON" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		StoredObject object = { .name = "s", .type = rows[i].type };
		add(test, &object, rows[i].key, rows[i].value, false);
		if (rows[i].want)
			CHECK_ERROR(passes(test, object_check_secret, &object), rows[i].want);
		else
			CHECK(passes(test, object_check_secret, &object));
	}
}

TEST(object_check_keeps_the_immutable)
{
	StoredObject current = { .name = "app", .type = "Opaque", .is_immutable = true };
	add(test, &current, "a", "1", false);
	StoredObject next = current;
	CHECK(may_replace(test, &current, &next));
	next.labels = (Pairs){ 0 };
	next.data = (StoredData){ 0 };
	next.is_immutable = false;
	add(test, &next, "a", "2", false);
	add(test, &next, "b", "2", true);
	CHECK_ERROR(may_replace(test, &current, &next),
		    "immutable: Forbidden: field is immutable when `immutable` is set\n"
		    "data: Forbidden: field is immutable when `immutable` is set\n"
		    "binaryData: Forbidden: field is immutable when `immutable` is set");
	current.is_immutable = false;
	CHECK(may_replace(test, &current, &next));
	next.type = "kubernetes.io/tls";
	CHECK_ERROR(may_replace(test, &current, &next),
		    "type: Invalid value: \"kubernetes.io/tls\": field is immutable");
}
