#include "pkg/sys/text/yaml.h"

#include "pkg/base/base64.h"
#include "pkg/base/json_check.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml_json.h"
#include "pkg/sys/text/yaml_map.h"
#include "pkg/sys/text/yaml_part.h"
#include "pkg/sys/text/yaml_scalar.h"

#include <math.h>
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

// One step of the way from the document to a value.
typedef struct Step {
	const char *key; // NULL: an item of a list
	size_t index;
} Step;

// Reads one part of a text: what stands between two lines that begin with "---".
typedef struct Reader {
	yaml_parser_t parser;
	const char *path;
	unsigned lines_before; // of the text, before this part
	const char *text;
	size_t length;
	Arena *arena;
	Report *report;

	Anchors anchors;
	size_t node_count;
	size_t alias_count;
	bool is_json;
	Step steps[YAML_DEPTH_MAX + 1]; // to the value that is being read
} Reader;

static void event_clear(yaml_event_t *event)
{
	yaml_event_delete(event);
}
#define CLEANUP_EVENT CLEANUP(event_clear) yaml_event_t

static SourcePos place(const Reader *reader, yaml_mark_t mark)
{
	return (SourcePos){ reader->path, reader->lines_before + (unsigned)mark.line + 1,
			    (unsigned)mark.column + 1 };
}

static bool fail(Reader *reader, SourcePos where, const char *message)
{
	report_add(reader->report, SEVERITY_ERROR, where, "", "%s", message);
	return false;
}

// The reader of libyaml tells a byte offset only.
static SourcePos place_of_offset(const Reader *reader, size_t offset)
{
	SourcePos where = { reader->path, reader->lines_before + 1, 1 };
	for (size_t i = 0; i < offset && i < reader->length; i++) {
		where.column++;
		if (reader->text[i] == '\n') {
			where.line++;
			where.column = 1;
		}
	}
	return where;
}

static bool is_tab_at(const Reader *reader, yaml_mark_t mark)
{
	const char *line = reader->text;
	for (size_t number = 0; line && number < mark.line; number++) {
		line = memchr(line, '\n', (size_t)(reader->text + reader->length - line));
		line = line ? line + 1 : NULL;
	}
	const size_t left = line ? (size_t)(reader->text + reader->length - line) : 0;
	return mark.column < left && line[mark.column] == '\t';
}

// Tells what libyaml found wrong, and what it was reading.
static bool fail_syntax(Reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "not understood";
	if (parser->error == YAML_READER_ERROR)
		return fail(reader, place_of_offset(reader, parser->problem_offset), problem);

	const SourcePos where = place(reader, parser->problem_mark);
	if (is_tab_at(reader, parser->problem_mark))
		return fail(reader, where,
			    arena_printf(reader->arena,
					 "%s (YAML is indented with blanks, not tabs)", problem));
	if (!parser->context)
		return fail(reader, where, problem);
	return fail(reader, where,
		    arena_printf(reader->arena, "%s, %s that starts in line %u", problem,
				 parser->context, place(reader, parser->context_mark).line));
}

static bool next_event(Reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	return fail_syntax(reader);
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
		return fail(reader, node->where,
			    arena_printf(reader->arena,
					 "!!binary value contains invalid base64 data: %s",
					 error.message));
	node->length = bytes.length;
	node->text = buffer_take(&bytes, reader->arena);
	return true;
}

// The name of one of YAML's own tags, "" for others.
static const char *tag_name(const char *tag)
{
	return tag && text_starts_with(tag, TAG_PREFIX) ? tag + strlen(TAG_PREFIX) : "";
}

// Tags of other programs change nothing in Kubernetes: `!Ref x` is the text x.
static void warn_of_tag(Reader *reader, const char *tag, SourcePos where)
{
	if (tag && !text_equal(tag, "!") && !*tag_name(tag))
		report_add(reader->report, SEVERITY_WARNING, where, "",
			   "the tag '%s' means nothing here", tag);
}

static const char *kind_tag(YamlKind kind)
{
	static const char *const tags[] = {
		[YAML_NULL] = "null",   [YAML_BOOL] = "bool", [YAML_INTEGER] = "int",
		[YAML_FLOAT] = "float", [YAML_TEXT] = "str",  [YAML_LIST] = "seq",
		[YAML_MAP] = "map",
	};
	return tags[kind];
}

