#include "kube/schema/kinds.h"

#include "pkg/base/text.h"

#define NO_API     "there is no API server here, so it has no effect"
#define ONE_NODE   "there is one node here, so it has no effect"
#define NO_CLASSES "volumes are directories of this host, so it has no effect"

// The category that kubectl takes for a kind.
#define ALL_WORD "all"

// clang-format off
const Kind kinds[OBJECT_KIND_COUNT] = {
	[OBJECT_POD] = {
		.names = { "Pod", "v1", "pods", "po" },
		.singular = "pod",
		.object = OBJECT_POD,
		.type = &schema_pod,
		.metadata_offset = offsetof(Pod, metadata),
		.is_in_all = true,
		.strip = kind_pod_strip,
		.fill_in = kind_pod_fill_in,
		.check = kind_pod_check,
		.actions = &kind_pod_actions,
	},
	[OBJECT_CONFIG_MAP] = {
		.names = { "ConfigMap", "v1", "configmaps", "cm" },
		.singular = "configmap",
		.object = OBJECT_CONFIG_MAP,
		.type = &schema_config_map,
		.metadata_offset = offsetof(ConfigMap, metadata),
		.check = kind_config_map_check,
		.actions = &kind_config_map_actions,
	},
	[OBJECT_SECRET] = {
		.names = { "Secret", "v1", "secrets", NULL },
		.singular = "secret",
		.object = OBJECT_SECRET,
		.type = &schema_secret,
		.metadata_offset = offsetof(Secret, metadata),
		.is_secret = true,
		.fill_in = kind_secret_fill_in,
		.check = kind_secret_check,
		.actions = &kind_secret_actions,
	},
	[OBJECT_PERSISTENT_VOLUME_CLAIM] = {
		.names = { "PersistentVolumeClaim", "v1", "persistentvolumeclaims", "pvc" },
		.singular = "persistentvolumeclaim",
		.object = OBJECT_PERSISTENT_VOLUME_CLAIM,
		.type = &schema_persistent_volume_claim,
		.metadata_offset = offsetof(PersistentVolumeClaim, metadata),
		.fill_in = kind_claim_fill_in,
		.check = kind_claim_check,
		.actions = &kind_claim_actions,
	},
};

// Kinds that are not taken.
static const struct {
	KindNames names;
	const char *no_effect; // NULL: refused, because to skip it would change what runs
} known[] = {
	{ { "ClusterRole", "rbac.authorization.k8s.io/v1", "clusterroles", NULL }, NO_API },
	{ { "ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebindings", NULL }, NO_API },
	{ { "CronJob", "batch/v1", "cronjobs", "cj" }, NULL },
	{ { "CustomResourceDefinition", "apiextensions.k8s.io/v1", "customresourcedefinitions", "crd" }, NO_API },
	{ { "DaemonSet", "apps/v1", "daemonsets", "ds" }, NULL },
	{ { "Deployment", "apps/v1", "deployments", "deploy" }, NULL },
	{ { "EndpointSlice", "discovery.k8s.io/v1", "endpointslices", NULL }, NULL },
	{ { "Endpoints", "v1", "endpoints", "ep" }, NULL },
	{ { "Event", "v1", "events", "ev" }, NO_API },
	{ { "HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", "hpa" }, ONE_NODE },
	{ { "Ingress", "networking.k8s.io/v1", "ingresses", "ing" }, NULL },
	{ { "Job", "batch/v1", "jobs", NULL }, NULL },
	{ { "LimitRange", "v1", "limitranges", "limits" }, NULL },
	{ { "Namespace", "v1", "namespaces", "ns" }, NULL },
	{ { "NetworkPolicy", "networking.k8s.io/v1", "networkpolicies", "netpol" }, NULL },
	{ { "Node", "v1", "nodes", "no" }, ONE_NODE },
	{ { "PersistentVolume", "v1", "persistentvolumes", "pv" }, NULL },
	{ { "PodDisruptionBudget", "policy/v1", "poddisruptionbudgets", "pdb" }, ONE_NODE },
	{ { "PriorityClass", "scheduling.k8s.io/v1", "priorityclasses", "pc" }, ONE_NODE },
	{ { "ReplicaSet", "apps/v1", "replicasets", "rs" }, NULL },
	{ { "ReplicationController", "v1", "replicationcontrollers", "rc" }, NULL },
	{ { "ResourceQuota", "v1", "resourcequotas", "quota" }, NO_API },
	{ { "Role", "rbac.authorization.k8s.io/v1", "roles", NULL }, NO_API },
	{ { "RoleBinding", "rbac.authorization.k8s.io/v1", "rolebindings", NULL }, NO_API },
	{ { "RuntimeClass", "node.k8s.io/v1", "runtimeclasses", NULL }, ONE_NODE },
	{ { "Service", "v1", "services", "svc" }, NULL },
	{ { "ServiceAccount", "v1", "serviceaccounts", "sa" }, NO_API },
	{ { "StatefulSet", "apps/v1", "statefulsets", "sts" }, NULL },
	{ { "StorageClass", "storage.k8s.io/v1", "storageclasses", "sc" }, NO_CLASSES },
};

static const char *const removed_versions[] = {
	"extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "batch/v1beta1", "batch/v2alpha1", "networking.k8s.io/v1beta1",
	"rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1", "storage.k8s.io/v1beta1",
	"policy/v1beta1", "autoscaling/v2beta1", "autoscaling/v2beta2", "apiextensions.k8s.io/v1beta1", "v1beta3",
};
// clang-format on

