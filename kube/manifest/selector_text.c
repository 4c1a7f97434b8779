#include "kube/manifest/selector_text.h"

#include "kube/check/names.h"
#include "pkg/base/number.h"
#include "pkg/base/text.h"

#define BLANKS  " \t\r\n"
#define SYMBOLS "=!(),<>"

typedef struct Parser {
	const char *text;
	const char *next;
	Arena *arena;
} Parser;

// --- words

static void skip_blanks(Parser *parser)
{
	parser->next += strspn(parser->next, BLANKS);
}

static bool is_at_end(const Parser *parser)
{
	return !*parser->next;
}

static bool refuse(const Parser *parser, const char *wanted, Error *error)
{
	const size_t place = (size_t)(parser->next - parser->text) + 1;
	const size_t length = strcspn(parser->next, BLANKS SYMBOLS);
	if (is_at_end(parser))
		return error_set(error, ERROR_INVALID, "selector '%s': it ends where %s should be",
				 parser->text, wanted);
	return error_set(error, ERROR_INVALID,
			 "selector '%s': '%.*s' (character %zu) is where %s should be",
			 parser->text, length > 0 ? (int)length : 1, parser->next, place, wanted);
}

// Whether the symbol came next; it is behind us then.
static bool take_symbol(Parser *parser, const char *symbol)
{
	if (!text_starts_with(parser->next, symbol))
		return false;
	parser->next += strlen(symbol);
	skip_blanks(parser);
	return true;
}

// Up to the next blank or symbol; may be empty.
static const char *take_word(Parser *parser)
{
	const size_t length = strcspn(parser->next, BLANKS SYMBOLS);
	const char *word = arena_strndup(parser->arena, parser->next, length);
	parser->next += length;
	skip_blanks(parser);
	return word;
}

// --- keys and values, which obey the rules of labels

static bool check(const Parser *parser, const char *what, const char *word, const Texts *faults,
		  Error *error)
{
	return faults->count == 0 ||
	       error_set(error, ERROR_INVALID, "selector '%s': %s %s: %s", parser->text, what,
			 text_quoted(word, parser->arena), texts_join(faults, "; ", parser->arena));
}

static bool parse_key(Parser *parser, const char **ret, Error *error)
{
	Texts faults = { 0 };
	if (strcspn(parser->next, SYMBOLS) == 0)
		return refuse(parser, "a label's key", error);
	*ret = take_word(parser);
	name_check_qualified(*ret, parser->arena, &faults);
	return check(parser, "key", *ret, &faults, error);
}

static bool add_word(Parser *parser, Requirement *requirement, Error *error)
{
	Texts faults = { 0 };
	const char *value = take_word(parser);
	name_check_label_value(value, parser->arena, &faults);
	texts_add(parser->arena, &requirement->values, value);
	return check(parser, "value", value, &faults, error);
}

static bool parse_set(Parser *parser, Requirement *requirement, Error *error)
{
	if (!take_symbol(parser, "("))
		return refuse(parser, "'('", error);
	do {
		if (!add_word(parser, requirement, error))
			return false;
	} while (take_symbol(parser, ","));
	return take_symbol(parser, ")") || refuse(parser, "',' or ')'", error);
}

static bool parse_number(Parser *parser, Requirement *requirement, Error *error)
{
	int64_t number = 0;
	if (!add_word(parser, requirement, error))
		return false;
	const char *value = requirement->values.items[0];
	return number_parse_i64(value, "value", INT64_MIN, INT64_MAX, &number, error) ||
	       error_wrap(error, "selector '%s'", parser->text);
}

// --- requirements

// What stands behind a key. No word begins one of a row below it.
static const struct {
	const char *word;
	const char *operator;
	bool (*parse)(Parser *parser, Requirement *requirement, Error *error);
} relations[] = {
	{ "==", LABEL_IN, add_word },      { "=", LABEL_IN, add_word },
	{ "!=", LABEL_NOT_IN, add_word },  { ">", LABEL_GREATER, parse_number },
	{ "<", LABEL_LESS, parse_number }, { "notin", LABEL_NOT_IN, parse_set },
	{ "in", LABEL_IN, parse_set },
};

// Words end before the next blank or symbol; symbols end anywhere.
static bool take_relation(Parser *parser, const char *word)
{
	const size_t length = strcspn(parser->next, BLANKS SYMBOLS);
	if (length > 0 && !span_equal((Span){ parser->next, length }, word))
		return false;
	return take_symbol(parser, word);
}

static bool parse_relation(Parser *parser, Requirement *requirement, Error *error)
{
	for (size_t i = 0; i < COUNT(relations); i++) {
		if (!take_relation(parser, relations[i].word))
			continue;
		requirement->operator= relations[i].operator;
		return relations[i].parse(parser, requirement, error);
	}
	return refuse(parser, "',', '=', '==', '!=', '<', '>', 'in' or 'notin'", error);
}

static bool parse_requirement(Parser *parser, Requirement *requirement, Error *error)
{
	const bool is_negated = take_symbol(parser, "!");
	if (!parse_key(parser, &requirement->key, error))
		return false;
	requirement->operator= is_negated ? LABEL_DOES_NOT_EXIST : LABEL_EXISTS;
	if (is_negated || is_at_end(parser) || *parser->next == ',')
		return true;
	return parse_relation(parser, requirement, error);
}

bool label_selector_parse(const char *text, Arena *arena, LabelSelector *ret, Error *error)
{
	Parser parser = { .text = text, .next = text, .arena = arena };
	LabelSelector selector = { 0 };
	skip_blanks(&parser);
	while (!is_at_end(&parser)) {
		Requirement *requirement = requirements_push(arena, &selector.match_expressions);
		if (!parse_requirement(&parser, requirement, error))
			return false;
		if (is_at_end(&parser))
			break;
		if (!take_symbol(&parser, ","))
			return refuse(&parser, "','", error);
		if (is_at_end(&parser))
			return refuse(&parser, "a label's key", error);
	}
	*ret = selector;
	return true;
}
