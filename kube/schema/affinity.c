// Affinity: wishes about the node, of which there is one.
#include "kube/schema/rows.h"

#define ROW(field_name, form, member, words)                                                       \
	{                                                                                          \
		field_name, form, SUPPORT_NOTED, member, .help = words                             \
	}
#define NEEDED(field_name, form, member, words)                                                    \
	{                                                                                          \
		field_name, form, SUPPORT_NOTED, member, .help = words, .is_required = true        \
	}
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"
#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"

// clang-format off
static const SchemaField node_requirement_fields[] = {
	ROW("key", TEXT, IN(Requirement, key, const char *), "Label or field of the node."),
	ROW("operator", TEXT, IN(Requirement, operator, const char *), "In, NotIn, Exists, DoesNotExist, Gt or Lt."),
	ROW("values", TEXTS, IN(Requirement, values, Texts), "Values to compare with."),
};
static TYPE(node_requirement, Requirement, "NodeSelectorRequirement", node_requirement_fields, "One condition on a node.");

static const SchemaField node_term_fields[] = {
	ROW("matchExpressions", LIST(node_requirement), IN(NodeTerm, match_expressions, Requirements), "Conditions on labels."),
	ROW("matchFields", LIST(node_requirement), IN(NodeTerm, match_fields, Requirements), "Conditions on fields."),
};
static TYPE(node_term, NodeTerm, "NodeSelectorTerm", node_term_fields, "Conditions on a node.");

static const SchemaField preferred_node_fields[] = {
	NEEDED("preference", STRUCT(node_term), IN(PreferredNode, preference, NodeTerm), "Conditions."),
	ROW("weight", INT32, IN(PreferredNode, weight, int64_t), "How much it counts."),
};
static TYPE(preferred_node, PreferredNode, "PreferredSchedulingTerm", preferred_node_fields, "A wish about the node.");

static const SchemaField node_selector_fields[] = { ROW("nodeSelectorTerms", LIST(node_term), IN(NodeSelector, terms, NodeTerms), "Of which one must hold.") };
static TYPE(node_selector, NodeSelector, "NodeSelector", node_selector_fields, "Nodes to choose from.");

static const SchemaField node_affinity_fields[] = {
	ROW(PREFERRED, LIST(preferred_node), IN(NodeAffinity, preferred, PreferredNodes), "Wishes about the node."),
	ROW(REQUIRED, POINTER(node_selector), IN(NodeAffinity, required, NodeSelector *), "What the node must be like."),
};
static TYPE(node_affinity, NodeAffinity, "NodeAffinity", node_affinity_fields, "Where the Pod may run, by nodes.");

static const SchemaField pod_term_fields[] = {
	ROW("labelSelector", POINTER(schema_label_selector), IN(PodTerm, label_selector, LabelSelector *), "Pods that count."),
	ROW("matchLabelKeys", TEXTS, IN(PodTerm, match_label_keys, Texts), "Labels whose values must be those of this Pod."),
	ROW("mismatchLabelKeys", TEXTS, IN(PodTerm, mismatch_label_keys, Texts), "Labels whose values must differ."),
	ROW("namespaceSelector", POINTER(schema_label_selector), IN(PodTerm, namespace_selector, LabelSelector *), "Namespaces to look in."),
	ROW("namespaces", TEXTS, IN(PodTerm, namespaces, Texts), "Namespaces to look in."),
	ROW("topologyKey", TEXT, IN(PodTerm, topology_key, const char *), "Label of the node that tells what is near."),
};
static TYPE(pod_term, PodTerm, "PodAffinityTerm", pod_term_fields, "Pods to be near to, or far from.");

static const SchemaField preferred_pod_fields[] = {
	NEEDED("podAffinityTerm", STRUCT(pod_term), IN(PreferredPod, term, PodTerm), "Pods."),
	ROW("weight", INT32, IN(PreferredPod, weight, int64_t), "How much it counts."),
};
static TYPE(preferred_pod, PreferredPod, "WeightedPodAffinityTerm", preferred_pod_fields, "A wish about neighbours.");

static const SchemaField pod_affinity_fields[] = {
	ROW(PREFERRED, LIST(preferred_pod), IN(PodAffinity, preferred, PreferredPods), "Wishes."),
	ROW(REQUIRED, LIST(pod_term), IN(PodAffinity, required, PodTerms), "What must hold."),
};
static TYPE(pod_affinity, PodAffinity, "PodAffinity", pod_affinity_fields, "Pods to be near to.");
static TYPE(pod_anti_affinity, PodAffinity, "PodAntiAffinity", pod_affinity_fields, "Pods to be far from.");

static const SchemaField affinity_fields[] = {
	ROW("nodeAffinity", POINTER(node_affinity), IN(Affinity, node, NodeAffinity *), "By nodes."),
	ROW("podAffinity", POINTER(pod_affinity), IN(Affinity, pod, PodAffinity *), "Near to other Pods."),
	ROW("podAntiAffinity", POINTER(pod_anti_affinity), IN(Affinity, pod_anti, PodAffinity *), "Far from other Pods."),
};
// clang-format on

TYPE(schema_affinity, Affinity, "Affinity", affinity_fields, "Where the Pod may run.");
