#include "kube/kinds.h"

#include "pkg/base/text.h"

#define NO_API     "there is no API server here, so it has no effect"
#define ONE_NODE   "there is one node here, so it has no effect"
#define NO_CLASSES "volumes are directories of this host, so it has no effect"

// clang-format off
static const struct {
	const char *kind;
	const char *api_version;
	const char *no_effect; // NULL: refused, because to skip it would change what runs
} known[] = {
	{ "ClusterRole", "rbac.authorization.k8s.io/v1", NO_API },
	{ "ClusterRoleBinding", "rbac.authorization.k8s.io/v1", NO_API },
	{ "CronJob", "batch/v1", NULL },
	{ "CustomResourceDefinition", "apiextensions.k8s.io/v1", NO_API },
	{ "DaemonSet", "apps/v1", NULL },
	{ "Deployment", "apps/v1", NULL },
	{ "EndpointSlice", "discovery.k8s.io/v1", NULL },
	{ "Endpoints", "v1", NULL },
	{ "HorizontalPodAutoscaler", "autoscaling/v2", ONE_NODE },
	{ "Ingress", "networking.k8s.io/v1", NULL },
	{ "Job", "batch/v1", NULL },
	{ "LimitRange", "v1", NULL },
	{ "Namespace", "v1", NULL },
	{ "NetworkPolicy", "networking.k8s.io/v1", NULL },
	{ "PersistentVolume", "v1", NULL },
	{ "PodDisruptionBudget", "policy/v1", ONE_NODE },
	{ "PriorityClass", "scheduling.k8s.io/v1", ONE_NODE },
	{ "ReplicaSet", "apps/v1", NULL },
	{ "ReplicationController", "v1", NULL },
	{ "ResourceQuota", "v1", NO_API },
	{ "Role", "rbac.authorization.k8s.io/v1", NO_API },
	{ "RoleBinding", "rbac.authorization.k8s.io/v1", NO_API },
	{ "RuntimeClass", "node.k8s.io/v1", ONE_NODE },
	{ "Service", "v1", NULL },
	{ "ServiceAccount", "v1", NO_API },
	{ "StatefulSet", "apps/v1", NULL },
	{ "StorageClass", "storage.k8s.io/v1", NO_CLASSES },
};

static const char *const removed_versions[] = {
	"extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "batch/v1beta1", "batch/v2alpha1", "networking.k8s.io/v1beta1",
	"rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1", "storage.k8s.io/v1beta1",
	"policy/v1beta1", "autoscaling/v2beta1", "autoscaling/v2beta2", "apiextensions.k8s.io/v1beta1", "v1beta3",
};
// clang-format on

const SchemaKind *kind_find(const char *api_version, const char *kind)
{
	for (size_t i = 0; i < COUNT(schema_kinds); i++) {
		if (text_equal(schema_kinds[i].kind, kind) &&
		    text_equal(schema_kinds[i].api_version, api_version))
			return &schema_kinds[i];
	}
	return NULL;
}

// The version in which the kind exists today, or NULL.
static const char *version_of(const char *kind)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (text_equal(known[i].kind, kind))
			return known[i].api_version;
	}
	for (size_t i = 0; i < COUNT(schema_kinds); i++) {
		if (text_equal(schema_kinds[i].kind, kind))
			return schema_kinds[i].api_version;
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
	const char *candidates[COUNT(known) + COUNT(schema_kinds) + 1] = { NULL };
	size_t count = 0;
	for (size_t i = 0; i < COUNT(schema_kinds); i++)
		candidates[count++] = schema_kinds[i].kind;
	for (size_t i = 0; i < COUNT(known); i++)
		candidates[count++] = known[i].kind;
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
	report_add(report, SEVERITY_ERROR, where, "",
		   "no matches for kind \"%s\" in version \"%s\"%s", kind, api_version, advice);
}

void kind_report_unread(const char *api_version, const char *kind, SourcePos where, Report *report)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!text_equal(known[i].kind, kind) ||
		    !text_equal(known[i].api_version, api_version))
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