// A scalar with an explicit tag. Of YAML's own, these make it a value of their kind, or a fault; with others it is a text.
static bool apply_tag(Reader *reader, YamlNode *node, const char *tag)
{
	static const YamlKind kinds[] = { YAML_NULL, YAML_BOOL, YAML_INTEGER, YAML_FLOAT };
	const char *name = tag_name(tag);
	if (text_equal(name, "binary"))
		return decode_binary(reader, node);

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!text_equal(name, kind_tag(kinds[i])))
			continue;
		resolve(node);
		const bool is_integral = kinds[i] == YAML_FLOAT && node->kind == YAML_INTEGER;
		if (node->kind == kinds[i] || is_integral)
			return true;
		return fail(reader, node->where,
			    arena_printf(reader->arena, "cannot decode !!%s `%s` as a !!%s",
					 kind_tag(node->kind),
					 reader->report->hides_values ? "..." : node->text, name));
	}
	warn_of_tag(reader, tag, node->where);
	return true;
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
		fault = "document contains excessive aliasing: more than 10000 aliases";
	else if (depth + anchor->height > YAML_DEPTH_MAX)
		fault = "the document is nested more than 100 levels deep";
	if (fault) {
		fail(reader, where, fault);
		return NULL;
	}
	if (anchor->nodes > YAML_NODES_MAX - reader->node_count) {
		fail(reader, where,
		     "document contains excessive aliasing: more than 1000000 values");
		return NULL;
	}
	reader->node_count += anchor->nodes;
	*ret_height = anchor->height;
	return anchor->node;
}

// --- collections

static const YamlNode *read_node(Reader *reader, const yaml_event_t *event, unsigned depth,
				 unsigned *ret_height);

static bool is_merge_key(const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT ||
	    !text_equal((const char *)event->data.scalar.value, "<<"))
		return false;
	const char *tag = (const char *)event->data.scalar.tag;
	return tag ? text_equal(tag_name(tag), "merge")
		   : event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

// A value, not a key: JSON, which Kubernetes makes of it, has no word for some numbers.
static const YamlNode *read_item(Reader *reader, const yaml_event_t *event, unsigned depth,
				 unsigned *ret_height)
{
	const YamlNode *node = read_node(reader, event, depth, ret_height);
	if (!node || node->kind != YAML_FLOAT || isfinite(node->real))
		return node;
	fail(reader, node->where,
	     arena_printf(reader->arena, "json: unsupported value: %s",
			  yaml_number_text(node, reader->arena)));
	return NULL;
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
			YamlMembers *members, YamlMerges *merges, unsigned *height)
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
	reader->steps[depth - 1] = (Step){ .key = text };
	const YamlNode *value = read_item(reader, &value_event, depth, &child_height);
	if (!value)
		return false;
	if (child_height > *height)
		*height = child_height;

	const SourcePos where = place(reader, event->start_mark);
	if (is_merge)
		*yaml_merges_push(reader->arena, merges) = (YamlMerge){ value, where };
	else
		*yaml_members_push(reader->arena, members) = (YamlMember){ text, where, value };
	return true;
}

// "spec.containers[0].": the way to the mapping in which a key stands.
static const char *way_to(const Reader *reader, unsigned depth)
{
	CLEANUP_BUFFER way = { 0 };
	for (unsigned i = 0; i < depth; i++) {
		const Step *step = &reader->steps[i];
		if (step->key)
			buffer_printf(&way, "%s%s", i > 0 ? "." : "", step->key);
		else
			buffer_printf(&way, "[%zu]", step->index);
	}
	buffer_add(&way, depth > 0 ? "." : "");
	return buffer_take(&way, reader->arena);
}

// Kubernetes has other words for JSON.
static void report_duplicates(Reader *reader, const YamlDuplicates *duplicates, unsigned depth)
{
	if (duplicates->count == 0)
		return;
	const char *way = reader->is_json ? way_to(reader, depth) : "";
	for (size_t i = 0; i < duplicates->count; i++) {
		const YamlDuplicate *duplicate = &duplicates->items[i];
		report_add(reader->report, SEVERITY_ERROR, duplicate->where, "",
			   reader->is_json ? "strict decoding error: duplicate field %s (line %u)"
					   : "key %s already set in map (line %u)",
			   text_quoted(arena_printf(reader->arena, "%s%s", way, duplicate->key),
				       reader->arena),
			   duplicate->first.line);
	}
}

