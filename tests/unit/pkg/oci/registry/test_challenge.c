#include "pkg/base/text.h"
#include "pkg/oci/registry/challenge.h"
#include "tests/unit/test.h"

// "scheme name=value name=value; scheme …"
static const char *parse(Test *test, const char *value)
{
	Challenges challenges = { 0 };
	CLEANUP_BUFFER text = { 0 };
	challenge_parse(value, test->arena, &challenges);
	for (size_t i = 0; i < challenges.count; i++) {
		const Challenge *challenge = &challenges.items[i];
		buffer_printf(&text, "%s%s", i > 0 ? "; " : "", challenge->scheme);
		for (size_t j = 0; j < challenge->parameters.count; j++)
			buffer_printf(&text, " %s=%s", challenge->parameters.items[j].key,
				      challenge->parameters.items[j].value);
	}
	return buffer_take(&text, test->arena);
}

TEST(challenge_of_registries_is_understood)
{
	CHECK_TEXT(parse(test, "Bearer realm=\"https://auth.docker.io/token\",service=\"registry."
			       "docker.io\",scope=\"repository:library/nginx:pull,push\""),
		   "bearer realm=https://auth.docker.io/token service=registry.docker.io "
		   "scope=repository:library/nginx:pull,push");
	CHECK_TEXT(parse(test, "Basic realm=\"Registry \\\"x\\\" Realm\""),
		   "basic realm=Registry \"x\" Realm");
	CHECK_TEXT(parse(test, "bearer realm=https://a/b?c , Service = d"),
		   "bearer realm=https://a/b?c service=d");
}

TEST(challenge_may_come_with_others)
{
	CHECK_TEXT(parse(test, "Negotiate, Basic realm=\"a\", Bearer realm=\"b\", service=\"c\""),
		   "negotiate; basic realm=a; bearer realm=b service=c");
	Challenges challenges = { 0 };
	challenge_parse("Basic realm=\"a\"", test->arena, &challenges);
	challenge_parse("Bearer realm=\"b\"", test->arena, &challenges);
	CHECK_TEXT(pairs_get(&challenge_find(&challenges, "bearer")->parameters, "realm"), "b");
	CHECK(!challenge_find(&challenges, "digest"));
}

TEST(challenge_that_breaks_the_grammar_ends_there)
{
	CHECK_TEXT(parse(test, ""), "");
	CHECK_TEXT(parse(test, " , ,"), "");
	CHECK_TEXT(parse(test, "Bearer realm=\"never ends"), "bearer");
	CHECK_TEXT(parse(test, "\"quoted\""), "");
	CHECK_TEXT(parse(test, "Bearer =x"), "bearer");
}
