#include "kube/manifest/print.h"

#include "kube/manifest/encode.h"
#include "kube/schema/kinds.h"
#include "pkg/base/json.h"
#include "pkg/sys/stream/digest.h"
#include "pkg/sys/text/yaml_scalar.h"

#include <inttypes.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

// --- JSON

static Span text_of(const YamlNode *node)
{
	return (Span){ node->text, node->length };
}

static void add_json(JsonWriter *json, const YamlNode *node)
{
	switch (node->kind) {
	case YAML_NULL:
		json_add_null(json);
		break;
	case YAML_BOOL:
		json_add_bool(json, node->boolean);
		break;
	case YAML_INTEGER:
		json_add_i64(json, node->integer);
		break;
	case YAML_FLOAT:
		json_add_double(json, node->real);
		break;
	case YAML_TEXT:
		json_add_span(json, text_of(node));
		break;
	case YAML_LIST:
		json_begin_array(json);
		for (size_t i = 0; i < node->items.count; i++)
			add_json(json, node->items.items[i]);
		json_end_array(json);
		break;
	case YAML_MAP:
		json_begin_object(json);
		for (size_t i = 0; i < node->members.count; i++) {
			json_add_key(json, node->members.items[i].key);
			add_json(json, node->members.items[i].value);
		}
		json_end_object(json);
		break;
	}
}

void object_print_json(const Object *object, bool is_pretty, bool is_redacted, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	JsonWriter json = json_writer(buffer, is_pretty);
	add_json(&json, object_encode(object, is_redacted, arena));
}

void yaml_print_json(const YamlNode *node, Buffer *buffer)
{
	JsonWriter json = json_writer(buffer, /* is_pretty= */ false);
	add_json(&json, node);
}

const char *object_hash(const Object *object, Arena *arena)
{
	CLEANUP_BUFFER json = { 0 };
	object_print_json(object, false, false, &json);
	const char *digest = digest_of_bytes(json.data, json.length, arena);
	if (kinds[object->kind].is_secret)
		explicit_bzero(json.data, json.length);
	return digest;
}

// --- YAML

static void indent(Buffer *buffer, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buffer_add(buffer, "  ");
}

static bool has_nul(Span text)
{
	return strlen(text.ptr) != text.len;
}

// "2026-01-31", "2026-01-31T12:00:00Z": a text to us, but not to everybody.
static bool is_like_date(const char *text)
{
	return strspn(text, DIGITS) == 4 && text[4] == '-';
}

// Texts that every reader of YAML takes for the text that it is, without quotes.
static bool is_plain(Span span)
{
	const char *text = span.ptr;
	if (!*text || has_nul(span) || !strchr(LETTERS DIGITS "/._", *text))
		return false;
	if (!text_has_only(text, LETTERS DIGITS "/._-:@+=,() ") || strstr(text, ": ") ||
	    text_ends_with(text, ":") || text_ends_with(text, " "))
		return false;
	// 1:30 is a number in base 60 to some.
	return scalar_resolve(text).kind == SCALAR_TEXT && !is_like_date(text) &&
	       (!strchr(DIGITS, *text) || text[strcspn(text, LETTERS "/")]);
}

// Lines of printable characters, none of which begins or ends with what YAML would lose.
static bool is_block(Span span)
{
	const char *text = span.ptr;
	if (has_nul(span) || !strchr(text, '\n') || strchr(" \t\n", *text))
		return false;
	const size_t length = strlen(text);
	if (length >= 2 && text[length - 1] == '\n' && text[length - 2] == '\n')
		return false;
	for (const char *next = text; *next; next++) {
		const bool is_control =
			(unsigned char)*next < ' ' && *next != '\n' && *next != '\t';
		if (is_control || (unsigned char)*next >= 0x7f)
			return false;
		if (*next == '\n' && next > text && strchr(" \t", next[-1]))
			return false;
	}
	return true;
}

