#include "kube/kind/object_words.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

// "pod:web,db cm:" for what the words mean; words are separated by blanks, and "''" is an empty one.
static const char *read_words(Test *test, const char *line, const Kind *lone_kind)
{
	CLEANUP_BUFFER text = { 0 };
	Texts words = { 0 };
	ObjectWordsList list = { 0 };
	for (const char *next = line; *next;) {
		const size_t length = strcspn(next, " ");
		const char *word = arena_strndup(test->arena, next, length);
		texts_add(test->arena, &words, text_equal(word, "''") ? "" : word);
		next += length + strspn(next + length, " ");
	}
	if (!object_words_parse(&words, lone_kind, test->arena, &list, &test->error))
		return NULL;
	for (size_t i = 0; i < list.count; i++) {
		buffer_printf(&text, "%s%s:", i > 0 ? " " : "", list.items[i].kind->singular);
		for (size_t k = 0; k < list.items[i].names.count; k++)
			buffer_printf(&text, "%s%s", k > 0 ? "," : "",
				      list.items[i].names.items[k]);
	}
	return buffer_take(&text, test->arena);
}

// The call returns NULL, and its error starts so.
#define CHECK_FAILS(call, start)                                                                   \
	do {                                                                                       \
		CHECK(!(call));                                                                    \
		CHECK(text_starts_with(test->error.message, start));                               \
		error_clear(&test->error);                                                         \
	} while (0)

static const char *words(Test *test, const char *line)
{
	return read_words(test, line, NULL);
}

static const char *pods(Test *test, const char *line)
{
	return read_words(test, line, &kinds[OBJECT_POD]);
}

TEST(object_words_follow_kubectl)
{
	CHECK_TEXT(words(test, ""), "");
	CHECK_TEXT(words(test, "pods"), "pod:");
	CHECK_TEXT(words(test, "po web db"), "pod:web,db");
	CHECK_TEXT(words(test, "pod web web"), "pod:web");
	CHECK_TEXT(words(test, "pod/web cm/web pod/db"), "pod:web,db configmap:web");
	CHECK_TEXT(words(test, "secret,cm"), "secret: configmap:");
	CHECK_TEXT(words(test, "pod,cm,po web db"), "pod:web,db configmap:web,db");
	CHECK_TEXT(words(test, "all"), "pod:");
	CHECK_TEXT(words(test, "cm,ALL"), "configmap: pod:");
	CHECK_TEXT(words(test, "PVC data.v1"), "persistentvolumeclaim:data.v1");
	CHECK_TEXT(words(test, "ConfigMaps/a"), "configmap:a");
	// A name may be a kind's word.
	CHECK_TEXT(words(test, "pod pod secret"), "pod:pod,secret");
	CHECK_TEXT(words(test, "pod/pod"), "pod:pod");
}

TEST(object_words_know_version_and_group)
{
	CHECK_TEXT(words(test, "pods.v1."), "pod:");
	CHECK_TEXT(words(test, "pods."), "pod:");
	CHECK_TEXT(words(test, "po.v1./web"), "pod:web");
	CHECK_FAILS(words(test, "pods.v1"), "no kind 'pods.v1'");
	CHECK_FAILS(words(test, "pods.v1.apps"), "no kind 'pods.v1.apps'");
	CHECK_FAILS(words(test, "pods.v2."), "no kind 'pods.v2.'");
	CHECK_FAILS(words(test, "deployments.v1.apps"), "kind Deployment is not supported yet");
	CHECK_FAILS(words(test, "deployments.apps"), "kind Deployment is not supported yet");
}

