#include "pkg/sys/yaml.h"

#include "pkg/base/base64.h"
#include "pkg/base/text.h"
#include "pkg/sys/yaml_json.h"
#include "pkg/sys/yaml_map.h"
#include "pkg/sys/yaml_scalar.h"

#include <string.h>
#include <yaml.h>

#define TAG_PREFIX "tag:yaml.org,2002:"

// A node that aliases may refer to. `node` is NULL while the node itself is still being read.
typedef struct Anchor {
	const char *name;
	const YamlNode *node;
	size_t nodes; // in its subtree, itself included
	unsigned height;
} Anchor;

VEC_DECLARE(Anchors, anchors, Anchor);

typedef struct Reader {
	yaml_parser_t parser;
	const char *path;
	const char *text;
	size_t length;
	Arena *arena;
	Report *report;

	// Of the document being read.
	Anchors anchors;
	size_t node_count;
	size_t alias_count;
} Reader;

static void event_clear(yaml_event_t *event)
{
	yaml_event_delete(event);
}
#define CLEANUP_EVENT CLEANUP(event_clear) yaml_event_t

static SourcePos place(const Reader *reader, yaml_mark_t mark)
{
	return (SourcePos){ reader->path, (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static bool fail(Reader *reader, SourcePos where, const char *message)
{
	report_add(reader->report, SEVERITY_ERROR, where, "", "%s", message);
	return false;
}

// The reader of libyaml tells a byte offset only.
static SourcePos place_of_offset(const Reader *reader, size_t offset)
{
	SourcePos where = { reader->path, 1, 1 };
	for (size_t i = 0; i < offset && i < reader->length; i++) {
		where.column++;
		if (reader->text[i] == '\n') {
			where.line++;
			where.column = 1;
		}
	}
	return where;
}

static bool is_tab_at(const Reader *reader, SourcePos where)
{
	const char *line = reader->text;
	for (unsigned number = 1; line && number < where.line; number++) {
		line = memchr(line, '\n', (size_t)(reader->text + reader->length - line));
		line = line ? line + 1 : NULL;
	}
	const size_t left = line ? (size_t)(reader->text + reader->length - line) : 0;
	return where.column <= left && line[where.column - 1] == '\t';
}

// Tells what libyaml found wrong, and what it was reading.
static bool fail_syntax(Reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "not understood";
	if (parser->error == YAML_READER_ERROR)
		return fail(reader, place_of_offset(reader, parser->problem_offset), problem);

	const SourcePos where = place(reader, parser->problem_mark);
	if (is_tab_at(reader, where))
		return fail(reader, where, "found a tab: YAML is indented with blanks");
	if (!parser->context)
		return fail(reader, where, problem);
	return fail(reader, where,
		    arena_printf(reader->arena, "%s, %s that starts in line %zu", problem,
				 parser->context, parser->context_mark.line + 1));
}

static bool next_event(Reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	return fail_syntax(reader);
}

static bool count_nodes(Reader *reader, SourcePos where, size_t more)
{
	if (more > YAML_NODES_MAX - reader->node_count)
		return fail(reader, where, "the document has more than 1000000 values");
	reader->node_count += more;
	return true;
}

static YamlNode *new_node(Reader *reader, YamlKind kind, const yaml_event_t *event)
{
	YamlNode *node = ARENA_NEW(reader->arena, YamlNode);
	node->kind = kind;
	node->where = place(reader, event->start_mark);
	return node;
}

// --- scalars

static void resolve(YamlNode *node)
{
	static const YamlKind kinds[] = {
		[SCALAR_NULL] = YAML_NULL,       [SCALAR_BOOL] = YAML_BOOL,
		[SCALAR_INTEGER] = YAML_INTEGER, [SCALAR_FLOAT] = YAML_FLOAT,
		[SCALAR_TEXT] = YAML_TEXT,
	};
	const Scalar scalar = scalar_resolve(node->text);
	node->kind = kinds[scalar.kind];
	if (scalar.kind == SCALAR_BOOL)
		node->boolean = scalar.boolean;
	else if (scalar.kind == SCALAR_INTEGER)
		node->integer = scalar.integer;
	else if (scalar.kind == SCALAR_FLOAT)
		node->real = scalar.real;
}

static bool decode_binary(Reader *reader, YamlNode *node)
{
	CLEANUP_BUFFER bytes = { 0 };
	CLEANUP_ERROR error = { 0 };
	if (!base64_decode(&bytes, node->text, node->length, &error))
		return fail(reader, node->where, arena_strdup(reader->arena, error.message));
	node->length = bytes.length;
	node->text = buffer_take(&bytes, reader->arena);
	return true;
}

static bool fail_tag(Reader *reader, SourcePos where, const char *tag)
{
	return fail(reader, where, arena_printf(reader->arena, "unknown tag '%s'", tag));
}

// A scalar with an explicit !!tag.
static bool apply_tag(Reader *reader, YamlNode *node, const char *tag)
{
	static const struct {
		const char *name;
		YamlKind kind;
	} tags[] = {
		{ "null", YAML_NULL },
		{ "bool", YAML_BOOL },
		{ "int", YAML_INTEGER },
		{ "float", YAML_FLOAT },
	};
	const char *name = text_starts_with(tag, TAG_PREFIX) ? tag + strlen(TAG_PREFIX) : "";
	if (text_equal(tag, "!") || text_equal(name, "str") || text_equal(name, "timestamp"))
		return true;
	if (text_equal(name, "binary"))
		return decode_binary(reader, node);

	for (size_t i = 0; i < COUNT(tags); i++) {
		if (!text_equal(name, tags[i].name))
			continue;
		resolve(node);
		const bool is_integral = tags[i].kind == YAML_FLOAT && node->kind == YAML_INTEGER;
		if (node->kind == tags[i].kind || is_integral)
			return true;
		return fail(reader, node->where,
			    arena_printf(reader->arena, "'%s' is not a !!%s", node->text, name));
	}
	return fail_tag(reader, node->where, tag);
}

static const YamlNode *read_scalar(Reader *reader, const yaml_event_t *event)
{
	YamlNode *node = new_node(reader, YAML_TEXT, event);
	node->length = event->data.scalar.length;
	node->text =
		arena_strndup(reader->arena, (const char *)event->data.scalar.value, node->length);

	const char *tag = (const char *)event->data.scalar.tag;
	if (tag)
		return apply_tag(reader, node, tag) ? node : NULL;
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		resolve(node);
	return node;
}

// --- anchors and aliases

static Anchor *find_anchor(Reader *reader, const char *name)
{
	for (size_t i = reader->anchors.count; i > 0; i--) {
		if (text_equal(reader->anchors.items[i - 1].name, name))
			return &reader->anchors.items[i - 1];
	}
	return NULL;
}

static const YamlNode *follow_alias(Reader *reader, const yaml_event_t *event, unsigned depth,
				    unsigned *ret_height)
{
	const SourcePos where = place(reader, event->start_mark);
	const char *name = (const char *)event->data.alias.anchor;
	const Anchor *anchor = find_anchor(reader, name);
	const char *fault = NULL;
	if (!anchor)
		fault = arena_printf(reader->arena, "unknown anchor '%s' referenced", name);
	else if (!anchor->node)
		fault = arena_printf(reader->arena, "anchor '%s' value contains itself", name);
	else if (++reader->alias_count > YAML_ALIASES_MAX)
		fault = "the document has more than 10000 aliases";
	else if (depth + anchor->height > YAML_DEPTH_MAX)
		fault = "the document is nested more than 100 levels deep";
	if (fault) {
		fail(reader, where, fault);
		return NULL;
	}
	if (!count_nodes(reader, where, anchor->nodes))
		return NULL;
	*ret_height = anchor->height;
	return anchor->node;
}

// --- collections

static const YamlNode *read_node(Reader *reader, const yaml_event_t *event, unsigned depth,
				 unsigned *ret_height);

static bool is_merge_key(const yaml_event_t *event)
{
	return event->type == YAML_SCALAR_EVENT &&
	       event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !event->data.scalar.tag &&
	       text_equal((const char *)event->data.scalar.value, "<<");
}

// The key as text, or NULL when it cannot be one.
static const char *key_text(Reader *reader, const YamlNode *key)
{
	switch (key->kind) {
	case YAML_TEXT:
		if (strlen(key->text) == key->length)
			return key->text;
		fail(reader, key->where, "invalid map key: it holds a NUL byte");
		return NULL;
	case YAML_BOOL:
		return key->boolean ? "true" : "false";
	case YAML_INTEGER:
	case YAML_FLOAT:
		return yaml_number_text(key, reader->arena);
	case YAML_NULL:
		fail(reader, key->where, "invalid map key: it is empty");
		return NULL;
	case YAML_LIST:
	case YAML_MAP:
		break;
	}
	fail(reader, key->where,
	     "invalid map key: it is a list or a mapping; put template text like {{x}} in quotes");
	return NULL;
}

// Reads one `key: value` whose key begins with `event`.
static bool read_member(Reader *reader, const yaml_event_t *event, unsigned depth,
			YamlMembers *members, YamlNodes *merges, unsigned *height)
{
	const bool is_merge = is_merge_key(event);
	unsigned child_height = 0;
	const YamlNode *key = read_node(reader, event, depth, &child_height);
	const char *text = key ? key_text(reader, key) : NULL;
	if (!text)
		return false;

	CLEANUP_EVENT value_event = { 0 };
	if (!next_event(reader, &value_event))
		return false;
	const YamlNode *value = read_node(reader, &value_event, depth, &child_height);
	if (!value)
		return false;
	if (child_height > *height)
		*height = child_height;

	if (is_merge)
		*yaml_nodes_push(reader->arena, merges) = value;
	else
		*yaml_members_push(reader->arena, members) =
			(YamlMember){ text, place(reader, event->start_mark), value };
	return true;
}

static const YamlNode *read_map(Reader *reader, const yaml_event_t *start, unsigned depth,
				unsigned *ret_height)
{
	YamlNode *node = new_node(reader, YAML_MAP, start);
	YamlMembers members = { 0 };
	YamlNodes merges = { 0 };
	unsigned height = 0;
	for (;;) {
		CLEANUP_EVENT event = { 0 };
		if (!next_event(reader, &event))
			return NULL;
		if (event.type == YAML_MAPPING_END_EVENT) {
			node->length = event.end_mark.index - start->start_mark.index;
			break;
		}
		if (!read_member(reader, &event, depth + 1, &members, &merges, &height))
			return NULL;
	}
	yaml_remove_duplicates(&members, reader->arena, reader->report);
	const YamlNode *fault =
		merges.count > 0 ? yaml_merge(&members, &merges, reader->arena) : NULL;
	if (fault) {
		fail(reader, fault->where,
		     "map merge requires map or sequence of maps as the value");
		return NULL;
	}
	node->members = members;
	*ret_height = height + 1;
	return node;
}

static const YamlNode *read_list(Reader *reader, const yaml_event_t *start, unsigned depth,
				 unsigned *ret_height)
{
	YamlNode *node = new_node(reader, YAML_LIST, start);
	unsigned height = 0;
	for (;;) {
		CLEANUP_EVENT event = { 0 };
		if (!next_event(reader, &event))
			return NULL;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			break;
		unsigned child_height = 0;
		const YamlNode *item = read_node(reader, &event, depth + 1, &child_height);
		if (!item)
			return NULL;
		*yaml_nodes_push(reader->arena, &node->items) = item;
		if (child_height > height)
			height = child_height;
	}
	*ret_height = height + 1;
	return node;
}

static bool is_plain_tag(const yaml_char_t *tag, const char *expected)
{
	const char *text = (const char *)tag;
	return !text || text_equal(text, "!") || text_equal(text, expected);
}

// A node without regard to its anchor. Called for the four events that begin a node only.
static const YamlNode *read_value(Reader *reader, const yaml_event_t *event, unsigned depth,
				  unsigned *ret_height)
{
	const SourcePos where = place(reader, event->start_mark);
	if (event->type == YAML_SCALAR_EVENT) {
		*ret_height = 1;
		return read_scalar(reader, event);
	}
	if (depth >= YAML_DEPTH_MAX) {
		fail(reader, where, "the document is nested more than 100 levels deep");
		return NULL;
	}

	const bool is_map = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag =
		is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	if (!is_plain_tag(tag, is_map ? TAG_PREFIX "map" : TAG_PREFIX "seq")) {
		fail_tag(reader, where, (const char *)tag);
		return NULL;
	}
	return is_map ? read_map(reader, event, depth, ret_height)
		      : read_list(reader, event, depth, ret_height);
}

static const char *anchor_of(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return (const char *)event->data.scalar.anchor;
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return (const char *)event->data.sequence_start.anchor;
	return (const char *)event->data.mapping_start.anchor;
}

// Reads the node that begins with `event`. depth: levels above it. ret_height: levels of the node itself.
// The recursion is bounded by YAML_DEPTH_MAX.
static const YamlNode *read_node(Reader *reader, const yaml_event_t *event, unsigned depth,
				 unsigned *ret_height)
{
	if (event->type == YAML_ALIAS_EVENT)
		return follow_alias(reader, event, depth, ret_height);

	const SourcePos where = place(reader, event->start_mark);
	const size_t count_before = reader->node_count;
	if (!count_nodes(reader, where, 1))
		return NULL;
	const char *anchor = anchor_of(event);
	if (!anchor)
		return read_value(reader, event, depth, ret_height);

	if (reader->anchors.count >= YAML_ANCHORS_MAX) {
		fail(reader, where, "the document has more than 1000 anchors");
		return NULL;
	}
	const size_t index = reader->anchors.count;
	anchors_push(reader->arena, &reader->anchors)->name = arena_strdup(reader->arena, anchor);
	const YamlNode *node = read_value(reader, event, depth, ret_height);
	Anchor *known = &reader->anchors.items[index];
	known->node = node;
	known->nodes = reader->node_count - count_before;
	known->height = *ret_height;
	return node;
}

// --- documents

// Reads what follows a document's start. False: nothing more can be read.
static bool read_document(Reader *reader, YamlNodes *ret)
{
	reader->anchors = (Anchors){ 0 };
	reader->node_count = 0;
	reader->alias_count = 0;

	CLEANUP_EVENT root = { 0 };
	if (!next_event(reader, &root))
		return false;
	unsigned height = 0;
	const YamlNode *node = read_node(reader, &root, 0, &height);
	if (!node)
		return false;
	if (node->kind != YAML_NULL)
		*yaml_nodes_push(reader->arena, ret) = node;
	return true;
}

static void read_stream(Reader *reader, YamlNodes *ret)
{
	for (;;) {
		CLEANUP_EVENT event = { 0 };
		if (!next_event(reader, &event) || event.type == YAML_STREAM_END_EVENT)
			return;
		if (event.type == YAML_DOCUMENT_START_EVENT && !read_document(reader, ret))
			return;
	}
}

void yaml_read(const char *path, const char *text, size_t length, Arena *arena, Report *report,
	       YamlNodes *ret_documents)
{
	Reader reader = { .path = path, .length = length, .arena = arena, .report = report };
	reader.text = json_join_surrogates(arena, text, &reader.length);
	if (!yaml_parser_initialize(&reader.parser))
		memory_exhausted();
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)reader.text,
				     reader.length);
	read_stream(&reader, ret_documents);
	yaml_parser_delete(&reader.parser);
}
