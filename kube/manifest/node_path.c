#include "kube/manifest/node_path.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

// What ends the name of a field, or begins what is not taken.
#define SPECIAL " .[]{}()*?@$,:;|&<>=!'\""

typedef struct Parser {
	const char *text;
	const char *next;
	Arena *arena;
	NodePath path;
} Parser;

static bool refuse(const Parser *parser, const char *wanted, Error *error)
{
	if (!*parser->next)
		return error_set(error, ERROR_INVALID, "path '%s': it ends where %s should be",
				 parser->text, wanted);
	return error_set(error, ERROR_INVALID,
			 "path '%s': '%c' (character %zu) is where %s should be", parser->text,
			 *parser->next, (size_t)(parser->next - parser->text) + 1, wanted);
}

static bool take(Parser *parser, char symbol)
{
	if (*parser->next != symbol)
		return false;
	parser->next++;
	return true;
}

// A backslash makes any character a part of the name.
static bool parse_field(Parser *parser, Error *error)
{
	CLEANUP_BUFFER name = { 0 };
	while (*parser->next && !strchr(SPECIAL, *parser->next)) {
		if (*parser->next == '\\' && parser->next[1])
			parser->next++;
		buffer_add_char(&name, *parser->next++);
	}
	if (name.length == 0)
		return refuse(parser, "the name of a field", error);
	node_path_push(parser->arena, &parser->path)->name = buffer_take(&name, parser->arena);
	return true;
}

// Up to the same quote.
static bool parse_quoted(Parser *parser, Error *error)
{
	const char quote[] = { *parser->next++, '\0' };
	const size_t length = strcspn(parser->next, quote);
	node_path_push(parser->arena, &parser->path)->name =
		arena_strndup(parser->arena, parser->next, length);
	parser->next += length;
	return take(parser, *quote) || refuse(parser, "the end of the quotes", error);
}

static bool parse_index(Parser *parser, Error *error)
{
	const size_t length = strspn(parser->next, "0123456789");
	NodeStep *step = node_path_push(parser->arena, &parser->path);
	if (length == 0)
		return refuse(parser, "a number or a name in quotes", error);
	if (!number_parse_u64(arena_strndup(parser->arena, parser->next, length), "index",
			      UINT32_MAX, &step->index, error))
		return error_wrap(error, "path '%s'", parser->text);
	parser->next += length;
	return true;
}

static bool parse_brackets(Parser *parser, Error *error)
{
	const bool is_quoted = *parser->next == '\'' || *parser->next == '"';
	if (!(is_quoted ? parse_quoted(parser, error) : parse_index(parser, error)))
		return false;
	return take(parser, ']') || refuse(parser, "']'", error);
}

static bool parse_steps(Parser *parser, Error *error)
{
	bool is_field = take(parser, '.') || !take(parser, '[');
	do {
		if (!(is_field ? parse_field(parser, error) : parse_brackets(parser, error)))
			return false;
		is_field = take(parser, '.');
	} while (is_field || take(parser, '['));
	return true;
}

bool node_path_parse(const char *text, Arena *arena, NodePath *ret, Error *error)
{
	Parser parser = { .text = text, .next = text, .arena = arena };
	const bool has_brace = take(&parser, '{');
	if (!parse_steps(&parser, error))
		return false;
	if (has_brace && !take(&parser, '}'))
		return refuse(&parser, "'}'", error);
	if (*parser.next)
		return refuse(&parser, "its end", error);
	*ret = parser.path;
	return true;
}

static const YamlNode *item_at(const YamlNode *node, uint64_t index)
{
	return node && node->kind == YAML_LIST && index < node->items.count
		       ? node->items.items[index]
		       : NULL;
}

const YamlNode *node_path_get(const NodePath *path, const YamlNode *node)
{
	for (size_t i = 0; i < path->count; i++) {
		const NodeStep *step = &path->items[i];
		node = step->name ? yaml_get(node, step->name) : item_at(node, step->index);
	}
	return node && node->kind == YAML_NULL ? NULL : node;
}