TEST(object_words_that_are_wrong_anywhere_fail)
{
	CHECK_FAILS(words(test, "pod/a b"),
		    "'b': there is no need to give a kind as a word of its own");
	CHECK_FAILS(words(test, "pod a/b"), "'pod': there is no need to give a kind");
	CHECK_FAILS(words(test, "pod/a/b"),
		    "'pod/a/b': KIND/NAME may not have more than one slash");
	CHECK_FAILS(words(test, "cm/a pod/"),
		    "'pod/': KIND/NAME must have a single kind and a name");
	CHECK_FAILS(words(test, "/a"), "'/a': KIND/NAME must have a single kind and a name");
	CHECK_FAILS(words(test, "pod,cm/a"), "'pod,cm/a': KIND/NAME must have a single kind");
	CHECK_FAILS(words(test, "all/a"), "'all/a': KIND/NAME must have a single kind");
	CHECK_FAILS(words(test, "all a"), "'all' takes no names; name one kind");
	CHECK_FAILS(words(test, "pod,"), "no kind ''");
	CHECK_FAILS(words(test, ",pod web"), "no kind ''");
	CHECK_FAILS(words(test, "''"), "no kind ''");
	CHECK_FAILS(words(test, "pod ''"), "pods \"\": metadata.name: Invalid value: \"\"");
	CHECK_FAILS(words(test, "pod a B"), "pods \"B\": metadata.name: Invalid value: \"B\"");
	CHECK_FAILS(
		words(test, "pod,widget web"),
		"no kind 'widget'; there are pods, configmaps, secrets, persistentvolumeclaims");
	CHECK_FAILS(words(test, "podd web"),
		    "no kind 'podd' (did you mean 'pod'?); there are pods");
	CHECK_FAILS(words(test, "svc"), "kind Service is not supported yet");
	CHECK_FAILS(words(test, "sa/x"), "kind ServiceAccount is not kept: there is no API server");
	CHECK_FAILS(words(test, "web"), "no kind 'web'; there are pods");
}

TEST(object_words_take_a_lone_name_that_is_no_kind)
{
	CHECK_TEXT(pods(test, "web"), "pod:web");
	CHECK_TEXT(pods(test, "web.pod"), "pod:web.pod");
	CHECK_TEXT(pods(test, "cm web"), "configmap:web");
	CHECK_TEXT(pods(test, "cm"), "configmap:");
	CHECK_TEXT(pods(test, "Secrets.v1."), "secret:");
	CHECK_TEXT(pods(test, "all"), "pod:");
	CHECK_FAILS(pods(test, "web db"),
		    "no kind 'web'; several names need one before them: pod NAME...");
	CHECK_FAILS(pods(test, "web cm"), "no kind 'web'; several names need one");
	CHECK_FAILS(pods(test, "deploy"), "kind Deployment is not supported yet");
	CHECK_FAILS(pods(test, "node"), "kind Node is not kept");
	CHECK_FAILS(pods(test, "web,db"), "no kind 'web'");
	CHECK_FAILS(pods(test, "''"), "pods \"\": metadata.name: Invalid value");
	CHECK_FAILS(pods(test, "web/"), "'web/': KIND/NAME must have");
}

static const char *pod(Test *test, const char *word)
{
	const char *name = NULL;
	return object_words_parse_pod(word, test->arena, &name, &test->error) ? name : NULL;
}

TEST(object_words_name_the_pod_of_containers)
{
	CHECK_TEXT(pod(test, "web"), "web");
	CHECK_TEXT(pod(test, "secret"), "secret");
	CHECK_TEXT(pod(test, "PO/web"), "web");
	CHECK_FAILS(pod(test, "cm/web"),
		    "'cm/web': only Pods have containers, and a ConfigMap has none");
	CHECK_FAILS(pod(test, "deploy/web"), "kind Deployment is not supported yet");
	CHECK_FAILS(pod(test, "pod/web/x"), "'pod/web/x': KIND/NAME may not");
}

TEST(object_words_know_all)
{
	static const struct {
		const char *word;
		bool has_all;
	} rows[] = {
		{ "all", true },      { "cm,All", true }, { "pods", false },
		{ "pod/all", false }, { "cm,", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Texts words = { 0 };
		texts_add(test->arena, &words, rows[i].word);
		CHECK(object_words_have_all(&words, test->arena) == rows[i].has_all);
	}
}
