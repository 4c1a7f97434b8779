// What all objects share: metadata and label selectors.
#include "kube/schema/rows.h"

#define SERVER                                                                                     \
	"set by the API server; dropped on input, so that the output of kubectl get can be applied"

// clang-format off
#define ROW(field, form, words) { (field), form, SUPPORT_STRIPPED, NONE, .help = (words) }

static const SchemaField owner_reference_fields[] = {
	ROW("apiVersion", TEXT, "API version of the owner."),
	ROW("blockOwnerDeletion", OPTIONAL_BOOL, "Whether the owner waits for this object."),
	ROW("controller", OPTIONAL_BOOL, "Whether the owner controls this object."),
	ROW("kind", TEXT, "Kind of the owner."),
	ROW("name", TEXT, "Name of the owner."),
	ROW("uid", TEXT, "The server's identity of the owner."),
};
static TYPE_ONLY(owner_reference, "OwnerReference", owner_reference_fields, "An object that this one goes away with.");

static const SchemaField managed_fields_fields[] = {
	ROW("apiVersion", TEXT, "API version of the fields."),
	ROW("fieldsType", TEXT, "FieldsV1."),
	ROW("fieldsV1", ANY, "The fields."),
	ROW("manager", TEXT, "Program that set the fields."),
	ROW("operation", TEXT, "Apply or Update."),
	ROW("subresource", TEXT, "Part of the object that was written."),
	ROW("time", TIME, "When the fields were set."),
};
static TYPE_ONLY(managed_fields, "ManagedFieldsEntry", managed_fields_fields, "Fields that one program set.");

static const SchemaField object_meta_fields[] = {
	{ "annotations", TEXT_MAP, SUPPORT_HONOURED, IN(ObjectMeta, annotations, Pairs),
	  .help = "Free texts for tools; at most 256 KiB in all.",
	  .mapping = "kept with the object; keys below sdme.io/ are read, and kubectl.kubernetes.io/default-container" },
	{ "creationTimestamp", TIME, SUPPORT_STRIPPED, NONE, .help = "When the object was created.", .mapping = SERVER },
	{ "deletionGracePeriodSeconds", OPTIONAL_INT64, SUPPORT_STRIPPED, NONE, .help = "Time left for a graceful end.", .mapping = SERVER },
	{ "deletionTimestamp", TIME, SUPPORT_STRIPPED, NONE, .help = "When the object is to be gone.", .mapping = SERVER },
	{ "finalizers", TEXTS, SUPPORT_STRIPPED, NONE, .help = "Who must agree to a deletion.", .mapping = SERVER },
	{ "generateName", TEXT, SUPPORT_STRIPPED, NONE,
	  .help = "Start of a name that the server completes.",
	  .mapping = "dropped when there is a name, else refused: apply needs a name that stays the same" },
	{ "generation", INT64, SUPPORT_STRIPPED, NONE, .help = "Counts the changes of the object.", .mapping = SERVER },
	{ "labels", TEXT_MAP, SUPPORT_HONOURED, IN(ObjectMeta, labels, Pairs),
	  .help = "Keys and values to select objects by.", .mapping = "kept with the object" },
	{ "managedFields", LIST(managed_fields), SUPPORT_STRIPPED, NONE, .help = "Which program set which field.", .mapping = SERVER },
	{ "name", TEXT, SUPPORT_HONOURED, IN(ObjectMeta, name, const char *),
	  .help = "Name of the object, unique among those of its kind.",
	  .mapping = "the machine has the same name, shortened with a hash when longer than 63 characters" },
	{ "namespace", TEXT, SUPPORT_HONOURED, IN(ObjectMeta, namespace, const char *), .otherwise = "default",
	  .help = "Group of names that the object belongs to.", .mapping = "only 'default' for now" },
	{ "ownerReferences", LIST(owner_reference), SUPPORT_STRIPPED, NONE, .help = "Objects that this one goes away with.", .mapping = SERVER },
	{ "resourceVersion", TEXT, SUPPORT_STRIPPED, NONE, .help = "The server's version of the object.", .mapping = SERVER },
	{ "selfLink", TEXT, SUPPORT_STRIPPED, NONE, .help = "Address of the object on the server.", .mapping = SERVER },
	{ "uid", TEXT, SUPPORT_STRIPPED, NONE, .help = "The server's identity of the object.", .mapping = SERVER },
};

static const SchemaField list_meta_fields[] = {
	ROW("continue", TEXT, "Where the next part of the list begins."),
	ROW("remainingItemCount", OPTIONAL_INT64, "How many objects do not stand in this part."),
	ROW("resourceVersion", TEXT, "The server's version of the list."),
	ROW("selfLink", TEXT, "Address of the list on the server."),
};
static TYPE_ONLY(list_meta, "ListMeta", list_meta_fields, "What the API server says of a list.");

static const SchemaField list_fields[] = {
	ROW("apiVersion", TEXT, "Version of the schema."),
	ROW("items", ANY, "The objects."),
	ROW("kind", TEXT, "List, or the kind of the objects with List behind it."),
	ROW("metadata", STRUCT(list_meta), "What the API server says of the list."),
};

static const SchemaField requirement_fields[] = {
	{ "key", TEXT, SUPPORT_NOTED, IN(Requirement, key, const char *), .help = "Key of the label." },
	{ "operator", TEXT, SUPPORT_NOTED, IN(Requirement, operator, const char *), .help = "In, NotIn, Exists or DoesNotExist." },
	{ "values", TEXTS, SUPPORT_NOTED, IN(Requirement, values, Texts), .help = "Values to compare with." },
};
static TYPE(requirement, Requirement, "LabelSelectorRequirement", requirement_fields, "One condition on a label.");

static const SchemaField label_selector_fields[] = {
	{ "matchExpressions", LIST(requirement), SUPPORT_NOTED, IN(LabelSelector, match_expressions, Requirements), .help = "Conditions that must all hold." },
	{ "matchLabels", TEXT_MAP, SUPPORT_NOTED, IN(LabelSelector, match_labels, Pairs), .help = "Labels that must be there with these values." },
};
// clang-format on

TYPE(schema_object_meta, ObjectMeta, "ObjectMeta", object_meta_fields,
     "Name, labels and annotations of an object.");
TYPE_ONLY(schema_list, "List", list_fields, "Objects one after the other.");
TYPE(schema_label_selector, LabelSelector, "LabelSelector", label_selector_fields,
     "Chooses objects by their labels.");