const Kind *kind_find(const char *api_version, const char *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (text_equal(kinds[i].names.kind, kind) &&
		    text_equal(kinds[i].names.api_version, api_version))
			return &kinds[i];
	}
	return NULL;
}

// All kinds in one row: first those that we take.
#define NAMES_COUNT (COUNT(kinds) + COUNT(known))

static const KindNames *names_at(size_t index)
{
	return index < COUNT(kinds) ? &kinds[index].names : &known[index - COUNT(kinds)].names;
}

// --- kinds in manifests

// The version in which the kind exists today, or NULL.
static const char *version_of(const char *kind)
{
	for (size_t i = 0; i < NAMES_COUNT; i++) {
		if (text_equal(names_at(i)->kind, kind))
			return names_at(i)->api_version;
	}
	return NULL;
}

static bool is_removed(const char *api_version)
{
	for (size_t i = 0; i < COUNT(removed_versions); i++) {
		if (text_equal(removed_versions[i], api_version))
			return true;
	}
	return false;
}

static const char *nearest_kind(const char *kind)
{
	const char *candidates[NAMES_COUNT + 1] = { NULL };
	for (size_t i = 0; i < NAMES_COUNT; i++)
		candidates[i] = names_at(i)->kind;
	return text_nearest(kind, candidates);
}

// A kind or version that does not exist; what was likely meant is named.
static void report_no_match(const char *api_version, const char *kind, SourcePos where,
			    Report *report)
{
	const char *version = version_of(kind);
	const char *nearest = version ? NULL : nearest_kind(kind);
	const char *advice = "";
	if (version)
		advice = arena_printf(report->arena, " (%swrite apiVersion: %s)",
				      is_removed(api_version) ? "removed from Kubernetes; " : "",
				      version);
	else if (nearest)
		advice = arena_printf(report->arena, " (did you mean \"%s\"?)", nearest);
	report_add(report, SEVERITY_ERROR, where, "", "no matches for kind %s in version %s%s",
		   text_quoted(kind, report->arena), text_quoted(api_version, report->arena),
		   advice);
}

void kind_report_unread(const char *api_version, const char *kind, SourcePos where, Report *report)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!text_equal(known[i].names.kind, kind) ||
		    !text_equal(known[i].names.api_version, api_version))
			continue;
		if (known[i].no_effect)
			report_add(report, SEVERITY_NOTE, where, "", "kind %s (%s) is skipped: %s",
				   kind, api_version, known[i].no_effect);
		else
			report_add(report, SEVERITY_ERROR, where, "",
				   "kind %s (%s) is not supported yet", kind, api_version);
		return;
	}
	report_no_match(api_version, kind, where, report);
}

// --- kinds on the command line

// ".GROUP" or ".VERSION.GROUP"; the group of v1 is empty.
static bool is_same_version(const char *suffix, const char *api_version)
{
	const char *slash = strchr(api_version, '/');
	const char *version = slash ? slash + 1 : api_version;
	const char *dot = strchr(suffix + 1, '.');
	const Span group = { api_version, slash ? (size_t)(slash - api_version) : 0 };
	const Span first = { suffix + 1, dot ? (size_t)(dot - suffix - 1) : 0 };
	return span_equal(group, suffix + 1) ||
	       (dot && span_equal(first, version) && span_equal(group, dot + 1));
}

// In lower case a kind is its own singular.
static bool is_word_of(const char *word, const KindNames *names)
{
	const char *suffix = word + strcspn(word, ".");
	const Span name = { word, (size_t)(suffix - word) };
	return (span_equal_any_case(name, names->kind) ||
		span_equal_any_case(name, names->plural) ||
		(names->short_name && span_equal_any_case(name, names->short_name))) &&
	       (!*suffix || is_same_version(suffix, names->api_version));
}

// The place of the kind among all, or NAMES_COUNT.
static size_t index_of_word(const char *word)
{
	size_t i = 0;
	while (i < NAMES_COUNT && !is_word_of(word, names_at(i)))
		i++;
	return i;
}

const Kind *kind_of_word(const char *word)
{
	const size_t index = index_of_word(word);
	return index < COUNT(kinds) ? &kinds[index] : NULL;
}

bool kind_is_word(const char *word)
{
	return kind_is_all(word) || index_of_word(word) < NAMES_COUNT;
}

bool kind_is_all(const char *word)
{
	return span_equal_any_case(span_of(word), ALL_WORD);
}

static const char *nearest_word(const char *word)
{
	const char *candidates[2 * COUNT(kinds) + 1] = { NULL };
	for (size_t i = 0; i < COUNT(kinds); i++) {
		candidates[2 * i] = kinds[i].singular;
		candidates[2 * i + 1] = kinds[i].names.plural;
	}
	return text_nearest(word, candidates);
}

bool kind_word_fail(const char *word, Error *error)
{
	CLEANUP_BUFFER list = { 0 };
	const size_t index = index_of_word(word);
	if (index >= COUNT(kinds) && index < NAMES_COUNT) {
		const char *no_effect = known[index - COUNT(kinds)].no_effect;
		return error_set(error, ERROR_UNSUPPORTED, "kind %s %s%s", names_at(index)->kind,
				 no_effect ? "is not kept: " : "is not supported yet",
				 no_effect ? no_effect : "");
	}
	for (size_t i = 0; i < COUNT(kinds); i++)
		buffer_printf(&list, "%s%s", i > 0 ? ", " : "", kinds[i].names.plural);
	const char *nearest = nearest_word(word);
	return error_set(error, ERROR_USAGE, "no kind '%s'%s%s%s; there are %s", word,
			 nearest ? " (did you mean '" : "", nearest ? nearest : "",
			 nearest ? "'?)" : "", buffer_text(&list));
}
