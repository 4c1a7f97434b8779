// kube/check/parts.h - the pieces of kube/check/check.h, for kube/check/ only.
#ifndef KUBE_CHECK_PARTS_H
#define KUBE_CHECK_PARTS_H

#include "kube/check/field_error.h"
#include "kube/schema/types.h"

// A container and what it is judged by.
typedef struct ContainerCheck {
	const Pod *pod;
	const Container *container;
	const FieldPath *path;
	const Texts *volume_names; // of the Pod
} ContainerCheck;

void check_metadata(const ObjectMeta *metadata, Report *report);
// metadata: as it was written; may be NULL.
void check_server_metadata(const YamlNode *metadata, const FieldPath *path, Report *report);
void check_container(const ContainerCheck *check, Report *report);
void check_mounts(const ContainerCheck *check, Report *report);
void check_environment(const Container *container, const FieldPath *path, Report *report);
void check_ports(const ContainerPorts *ports, const FieldPath *path, bool host_network,
		 Report *report);
// Warnings about ports of all containers together.
void warn_ports(const PodSpec *spec, const FieldPath *path, Report *report);
void check_resources(const ResourceRequirements *resources, const FieldPath *path, Report *report);
// Names and amounts only, each below `path`.
void check_amounts(const ResourceList *amounts, const FieldPath *path, Report *report);
void warn_fraction(const ResourceAmount *amount, const FieldPath *path, Report *report);
void check_resize_policies(const Container *container, const Pod *pod, const FieldPath *path,
			   Report *report);
void check_security(const ContainerCheck *check, Report *report);
void check_pod_security(const PodSecurityContext *context, const FieldPath *path, Report *report);
void check_volumes(const Volumes *volumes, const FieldPath *path, Report *report);
void check_dns(const PodSpec *spec, const FieldPath *parent, Report *report);
void check_scheduling(const PodSpec *spec, const FieldPath *path, Report *report);
void check_affinity(const Affinity *affinity, const FieldPath *path, Report *report);
void check_here(const Pod *pod, Report *report);
// Warns when the certificate or the key is none.
void warn_key_pair(const Secret *secret, Report *report);

// --- kube/check/values.c

// One of kube/check/names.h.
typedef void NameGrammar(const char *name, Arena *arena, Texts *ret_faults);

void check_grammar(SourcePos where, const FieldPath *path, const char *value, NameGrammar *grammar,
		   Report *report);
// The text of the field `field` of a struct. An absent or empty one is for the caller to mind.
void check_name(const Origin *origin, const FieldPath *path, const char *field, const char *value,
		NameGrammar *grammar, Report *report);
// words: NULL-terminated, listed as they stand. Returns whether the value is one of them.
bool check_word(SourcePos where, const FieldPath *path, const char *value, const char *const *words,
		Report *report);
// The map of labels that stands in the field `field` of a struct; faults have no key in their path.
void check_labels(const Origin *origin, const FieldPath *parent, const char *field,
		  const Pairs *labels, Report *report);
// Where the value of `key` was written in that map.
SourcePos place_of_pair(const Origin *origin, const char *field, const char *key);
// A path that must stay below something: relative, without "..".
void check_local_path(const char *value, SourcePos where, const FieldPath *path, Report *report);

// --- kube/check/selector.c

// An operator, how many values it takes, and what is said of any other number. A list of them ends with {0}.
typedef struct SelectorOperator {
	const char *word;
	size_t min;
	size_t max;
	const char *rule;
} SelectorOperator;

#define SELECTOR_OPERATORS                                                                         \
	{ "In", 1, SIZE_MAX, "must be specified when `operator` is 'In' or 'NotIn'" },             \
		{ "NotIn", 1, SIZE_MAX, "must be specified when `operator` is 'In' or 'NotIn'" },  \
		{ "Exists", 0, 0,                                                                  \
		  "may not be specified when `operator` is 'Exists' or 'DoesNotExist'" },          \
	{                                                                                          \
		"DoesNotExist", 0, 0,                                                              \
			"may not be specified when `operator` is 'Exists' or 'DoesNotExist'"       \
	}

typedef struct SelectorRules {
	const SelectorOperator *operators;
	NameGrammar *key;
	NameGrammar *value; // NULL: any
} SelectorRules;

void check_requirements(const Requirements *requirements, const SelectorRules *rules,
			const FieldPath *path, Report *report);
// selector: may be NULL.
void check_label_selector(const LabelSelector *selector, const FieldPath *path, Report *report);
void warn_no_selector(const Origin *origin, const FieldPath *path, const LabelSelector *selector,
		      Report *report);
// matchLabelKeys and its like, next to a labelSelector.
void check_label_keys(const Origin *origin, const FieldPath *parent, const char *field,
		      const Texts *keys, const LabelSelector *selector, Report *report);

#endif
