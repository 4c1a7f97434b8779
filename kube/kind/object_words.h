// kube/kind/object_words.h - objects as users name them on a command line: kubectl's grammar.
//     KIND[,KIND…]          all objects of these kinds
//     KIND[,KIND…] NAME…    those of these names
//     KIND/NAME…            one each
// A KIND is any word that kind_of_word knows; "all" stands for the kinds that kubectl means by it.
#ifndef KUBE_KIND_OBJECT_WORDS_H
#define KUBE_KIND_OBJECT_WORDS_H

#include "kube/schema/kinds.h"

// What is asked for of one kind.
typedef struct ObjectWords {
	const Kind *kind;
	Texts names; // each once, in the order given; empty: all
} ObjectWords;
VEC_DECLARE(ObjectWordsList, object_words_list, ObjectWords);

// One element per kind, in the order in which they come first. lone_kind: the kind of a single word that is no kind's; NULL:
// such a word is an error. A word that is wrong anywhere fails all of them: ERROR_USAGE, ERROR_UNSUPPORTED,
// ERROR_INVALID (what cannot be a name).
MUST_CHECK bool object_words_parse(const Texts *words, const Kind *lone_kind, Arena *arena,
				   ObjectWordsList *ret_list, Error *error);
// Whether "all" stands among the kinds: kubectl then says of each object of which kind it is.
bool object_words_have_all(const Texts *words, Arena *arena);
// The name of a Pod, given as NAME or as pod/NAME; another kind is an error, because only Pods have containers.
MUST_CHECK bool object_words_parse_pod(const char *word, Arena *arena, const char **ret_name,
				       Error *error);

#endif