static void add_block(const char *text, unsigned depth, Buffer *buffer)
{
	buffer_add(buffer, text_ends_with(text, "\n") ? "|\n" : "|-\n");
	while (*text) {
		const size_t length = strcspn(text, "\n");
		if (length > 0)
			indent(buffer, depth);
		buffer_add_bytes(buffer, text, length);
		buffer_add_char(buffer, '\n');
		text += length + (text[length] ? 1 : 0);
	}
}

// What JSON quotes, YAML reads.
static void add_text(Span text, Buffer *buffer)
{
	if (is_plain(text)) {
		buffer_add(buffer, text.ptr);
		return;
	}
	JsonWriter json = json_writer(buffer, /* is_pretty= */ false);
	json_add_span(&json, text);
}

static void add_map(const YamlNode *map, unsigned depth, Buffer *buffer);
static void add_list(const YamlNode *list, unsigned depth, Buffer *buffer);

// What stands behind "key:" or "-": on the same line, or on lines of its own. depth: of the lines below.
static void add_value(const YamlNode *node, unsigned depth, Buffer *buffer)
{
	switch (node->kind) {
	case YAML_NULL:
		buffer_add(buffer, " null\n");
		break;
	case YAML_BOOL:
		buffer_add(buffer, node->boolean ? " true\n" : " false\n");
		break;
	case YAML_INTEGER:
		buffer_printf(buffer, " %" PRId64 "\n", node->integer);
		break;
	case YAML_FLOAT:
		buffer_printf(buffer, " %.17g\n", node->real);
		break;
	case YAML_TEXT:
		buffer_add_char(buffer, ' ');
		if (is_block(text_of(node))) {
			add_block(node->text, depth, buffer);
			break;
		}
		add_text(text_of(node), buffer);
		buffer_add_char(buffer, '\n');
		break;
	case YAML_LIST:
		if (node->items.count == 0) {
			buffer_add(buffer, " []\n");
			break;
		}
		buffer_add_char(buffer, '\n');
		add_list(node, depth - 1, buffer);
		break;
	case YAML_MAP:
		if (node->members.count == 0) {
			buffer_add(buffer, " {}\n");
			break;
		}
		buffer_add_char(buffer, '\n');
		add_map(node, depth, buffer);
		break;
	}
}

static void print_member(const YamlMember *member, unsigned depth, Buffer *buffer)
{
	add_text(span_of(member->key), buffer);
	buffer_add_char(buffer, ':');
	add_value(member->value, depth + 1, buffer);
}

static void add_map(const YamlNode *map, unsigned depth, Buffer *buffer)
{
	for (size_t i = 0; i < map->members.count; i++) {
		indent(buffer, depth);
		print_member(&map->members.items[i], depth, buffer);
	}
}

// Items stand as far left as the key of the list, as kubectl writes them.
static void add_list(const YamlNode *list, unsigned depth, Buffer *buffer)
{
	for (size_t i = 0; i < list->items.count; i++) {
		const YamlNode *item = list->items.items[i];
		indent(buffer, depth);
		buffer_add_char(buffer, '-');
		if (item->kind != YAML_MAP || item->members.count == 0) {
			add_value(item, depth + 1, buffer);
			continue;
		}
		// The first member on the line of the dash, the others below it.
		for (size_t k = 0; k < item->members.count; k++) {
			if (k > 0)
				indent(buffer, depth + 1);
			else
				buffer_add_char(buffer, ' ');
			print_member(&item->members.items[k], depth + 1, buffer);
		}
	}
}

void yaml_print(const YamlNode *node, Buffer *buffer)
{
	if (node->kind == YAML_MAP && node->members.count > 0)
		add_map(node, 0, buffer);
	else if (node->kind == YAML_LIST && node->items.count > 0)
		add_list(node, 0, buffer);
	else
		add_value(node, 1, buffer);
}

void object_print_yaml(const Object *object, bool is_redacted, Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	yaml_print(object_encode(object, is_redacted, arena), buffer);
}
