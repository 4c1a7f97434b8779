// kube/schema/types_cluster.h - the fields that only a cluster acts on. One host has nobody to schedule: they are kept with the
// object, and checked, because a manifest that Kubernetes refuses is no good manifest. Rules as in kube/schema/types.h.
#ifndef KUBE_SCHEMA_TYPES_CLUSTER_H
#define KUBE_SCHEMA_TYPES_CLUSTER_H

#include "kube/schema/values.h"

// --- selectors

// Of labels of Pods, or of labels and fields of nodes.
typedef struct Requirement {
	Origin origin;
	const char *key;
	const char *operator; // In, NotIn, Exists, DoesNotExist; of nodes also Gt, Lt
	Texts values;
} Requirement;
VEC_DECLARE(Requirements, requirements, Requirement);

typedef struct LabelSelector {
	Origin origin;
	Pairs match_labels;
	Requirements match_expressions;
} LabelSelector;

// --- affinity

typedef struct NodeTerm {
	Origin origin;
	Requirements match_expressions;
	Requirements match_fields;
} NodeTerm;
VEC_DECLARE(NodeTerms, node_terms, NodeTerm);

typedef struct PreferredNode {
	Origin origin;
	NodeTerm preference;
	int64_t weight; // 1..100
} PreferredNode;
VEC_DECLARE(PreferredNodes, preferred_nodes, PreferredNode);

typedef struct NodeSelector {
	Origin origin;
	NodeTerms terms;
} NodeSelector;

typedef struct NodeAffinity {
	Origin origin;
	PreferredNodes preferred;
	NodeSelector *required;
} NodeAffinity;

typedef struct PodTerm {
	Origin origin;
	LabelSelector *label_selector; // NULL: no Pod
	Texts match_label_keys;
	Texts mismatch_label_keys;
	LabelSelector *namespace_selector;
	Texts namespaces;
	const char *topology_key;
} PodTerm;
VEC_DECLARE(PodTerms, pod_terms, PodTerm);

typedef struct PreferredPod {
	Origin origin;
	PodTerm term;
	int64_t weight; // 1..100
} PreferredPod;
VEC_DECLARE(PreferredPods, preferred_pods, PreferredPod);

typedef struct PodAffinity {
	Origin origin;
	PreferredPods preferred;
	PodTerms required;
} PodAffinity;

typedef struct Affinity {
	Origin origin;
	NodeAffinity *node;
	PodAffinity *pod;
	PodAffinity *pod_anti;
} Affinity;

// --- the rest of scheduling

typedef struct Toleration {
	Origin origin;
	const char *effect;
	const char *key;
	const char *operator;
	OptionalInt64 seconds;
	const char *value;
} Toleration;
VEC_DECLARE(Tolerations, tolerations, Toleration);

typedef struct SpreadConstraint {
	Origin origin;
	LabelSelector *label_selector; // NULL: no Pod
	Texts match_label_keys;
	int64_t max_skew;
	OptionalInt64 min_domains;
	const char *topology_key;
	const char *when_unsatisfiable;
} SpreadConstraint;
VEC_DECLARE(SpreadConstraints, spread_constraints, SpreadConstraint);

typedef struct SchedulingGate {
	Origin origin;
	const char *name;
} SchedulingGate;
VEC_DECLARE(SchedulingGates, scheduling_gates, SchedulingGate);

// A part of a PodSpec: the fields stand in the spec itself.
typedef struct Scheduling {
	Affinity *affinity;
	SchedulingGates gates;
	const char *node_name;
	Pairs node_selector;
	ResourceList overhead;
	const char *priority_class_name;
	SpreadConstraints spread_constraints;
	Tolerations tolerations;
} Scheduling;

// --- of containers

typedef struct ResizePolicy {
	Origin origin;
	const char *resource_name;  // "cpu", "memory"
	const char *restart_policy; // "NotRequired", "RestartContainer"
} ResizePolicy;
VEC_DECLARE(ResizePolicies, resize_policies, ResizePolicy);

#endif
