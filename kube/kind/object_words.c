#include "kube/kind/object_words.h"

#include "pkg/base/text.h"
#include "store/state/layout.h"

static ObjectWords *words_of_kind(const Kind *kind, Arena *arena, ObjectWordsList *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].kind == kind)
			return &list->items[i];
	}
	ObjectWords *words = object_words_list_push(arena, list);
	*words = (ObjectWords){ .kind = kind };
	return words;
}

static bool add_name(const Kind *kind, const char *name, Arena *arena, ObjectWordsList *list,
		     Error *error)
{
	if (!name_check_object(name, error))
		return error_wrap(error, "%s \"%s\"", kind->names.plural, name);
	ObjectWords *words = words_of_kind(kind, arena, list);
	if (!texts_contain(&words->names, name))
		texts_add(arena, &words->names, name);
	return true;
}

// --- KIND/NAME

static bool add_pair(const char *word, Arena *arena, ObjectWordsList *list, Error *error)
{
	const char *slash = strchr(word, '/');
	const char *kind_word = arena_strndup(arena, word, (size_t)(slash - word));
	if (strchr(slash + 1, '/'))
		return error_set(error, ERROR_USAGE,
				 "'%s': KIND/NAME may not have more than one slash", word);
	if (!*kind_word || !slash[1] || strchr(kind_word, ',') || kind_is_all(kind_word))
		return error_set(error, ERROR_USAGE,
				 "'%s': KIND/NAME must have a single kind and a name", word);
	const Kind *kind = kind_of_word(kind_word);
	return kind ? add_name(kind, slash + 1, arena, list, error)
		    : kind_word_fail(kind_word, error);
}

static bool add_pairs(const Texts *words, Arena *arena, ObjectWordsList *list, Error *error)
{
	for (size_t i = 0; i < words->count; i++) {
		if (!strchr(words->items[i], '/'))
			return error_set(
				error, ERROR_USAGE,
				"'%s': there is no need to give a kind as a word of its own "
				"among arguments in KIND/NAME form",
				words->items[i]);
		if (!add_pair(words->items[i], arena, list, error))
			return false;
	}
	return true;
}

// --- KIND,KIND NAME

static void add_all(Arena *arena, ObjectWordsList *list)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].is_in_all)
			words_of_kind(&kinds[i], arena, list);
	}
}

static bool add_kind(const char *word, Arena *arena, ObjectWordsList *list, Error *error)
{
	const Kind *kind = kind_of_word(word);
	if (kind)
		words_of_kind(kind, arena, list);
	else if (kind_is_all(word))
		add_all(arena, list);
	else
		return kind_word_fail(word, error);
	return true;
}

static Texts split(const char *word, Arena *arena)
{
	Texts parts = { 0 };
	for (;;) {
		const size_t length = strcspn(word, ",");
		texts_add(arena, &parts, arena_strndup(arena, word, length));
		if (!word[length])
			return parts;
		word += length + 1;
	}
}

static bool add_kinds(const Texts *kind_words, bool has_names, Arena *arena, ObjectWordsList *list,
		      Error *error)
{
	for (size_t i = 0; i < kind_words->count; i++) {
		const char *word = kind_words->items[i];
		if (has_names && kind_is_all(word))
			return error_set(error, ERROR_USAGE, "'%s' takes no names; name one kind",
					 word);
		if (!add_kind(word, arena, list, error))
			return false;
	}
	return true;
}

// The first word has the kinds, the others are names.
static bool add_names(const Texts *words, Arena *arena, ObjectWordsList *list, Error *error)
{
	const Texts kind_words = split(words->items[0], arena);
	if (!add_kinds(&kind_words, words->count > 1, arena, list, error))
		return false;
	for (size_t k = 0; k < list->count; k++) {
		for (size_t i = 1; i < words->count; i++) {
			if (!add_name(list->items[k].kind, words->items[i], arena, list, error))
				return false;
		}
	}
	return true;
}

static bool has_slash(const Texts *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strchr(words->items[i], '/'))
			return true;
	}
	return false;
}

// A word without a kind before it is a name where nothing else could be meant: it is alone, and no kind's word.
static bool add_words(const Texts *words, const Kind *lone_kind, Arena *arena,
		      ObjectWordsList *list, Error *error)
{
	const char *first = words->items[0];
	if (has_slash(words))
		return add_pairs(words, arena, list, error);
	if (!lone_kind || strchr(first, ',') || kind_is_word(first))
		return add_names(words, arena, list, error);
	if (words->count > 1)
		return error_set(error, ERROR_USAGE,
				 "no kind '%s'; several names need one before them: %s NAME...",
				 first, lone_kind->singular);
	return add_name(lone_kind, first, arena, list, error);
}

bool object_words_parse(const Texts *words, const Kind *lone_kind, Arena *arena,
			ObjectWordsList *ret_list, Error *error)
{
	ObjectWordsList list = { 0 };
	if (words->count > 0 && !add_words(words, lone_kind, arena, &list, error))
		return false;
	*ret_list = list;
	return true;
}

bool object_words_have_all(const Texts *words, Arena *arena)
{
	const Texts kind_words = split(words->items[0], arena);
	for (size_t i = 0; i < kind_words.count; i++) {
		if (kind_is_all(kind_words.items[i]))
			return true;
	}
	return false;
}

bool object_words_parse_pod(const char *word, Arena *arena, const char **ret_name, Error *error)
{
	const Kind *pod = &kinds[OBJECT_POD];
	ObjectWordsList list = { 0 };
	if (!strchr(word, '/')) {
		*ret_name = word;
		return true;
	}
	if (!add_pair(word, arena, &list, error))
		return false;
	if (list.items[0].kind != pod)
		return error_set(error, ERROR_USAGE,
				 "'%s': only Pods have containers, and a %s has none", word,
				 list.items[0].kind->names.kind);
	*ret_name = list.items[0].names.items[0];
	return true;
}
