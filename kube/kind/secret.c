// Secrets: sealed in the store. Their values are loaded by nobody here, so that none can be printed.
#include "store/object/secret.h"
#include "isolate/machine/object_volume.h"
#include "kube/kind/data.h"
#include "kube/manifest/encode.h"

static const KindColumn columns[] = {
	{ .title = "TYPE" },
	{ .title = "DATA" },
	{ .title = "AGE" },
};

static bool list(const KindContext *context, KindItems *ret_items, Error *error)
{
	return kind_data_list(context, secret_list, /* has_type= */ true, ret_items, error);
}

static bool encode(const KindContext *context, const KindItem *item, const YamlNode **ret,
		   Error *error)
{
	(void)error; // all of it is loaded already
	const StoredObject *stored = item->source;
	Secret secret = {
		.metadata = kind_data_metadata(stored),
		.data = kind_data_items(&stored->data, /* is_binary= */ false, context->arena),
		.type = stored->type,
		.immutable = kind_data_immutable(stored),
	};
	const Object object = { .kind = OBJECT_SECRET, .secret = &secret };
	*ret = kind_add_server_fields(
		object_encode(&object, /* is_redacted= */ true, context->arena), stored->created_at,
		/* status= */ NULL, context->arena);
	return true;
}

static bool apply(const KindContext *context, const Object *object, PutMode mode,
		  StoreChange *ret_change, Error *error)
{
	const Secret *secret = object->secret;
	StoredObject stored = kind_data_draft(&secret->metadata, secret->immutable);
	stored.type = secret->type;
	kind_data_add(context->arena, &secret->data, /* is_binary= */ false, &stored.data);
	return secret_put(context->host, &stored, mode, ret_change, error) &&
	       object_volumes_refresh(context->host, PLAN_VOLUME_SECRET, stored.name, error);
}

static bool remove_one(const KindContext *context, const char *name, Error *error)
{
	return secret_remove(context->host, name, error);
}

const KindActions kind_secret_actions = {
	.directory = LAYOUT_SECRETS,
	.columns = columns,
	.column_count = COUNT(columns),
	.list = list,
	.encode = encode,
	.apply = apply,
	.remove = remove_one,
};