static const YamlNode *read_map(Reader *reader, const yaml_event_t *start, unsigned depth,
				unsigned *ret_height)
{
	YamlNode *node = new_node(reader, YAML_MAP, start);
	YamlMembers members = { 0 };
	YamlMerges merges = { 0 };
	YamlDuplicates duplicates = { 0 };
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
	yaml_remove_duplicates(&members, reader->arena, &duplicates);
	const YamlNode *fault =
		merges.count > 0 ? yaml_merge(&members, &merges, reader->arena, &duplicates) : NULL;
	if (fault) {
		fail(reader, fault->where,
		     "map merge requires map or sequence of maps as the value");
		return NULL;
	}
	report_duplicates(reader, &duplicates, depth);
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
		reader->steps[depth] = (Step){ .index = node->items.count };
		const YamlNode *item = read_item(reader, &event, depth + 1, &child_height);
		if (!item)
			return NULL;
		*yaml_nodes_push(reader->arena, &node->items) = item;
		if (child_height > height)
			height = child_height;
	}
	*ret_height = height + 1;
	return node;
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
	warn_of_tag(reader, (const char *)tag, where);
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
	if (++reader->node_count > YAML_NODES_MAX) {
		fail(reader, where, "the document has more than 1000000 values");
		return NULL;
	}
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

// What follows "..." in a part is not read, as in Kubernetes, whatever it is.
static void look_behind(Reader *reader)
{
	CLEANUP_EVENT event = { 0 };
	const bool is_event = yaml_parser_parse(&reader->parser, &event);
	if (is_event && event.type == YAML_STREAM_END_EVENT)
		return;
	const yaml_mark_t mark = is_event ? event.start_mark : reader->parser.problem_mark;
	report_add(reader->report, SEVERITY_WARNING, place(reader, mark), "",
		   "what follows \"...\" is not read; documents are separated by \"---\"");
}

static void read_document(Reader *reader, YamlNodes *ret)
{
	CLEANUP_EVENT root = { 0 };
	if (!next_event(reader, &root))
		return;
	unsigned height = 0;
	const YamlNode *node = read_item(reader, &root, 0, &height);
	if (!node)
		return;
	CLEANUP_EVENT end = { 0 };
	CLEANUP_EVENT next = { 0 };
	if (!next_event(reader, &end))
		return;
	if (!end.data.document_end.implicit)
		look_behind(reader);
	else if (!next_event(reader, &next))
		return;
	if (node->kind != YAML_NULL)
		*yaml_nodes_push(reader->arena, ret) = node;
}

// The stream's start and the document's, or the stream's end when there is none.
static bool find_document(Reader *reader)
{
	for (;;) {
		CLEANUP_EVENT event = { 0 };
		if (!next_event(reader, &event) || event.type == YAML_STREAM_END_EVENT)
			return false;
		if (event.type == YAML_DOCUMENT_START_EVENT)
			return true;
	}
}

static void read_part(Reader *reader, YamlNodes *ret)
{
	CLEANUP_ERROR ignored = { 0 };
	reader->is_json = json_check_object(reader->text, reader->length, &ignored);
	reader->text = json_join_surrogates(reader->arena, reader->text, &reader->length);
	if (!yaml_parser_initialize(&reader->parser))
		memory_exhausted();
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)reader->text,
				     reader->length);
	if (find_document(reader))
		read_document(reader, ret);
	yaml_parser_delete(&reader->parser);
}

static bool check_separator(Reader *reader, const YamlPart *part)
{
	const SourcePos where = { reader->path, part->separator_line, 1 };
	const Span text = part->separator;
	return text.len == 0 ||
	       fail(reader, where,
		    arena_printf(reader->arena, "invalid Yaml document separator: %.*s",
				 (int)text.len, text.ptr));
}

void yaml_read(const char *path, const char *text, size_t length, Arena *arena, Report *report,
	       YamlNodes *ret_documents)
{
	YamlCutter cutter = yaml_cutter(text, length);
	YamlPart part = { 0 };
	while (yaml_cut(&cutter, &part)) {
		Reader reader = { .path = path,
				  .lines_before = part.lines_before,
				  .text = part.text.ptr,
				  .length = part.text.len,
				  .arena = arena,
				  .report = report };
		read_part(&reader, ret_documents);
		if (!check_separator(&reader, &part))
			return;
	}
}
