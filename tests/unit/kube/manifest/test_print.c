#include "kube/manifest/print.h"

#include "pkg/base/utf8.h"
#include "tests/unit/manifest.h"

static const char *yaml_of(Test *test, const Object *object)
{
	CLEANUP_BUFFER text = { 0 };
	object_print_yaml(object, /* is_redacted= */ false, &text);
	return buffer_take(&text, test->arena);
}

TEST(objects_print_in_a_normal_form)
{
	const Manifest *manifest = manifest_of(
		test,
		"kind: Pod\napiVersion: v1\nmetadata: {name: a, labels: {z: \"1\", b: x}, uid: u}\n"
		"spec:\n  volumes: [{name: v}]\n  nodeSelector: {disk: ssd}\n"
		"  dnsConfig: {searches: [example.com], nameservers: [192.0.2.1], options: [{name: ndots, value: \"5\"}, {name: edns0, value: \"\"}]}\n"
		"  containers:\n  - image: nginx:1\n    name: c\n    args: [\"a: b\", \"-x\", \"l1\\nl2\", \"\"]\n"
		"    resources: {limits: {memory: 1.5Gi}}\nstatus: {}\n");
	static const char expected[] =
		"apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    b: x\n    z: \"1\"\n  name: a\n"
		"  namespace: default\nspec:\n  containers:\n  - args:\n    - \"a: b\"\n    - \"-x\"\n"
		"    - |-\n      l1\n      l2\n    - \"\"\n    image: nginx:1\n"
		"    imagePullPolicy: IfNotPresent\n    name: c\n    resources:\n      limits:\n"
		"        memory: 1536Mi\n      requests:\n        memory: 1536Mi\n  dnsConfig:\n    nameservers:\n"
		"    - \"192.0.2.1\"\n    options:\n    - name: ndots\n      value: \"5\"\n    - name: edns0\n"
		"    searches:\n    - example.com\n  dnsPolicy: ClusterFirst\n  nodeSelector:\n"
		"    disk: ssd\n  restartPolicy: Always\n  terminationGracePeriodSeconds: 30\n"
		"  volumes:\n  - emptyDir: {}\n    name: v\n";
	const char *text = yaml_of(test, &manifest->objects.items[0]);
	CHECK_TEXT(text, expected);

	// What was printed means the same.
	const Manifest *again = manifest_of(test, text);
	CHECK(again->report.error_count == 0);
	CHECK_TEXT(yaml_of(test, &again->objects.items[0]), expected);
	CHECK_TEXT(object_hash(&again->objects.items[0], test->arena),
		   object_hash(&manifest->objects.items[0], test->arena));
}

TEST(objects_print_texts_that_yaml_would_take_for_others)
{
	static const char *const texts[] = {
		"yes",    "0644", "1:30",  "2001-01-01", "null",  "~",         "a #b",
		"a:",     "- a",  "\"",    "'",          "{}",    "a\n",       "\n",
		" a",     "a ",   "a\n\n", "\ta\nb",     "a \nb", "a\tb\nc\n", "\xc3\xa4\n\x1b",
		"%x",     "*a",   "&a",    "!a",         "|",     ">",         "@a",
		"`a",     "a, b", "=",     "<<",         "0x10",  "1e3",       ".5",
		"a\r\nb",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		CLEANUP_BUFFER manifest_text = { 0 };
		buffer_add(&manifest_text,
			   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: ");
		buffer_add_quoted(&manifest_text, texts[i]);
		buffer_add(&manifest_text, "}\n");
		const Manifest *manifest = manifest_of(test, buffer_text(&manifest_text));
		CHECK(manifest->report.error_count == 0);
		const Manifest *again =
			manifest_of(test, yaml_of(test, &manifest->objects.items[0]));
		CHECK(again->report.error_count == 0);
		CHECK_TEXT(again->objects.items[0].config_map->data.items[0].bytes, texts[i]);
	}
}

TEST(secrets_print_redacted_when_asked)
{
	const Manifest *manifest =
		manifest_of(test, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
				  "stringData: {k: swordfish}\n");
	CLEANUP_BUFFER json = { 0 };
	object_print_json(&manifest->objects.items[0], false, true, &json);
	CHECK_TEXT(
		buffer_text(&json),
		"{\"apiVersion\":\"v1\",\"data\":{\"k\":\"***\"},\"kind\":\"Secret\",\"metadata\":{"
		"\"name\":\"a\",\"namespace\":\"default\"},\"type\":\"Opaque\"}");
	CHECK(strstr(yaml_of(test, &manifest->objects.items[0]), "k: c3dvcmRmaXNo"));
}

static const char *json_of(Test *test, const Object *object)
{
	CLEANUP_BUFFER text = { 0 };
	object_print_json(object, /* is_pretty= */ false, /* is_redacted= */ false, &text);
	return buffer_take(&text, test->arena);
}

// The ConfigMap's only value, as a manifest that prints it is read again.
static const DataItem *value_in(Test *test, const char *text)
{
	const Manifest *manifest = manifest_of(test, text);
	if (manifest->report.error_count > 0 || manifest->objects.count != 1 ||
	    manifest->objects.items[0].config_map->data.count != 1)
		return NULL;
	return &manifest->objects.items[0].config_map->data.items[0];
}

static bool is_value(const DataItem *item, const char *bytes, size_t length)
{
	return item && item->length == length && memcmp(item->bytes, bytes, length) == 0;
}

// Control characters, line breaks of Unicode, byte order marks: whatever text a ConfigMap may hold.
TEST(objects_print_every_character_so_that_it_is_read_again)
{
	static const uint32_t ranges[][2] = {
		{ 1, 0x17f },
		{ 0x2000, 0x206f },
		{ 0xfe00, 0xffff },
		{ 0x1f600, 0x1f610 },
	};
	for (size_t i = 0; i < COUNT(ranges); i++) {
		for (uint32_t code = ranges[i][0]; code <= ranges[i][1]; code++) {
			char bytes[8] = "a";
			const size_t length = 1 + utf8_encode(code, bytes + 1);
			bytes[length] = 'b';
			ConfigMap config_map = { .metadata = { .name = "a" } };
			*data_items_push(test->arena, &config_map.data) =
				(DataItem){ .key = "k", .bytes = bytes, .length = length + 1 };
			const Object object = { .kind = OBJECT_CONFIG_MAP,
						.config_map = &config_map };
			CHECK(is_value(value_in(test, yaml_of(test, &object)), bytes, length + 1));
			CHECK(is_value(value_in(test, json_of(test, &object)), bytes, length + 1));
		}
	}
}
