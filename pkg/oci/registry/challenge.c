#include "pkg/oci/registry/challenge.h"

#include "pkg/base/text.h"

#include <ctype.h>
#include <string.h>

#define CHALLENGES_MAX 16
#define PARAMETERS_MAX 32

static bool is_token_byte(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static const char *skip_commas(const char *text)
{
	return text + strspn(text, " \t,");
}

// A token in lower case; NULL when there is none.
static const char *take_token(const char **text, Arena *arena)
{
	size_t length = 0;
	while (is_token_byte((*text)[length]))
		length++;
	if (length == 0)
		return NULL;
	char *token = arena_strndup(arena, *text, length);
	for (size_t i = 0; i < length; i++)
		token[i] = (char)tolower((unsigned char)token[i]);
	*text += length;
	return token;
}

// A quoted text or a token as it is; NULL when there is neither.
static const char *take_value(const char **text, Arena *arena)
{
	const char *start = *text;
	if (*start != '"') {
		// More than tokens: real registries leave the quotes off URLs, too.
		const size_t length = strcspn(start, " \t,\"");
		*text += length;
		return length > 0 ? arena_strndup(arena, start, length) : NULL;
	}
	CLEANUP_BUFFER value = { 0 };
	const char *c = start + 1;
	for (; *c && *c != '"'; c++) {
		if (*c == '\\' && c[1])
			c++;
		buffer_add_char(&value, *c);
	}
	if (*c != '"')
		return NULL;
	*text = c + 1;
	return buffer_take(&value, arena);
}

// "name=value" where `text` stands; leaves `text` alone when it is no parameter, so that it is the next scheme.
static bool take_parameter(const char **text, Arena *arena, Challenge *challenge)
{
	const char *rest = *text;
	const char *name = take_token(&rest, arena);
	rest = skip_blanks(rest);
	if (!name || *rest != '=')
		return false;
	rest = skip_blanks(rest + 1);
	const char *value = take_value(&rest, arena);
	if (!value || challenge->parameters.count == PARAMETERS_MAX)
		return false;
	pairs_set(arena, &challenge->parameters, name, value);
	*text = skip_commas(rest);
	return true;
}

void challenge_parse(const char *value, Arena *arena, Challenges *ret)
{
	const char *rest = skip_commas(value);
	while (*rest && ret->count < CHALLENGES_MAX) {
		const char *scheme = take_token(&rest, arena);
		if (!scheme || !strchr(" \t,", *rest))
			return;
		Challenge *challenge = challenges_push(arena, ret);
		challenge->scheme = scheme;
		rest = skip_commas(rest);
		while (*rest && take_parameter(&rest, arena, challenge))
			;
	}
}

void challenge_list(const HttpResponse *response, Arena *arena, Challenges *ret)
{
	const char *value = NULL;
	*ret = (Challenges){ 0 };
	for (size_t i = 0; (value = http_header(response, "WWW-Authenticate", i)); i++)
		challenge_parse(value, arena, ret);
}

const Challenge *challenge_find(const Challenges *challenges, const char *scheme)
{
	for (size_t i = 0; i < challenges->count; i++) {
		if (text_equal(challenges->items[i].scheme, scheme))
			return &challenges->items[i];
	}
	return NULL;
}
