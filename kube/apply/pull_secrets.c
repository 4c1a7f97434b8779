#include "kube/apply/pull_secrets.h"

#include "kube/check/field_error.h"
#include "pkg/base/text.h"
#include "store/state/layout.h"

// Where each type has its text.
static const struct {
	const char *type;
	const char *key;
} kinds[] = {
	{ "kubernetes.io/dockerconfigjson", ".dockerconfigjson" },
	{ "kubernetes.io/dockercfg", ".dockercfg" },
};

void pull_secrets_clear(PullSecrets *secrets)
{
	for (size_t i = 0; i < secrets->count; i++)
		secret_clear(&secrets->secrets[i]);
	*secrets = (PullSecrets){ 0 };
}

// The value ends in a NUL of its own (store/object/secret.h). NULL: the Secret holds no credentials of registries.
static const char *text_of(const StoredSecret *secret)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const StoredItem *item = stored_data_get(&secret->object.data, kinds[i].key);
		if (item && text_equal(secret->object.type, kinds[i].type))
			return item->value.bytes;
	}
	return NULL;
}

static bool load_one(const Host *host, const LocalReference *reference, const FieldPath *path,
		     Arena *arena, Report *notes, PullSecrets *ret, Error *error)
{
	CLEANUP_ERROR reading = { 0 };
	const SourcePos where = origin_of(&reference->origin, "name");
	StoredSecret *secret = &ret->secrets[ret->count];
	const bool is_name = name_check_object(reference->name, &reading);
	if (!is_name || !secret_get(host, reference->name, arena, secret, &reading)) {
		if (is_name && reading.code != ERROR_NOT_FOUND)
			return error_move(error, &reading);
		field_warning(notes, where, path,
			      arena_printf(arena,
					   "Unable to retrieve some image pull secrets (%s); "
					   "attempting to pull the image may not succeed.",
					   reference->name));
		return true;
	}
	ret->count++;
	const char *text = text_of(secret);
	if (text)
		texts_add(arena, &ret->texts, text);
	else
		field_warning(notes, where, path,
			      arena_printf(arena,
					   "secret \"%s\" is of type %s, not %s, and is not used",
					   reference->name, secret->object.type, kinds[0].type));
	return true;
}

bool pull_secrets_load(const Host *host, const PodSpec *spec, Arena *arena, Report *notes,
		       PullSecrets *ret, Error *error)
{
	const LocalReferences *names = &spec->image_pull_secrets;
	const FieldPath *list = FIELD(FIELD(NULL, "spec"), "imagePullSecrets");
	CLEANUP_PULL_SECRETS secrets = { 0 };
	secrets.secrets = arena_array(arena, names->count, sizeof(StoredSecret));
	for (size_t i = 0; i < names->count; i++) {
		if (!text_is_empty(names->items[i].name) &&
		    !load_one(host, &names->items[i], FIELD(FIELD_AT(list, i), "name"), arena,
			      notes, &secrets, error))
			return false;
	}
	*ret = secrets;
	secrets = (PullSecrets){ 0 };
	return true;
}
