// Affinity: wishes about the node, of which there is one.
#include "kube/schema_rows.h"

#define ROW(field_name, form, words)                                                               \
	{                                                                                          \
		field_name, form, SUPPORT_NOTED, NONE, .help = words                               \
	}
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"
#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"

// clang-format off
static const SchemaField node_requirement_fields[] = {
	ROW("key", TEXT, "Label or field of the node."),
	ROW("operator", TEXT, "In, NotIn, Exists, DoesNotExist, Gt or Lt."),
	ROW("values", TEXTS, "Values to compare with."),
};
static TYPE_ONLY(node_requirement, "NodeSelectorRequirement", node_requirement_fields, "One condition on a node.");

static const SchemaField node_term_fields[] = {
	ROW("matchExpressions", LIST(node_requirement), "Conditions on labels."),
	ROW("matchFields", LIST(node_requirement), "Conditions on fields."),
};
static TYPE_ONLY(node_term, "NodeSelectorTerm", node_term_fields, "Conditions on a node.");

static const SchemaField preferred_node_fields[] = {
	ROW("preference", STRUCT(node_term), "Conditions."),
	ROW("weight", INT32, "How much it counts."),
};
static TYPE_ONLY(preferred_node, "PreferredSchedulingTerm", preferred_node_fields, "A wish about the node.");

static const SchemaField node_selector_fields[] = { ROW("nodeSelectorTerms", LIST(node_term), "Of which one must hold.") };
static TYPE_ONLY(node_selector, "NodeSelector", node_selector_fields, "Nodes to choose from.");

static const SchemaField node_affinity_fields[] = {
	ROW(PREFERRED, LIST(preferred_node), "Wishes about the node."),
	ROW(REQUIRED, POINTER(node_selector), "What the node must be like."),
};
static TYPE_ONLY(node_affinity, "NodeAffinity", node_affinity_fields, "Where the Pod may run, by nodes.");

static const SchemaField pod_term_fields[] = {
	ROW("labelSelector", POINTER(schema_label_selector), "Pods that count."),
	ROW("matchLabelKeys", TEXTS, "Labels whose values must be those of this Pod."),
	ROW("mismatchLabelKeys", TEXTS, "Labels whose values must differ."),
	ROW("namespaceSelector", POINTER(schema_label_selector), "Namespaces to look in."),
	ROW("namespaces", TEXTS, "Namespaces to look in."),
	ROW("topologyKey", TEXT, "Label of the node that tells what is near."),
};
static TYPE_ONLY(pod_term, "PodAffinityTerm", pod_term_fields, "Pods to be near to, or far from.");

static const SchemaField preferred_pod_fields[] = {
	ROW("podAffinityTerm", STRUCT(pod_term), "Pods."),
	ROW("weight", INT32, "How much it counts."),
};
static TYPE_ONLY(preferred_pod, "WeightedPodAffinityTerm", preferred_pod_fields, "A wish about neighbours.");

static const SchemaField pod_affinity_fields[] = {
	ROW(PREFERRED, LIST(preferred_pod), "Wishes."),
	ROW(REQUIRED, LIST(pod_term), "What must hold."),
};
static TYPE_ONLY(pod_affinity, "PodAffinity", pod_affinity_fields, "Pods to be near to.");
static TYPE_ONLY(pod_anti_affinity, "PodAntiAffinity", pod_affinity_fields, "Pods to be far from.");

static const SchemaField affinity_fields[] = {
	ROW("nodeAffinity", POINTER(node_affinity), "By nodes."),
	ROW("podAffinity", POINTER(pod_affinity), "Near to other Pods."),
	ROW("podAntiAffinity", POINTER(pod_anti_affinity), "Far from other Pods."),
};
// clang-format on

TYPE_ONLY(schema_affinity, "Affinity", affinity_fields, "Where the Pod may run.");
