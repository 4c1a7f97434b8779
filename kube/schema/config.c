// Objects that Pods refer to: ConfigMap, Secret, PersistentVolumeClaim.
#include "kube/schema/rows.h"

// clang-format off
#define TYPE_META                                                                                  \
	{ "apiVersion", TEXT, SUPPORT_HONOURED, NONE, .is_required = true, .help = "Version of the schema: v1." }
#define KIND_META                                                                                  \
	{ "kind", TEXT, SUPPORT_HONOURED, NONE, .is_required = true, .help = "Kind of the object." }
#define IMMUTABLE(Struct)                                                                          \
	{ "immutable", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(Struct, immutable, OptionalBool),       \
	  .help = "When true, the content can never be changed again, only the object deleted.",  \
	  .mapping = "a later apply with other content is refused" }

static const SchemaField config_map_fields[] = {
	TYPE_META,
	{ "binaryData", BYTES_MAP, SUPPORT_HONOURED, IN(ConfigMap, binary_data, DataItems),
	  .help = "Values that are no UTF-8 text, in base64.", .mapping = "kept in the store" },
	{ "data", DATA_MAP, SUPPORT_HONOURED, IN(ConfigMap, data, DataItems),
	  .help = "Keys and texts.", .mapping = "kept in the store" },
	IMMUTABLE(ConfigMap),
	KIND_META,
	{ "metadata", STRUCT(schema_object_meta), SUPPORT_HONOURED, IN(ConfigMap, metadata, ObjectMeta), .is_required = true,
	  .help = "Name, labels and annotations." },
};

static const SchemaField secret_fields[] = {
	TYPE_META,
	{ "data", BYTES_MAP, SUPPORT_HONOURED, IN(Secret, data, DataItems),
	  .help = "Keys and values, in base64.", .mapping = "encrypted in the store, in clear on tmpfs only" },
	IMMUTABLE(Secret),
	KIND_META,
	{ "metadata", STRUCT(schema_object_meta), SUPPORT_HONOURED, IN(Secret, metadata, ObjectMeta), .is_required = true,
	  .help = "Name, labels and annotations." },
	{ "stringData", DATA_MAP, SUPPORT_HONOURED, IN(Secret, string_data, DataItems),
	  .help = "Keys and values as plain text; wins over data.", .mapping = "merged into data when read" },
	{ "type", TEXT, SUPPORT_HONOURED, IN(Secret, type, const char *), .otherwise = "Opaque",
	  .help = "What the keys mean: Opaque, kubernetes.io/tls, kubernetes.io/dockerconfigjson …",
	  .mapping = "the keys that the type asks for are checked" },
};

static const SchemaField data_source_fields[] = {
	{ "apiGroup", TEXT, SUPPORT_REFUSED, NONE, .help = "API group of the source." },
	{ "kind", TEXT, SUPPORT_REFUSED, NONE, .help = "Kind of the source." },
	{ "name", TEXT, SUPPORT_REFUSED, NONE, .help = "Name of the source." },
	{ "namespace", TEXT, SUPPORT_REFUSED, NONE, .help = "Namespace of the source." },
};
static TYPE_ONLY(data_source, "TypedObjectReference", data_source_fields, "The object to copy from.");

static const SchemaField volume_resource_fields[] = {
	{ "limits", QUANTITY_MAP, SUPPORT_HONOURED, IN(ResourceRequirements, limits, ResourceList),
	  .help = "The most that the volume may have: storage.", .mapping = "recorded; the size is not enforced" },
	{ "requests", QUANTITY_MAP, SUPPORT_HONOURED, IN(ResourceRequirements, requests, ResourceList),
	  .help = "The size asked for: storage.", .mapping = "recorded; the size is not enforced" },
};
static TYPE(volume_resources, ResourceRequirements, "VolumeResourceRequirements", volume_resource_fields,
	    "Size of a volume.");

static const char *const volume_mode_words[] = { "Block", "Filesystem", NULL };

#define ONE_HOST "volumes are directories of this host; there are no classes to choose from"

static const SchemaField claim_spec_fields[] = {
	{ "accessModes", TEXTS, SUPPORT_HONOURED, IN(ClaimSpec, access_modes, Texts), .is_required = true,
	  .required_detail = "at least 1 access mode is required",
	  .help = "ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod.",
	  .mapping = "checked; on one host they do not differ" },
	{ "dataSource", POINTER(data_source), SUPPORT_REFUSED, NONE, .help = "What to fill the new volume with.",
	  .mapping = "a claim starts empty: fill it with an init container" },
	{ "dataSourceRef", POINTER(data_source), SUPPORT_REFUSED, NONE, .help = "What to fill the new volume with.",
	  .mapping = "a claim starts empty: fill it with an init container" },
	{ "resources", STRUCT(volume_resources), SUPPORT_HONOURED, IN(ClaimSpec, resources, ResourceRequirements),
	  .is_required = true, .help = "requests.storage is the size asked for.",
	  .mapping = "recorded; the size is not enforced" },
	{ "selector", POINTER(schema_label_selector), SUPPORT_NOTED, IN(ClaimSpec, selector, LabelSelector *), .help = "Which volumes may be bound.", .mapping = ONE_HOST },
	{ "storageClassName", OPTIONAL_TEXT, SUPPORT_NOTED, IN(ClaimSpec, storage_class_name, const char *), .harmless = "", .help = "Class of storage.", .mapping = ONE_HOST },
	{ "volumeAttributesClassName", OPTIONAL_TEXT, SUPPORT_NOTED, IN(ClaimSpec, volume_attributes_class_name, const char *), .harmless = "", .help = "Class of volume attributes.", .mapping = ONE_HOST },
	{ "volumeMode", OPTIONAL_WORD, SUPPORT_REFUSED, NONE, .words = volume_mode_words, .harmless = "Filesystem", .otherwise = "Filesystem",
	  .help = "Filesystem or Block.", .mapping = "a claim is a directory; for a block device use a hostPath volume" },
	{ "volumeName", TEXT, SUPPORT_NOTED, NONE, .help = "The PersistentVolume to bind.", .mapping = ONE_HOST },
};

static const SchemaType claim_status = { .name = "PersistentVolumeClaimStatus" };

static const SchemaField claim_fields[] = {
	TYPE_META,
	KIND_META,
	{ "metadata", STRUCT(schema_object_meta), SUPPORT_HONOURED, IN(PersistentVolumeClaim, metadata, ObjectMeta), .is_required = true,
	  .help = "Name, labels and annotations." },
	{ "spec", STRUCT(schema_claim_spec), SUPPORT_HONOURED, IN(PersistentVolumeClaim, spec, ClaimSpec), .is_required = true,
	  .help = "What storage is asked for.", .mapping = "a directory below volumes/, kept until deleted by name" },
	{ "status", OBJECT(claim_status), SUPPORT_STRIPPED, NONE, .help = "State of the claim.", .mapping = "dropped on input" },
};
// clang-format on

TYPE(schema_config_map, ConfigMap, "ConfigMap", config_map_fields,
     "Configuration for Pods: keys and values, at most 1 MiB.");
TYPE(schema_secret, Secret, "Secret", secret_fields,
     "Confidential data for Pods: keys and values, at most 1 MiB.");
TYPE(schema_claim_spec, ClaimSpec, "PersistentVolumeClaimSpec", claim_spec_fields,
     "Size and kind of storage that is asked for.");
TYPE(schema_persistent_volume_claim, PersistentVolumeClaim, "PersistentVolumeClaim", claim_fields,
     "Storage that outlives the Pods that use it.");
