#include "isolate/app/capability.h"

#include "tests/unit/test.h"

static Texts list(Arena *arena, const char *first, const char *second)
{
	Texts texts = { 0 };
	if (first)
		texts_add(arena, &texts, first);
	if (second)
		texts_add(arena, &texts, second);
	return texts;
}

TEST(capability_names_in_every_spelling)
{
	uint64_t set = 0;
	CHECK(capability_parse("NET_ADMIN", &set, &test->error) && set == CAPABILITY_BIT(12));
	CHECK(capability_parse("cap_net_admin", &set, &test->error) && set == CAPABILITY_BIT(12));
	CHECK(capability_parse("CAP_CHECKPOINT_RESTORE", &set, &test->error) &&
	      set == CAPABILITY_BIT(40));
	CHECK(capability_parse("all", &set, &test->error) && set == CAPABILITY_ALL);
	CHECK_ERROR(capability_parse("NET_ADMN", &set, &test->error),
		    "unknown capability 'NET_ADMN'; did you mean 'CAP_NET_ADMIN'?");
	CHECK_ERROR(capability_parse("", &set, &test->error), "unknown capability ''");
}

TEST(capability_default_is_that_of_docker)
{
	Texts names = { 0 };
	capability_print(capability_default, test->arena, &names);
	CHECK(capability_default == UINT64_C(0xa80425fb) && names.count == 14);
	CHECK_TEXT(names.items[0], "CAP_CHOWN");
	CHECK_TEXT(names.items[13], "CAP_SETFCAP");
}

TEST(capability_drop_all_then_add)
{
	const Texts add = list(test->arena, "NET_BIND_SERVICE", NULL);
	const Texts drop = list(test->arena, "ALL", NULL);
	uint64_t set = 0;
	CHECK(capability_resolve(capability_default, &add, &drop, &set, &test->error));
	CHECK(set == CAPABILITY_BIT(10));
}

TEST(capability_add_all_but_one)
{
	const Texts add = list(test->arena, "ALL", NULL);
	const Texts drop = list(test->arena, "SYS_ADMIN", "SYS_MODULE");
	uint64_t set = 0;
	CHECK(capability_resolve(capability_default, &add, &drop, &set, &test->error));
	CHECK(set == (CAPABILITY_ALL & ~CAPABILITY_BIT(21) & ~CAPABILITY_BIT(16)));
}

TEST(capability_faults_say_which_list)
{
	const Texts none = { 0 }, drop = list(test->arena, "CHOWM", NULL);
	uint64_t set = 0;
	CHECK_ERROR(capability_resolve(0, &none, &drop, &set, &test->error),
		    "drop: unknown capability 'CHOWM'; did you mean 'CAP_CHOWN'?");
}

TEST(capability_sets_of_root_and_others)
{
	const CapabilitySets root = capability_sets(5, 0, false);
	CHECK(root.bounding == 5 && root.permitted == 5 && root.effective == 5 &&
	      root.inheritable == 0 && root.ambient == 0);
	const CapabilitySets other = capability_sets(5, 1000, false);
	CHECK(other.bounding == 5 && other.permitted == 0 && other.effective == 0);
	const CapabilitySets ambient = capability_sets(5, 1000, true);
	CHECK(ambient.bounding == 5 && ambient.permitted == 5 && ambient.inheritable == 5 &&
	      ambient.ambient == 5);
}

TEST(capability_unit_of_default_is_default_and_sys_admin)
{
	CHECK(capability_unit_bounding(capability_default) ==
	      (capability_default | CAPABILITY_BIT(CAPABILITY_SYS_ADMIN)));
}
