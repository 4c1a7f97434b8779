#include "kube/schema/kinds.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <ctype.h>

// The first fault of the type and all below it, or NULL.
static const char *fault_of(Test *test, const SchemaType *type, unsigned depth)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		const char *where = arena_printf(test->arena, "%s.%s", type->name, field->name);
		if (depth > 12)
			return arena_printf(test->arena, "%s is nested too deep", where);
		if (i > 0 && strcmp(type->fields[i - 1].name, field->name) >= 0)
			return arena_printf(test->arena, "%s is not sorted", where);
		if (text_is_empty(field->help) || !isupper((unsigned char)field->help[0]) ==
							  !islower((unsigned char)field->help[0]))
			return arena_printf(test->arena, "%s: help is no sentence", where);
		if (field->form.kind == FIELD_WORD && !field->words)
			return arena_printf(test->arena, "%s has no words", where);
		const bool is_inner = field->form.kind == FIELD_STRUCT;
		if (is_inner && field->offset > 0 && field->form.type->size == 0)
			return arena_printf(test->arena, "%s has a member without a struct", where);
		const char *inner = is_inner ? fault_of(test, field->form.type, depth + 1) : NULL;
		if (inner)
			return inner;
	}
	return NULL;
}

TEST(schema_is_sorted_and_complete)
{
	for (size_t i = 0; i < OBJECT_KIND_COUNT; i++) {
		CHECK((size_t)kinds[i].object == i);
		CHECK(kinds[i].check && kinds[i].actions);
		const char *fault = fault_of(test, kinds[i].type, 0);
		CHECK_TEXT(fault ? fault : "", "");
	}
}

// Every field at the level of the honoured structs says what becomes of it.
static const char *unexplained(Test *test, const SchemaType *type)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		if (field->level != SUPPORT_HONOURED && !field->mapping)
			return arena_printf(test->arena, "%s.%s", type->name, field->name);
		const bool is_inner = field->form.kind == FIELD_STRUCT &&
				      field->level == SUPPORT_HONOURED && field->offset > 0;
		const char *inner = is_inner ? unexplained(test, field->form.type) : NULL;
		if (inner)
			return inner;
	}
	return NULL;
}

TEST(schema_gives_a_reason_for_what_it_does_not_honour)
{
	for (size_t i = 0; i < OBJECT_KIND_COUNT; i++) {
		const char *field = unexplained(test, kinds[i].type);
		CHECK_TEXT(field ? field : "", "");
	}
}

TEST(schema_words_match_the_enums)
{
	CHECK_TEXT(restart_policy_text(RESTART_POLICY_NEVER), "Never");
	CHECK_TEXT(restart_policy_text(RESTART_POLICY_UNSET), "");
	CHECK_TEXT(pull_policy_text(PULL_POLICY_IF_NOT_PRESENT), "IfNotPresent");
	CHECK_TEXT(protocol_text(PROTOCOL_SCTP), "SCTP");
	CHECK_TEXT(host_path_type_text(HOST_PATH_BLOCK_DEVICE), "BlockDevice");
	CHECK_TEXT(seccomp_type_text(SECCOMP_TYPE_LOCALHOST), "Localhost");
	CHECK_TEXT(object_kind_resource(OBJECT_PERSISTENT_VOLUME_CLAIM), "persistentvolumeclaim");
}
