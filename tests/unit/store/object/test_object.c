#include "store/object/object.h"

#include "tests/unit/test.h"

TEST(object_keys_are_those_of_kubernetes)
{
	static const char *const good[] = {
		".dockerconfigjson", "a", "A_B", "tls.crt", "-x", ".a"
	};
	for (size_t i = 0; i < COUNT(good); i++)
		CHECK(!stored_key_problem(good[i]));
	static const char grammar[] =
		"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
		"'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
		"'[-._a-zA-Z0-9]+')";
	CHECK_TEXT(stored_key_problem(""), grammar);
	CHECK_TEXT(stored_key_problem("a b"), grammar);
	CHECK_TEXT(stored_key_problem("a/b"), grammar);
	CHECK_TEXT(stored_key_problem("a\n"), grammar);
	CHECK_TEXT(stored_key_problem("."), "must not be '.'");
	CHECK_TEXT(stored_key_problem(".."), "must not be '..'");
	CHECK_TEXT(stored_key_problem("..a"), "must not start with '..'");
	char key[255] = { 0 };
	memset(key, 'k', 253);
	CHECK(!stored_key_problem(key));
	key[253] = 'k';
	CHECK_TEXT(stored_key_problem(key), "must be no more than 253 characters");
}

TEST(object_data_is_compared_by_bytes_and_kind)
{
	StoredData left = { 0 }, right = { 0 };
	*stored_data_push(test->arena, &left) = (StoredItem){ "b", { "1\0", 2 }, false };
	*stored_data_push(test->arena, &left) = (StoredItem){ "a", { "2", 1 }, false };
	*stored_data_push(test->arena, &right) = (StoredItem){ "a", { "2", 1 }, false };
	*stored_data_push(test->arena, &right) = (StoredItem){ "b", { "1\0", 2 }, false };
	CHECK(!stored_data_equal(&left, &right));
	stored_data_sort(&left);
	CHECK(stored_data_equal(&left, &right));
	CHECK(stored_data_get(&left, "b")->value.length == 2 && !stored_data_get(&left, "c"));
	right.items[1].value.bytes = "1\1";
	CHECK(!stored_data_equal(&left, &right));
	right.items[1] = left.items[1];
	right.items[1].is_binary = true;
	CHECK(!stored_data_equal(&left, &right));
}

TEST(object_changes_have_kubectls_words)
{
	CHECK_TEXT(store_change_to_text(STORE_CREATED), "created");
	CHECK_TEXT(store_change_to_text(STORE_CONFIGURED), "configured");
	CHECK_TEXT(store_change_to_text(STORE_UNCHANGED), "unchanged");
}
