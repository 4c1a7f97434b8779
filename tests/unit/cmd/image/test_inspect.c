#include "pkg/sys/stream/digest.h"
#include "pkg/sys/text/json_read.h"
#include "tests/unit/image_store.h"
#include "tests/unit/run_line.h"

TEST(image_inspect)
{
	if (geteuid() != 0)
		SKIP("needs root");
	ImageStore store;
	const JsonNode *root = NULL;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(
		&store, "web:1", "a bb",
		"\"Env\":[\"A=1\"],\"Entrypoint\":[\"/a\"],\"User\":\"7\",\"WorkingDir\":\"/w\","
		"\"ExposedPorts\":{\"80/tcp\":{}},\"Labels\":{\"color\":\"\\u001b[31m\\u009b\"}");
	CHECK(id);
	const RunResult result = run_line(test, "image inspect web:1");
	CHECK(result.exit_status == 0);
	CHECK(strstr(result.output, "\"color\": \"\\u001b[31m\\u009b\""));
	CHECK(json_read_parse(result.output, strlen(result.output), test->arena, &root,
			      &test->error));
	CHECK(json_read_count(root) == 1);
	const JsonNode *image = root->items[0];
	const JsonNode *config = json_read_get(image, "Config");
	CHECK_TEXT(json_read_text(image, "Id", ""), digest_hex(id));
	CHECK_TEXT(json_read_get(image, "RepoTags")->items[0]->text, "docker.io/library/web:1");
	CHECK(json_read_number(image, "Size", 0) == 8192 &&
	      json_read_number(image, "OwnSize", 0) == 8192);
	CHECK_TEXT(json_read_get(config, "Env")->items[0]->text, "A=1");
	CHECK_TEXT(json_read_text(config, "User", ""), "7");
	CHECK(json_read_get(json_read_get(config, "ExposedPorts"), "80/tcp"));
	CHECK(json_read_count(json_read_get(json_read_get(image, "RootFS"), "Layers")) == 2);
	CHECK_RUN("image inspect web:1 nginx", 1, "", "Error: no image 'nginx'\n");
}
