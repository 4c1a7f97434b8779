#include "kube/check/check.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

#include <string.h>

typedef struct Row {
	const char *text;
	const char *findings;
} Row;

#define REQUIRED  "requiredDuringSchedulingIgnoredDuringExecution"
#define PREFERRED "preferredDuringSchedulingIgnoredDuringExecution"
#define POD                                                                                        \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"                                         \
	"spec:\n  containers: [{name: c, image: i}]\n"

// Each of these fields also has a note that it has no effect.
static const char *findings_without_notes(Test *test, const char *text)
{
	CLEANUP_BUFFER kept = { 0 };
	const char *line = manifest_findings(manifest_of(test, text));
	while (*line) {
		const size_t length = strcspn(line, "\n");
		if (!text_starts_with(line, "note: "))
			buffer_printf(&kept, "%s%.*s", kept.length > 0 ? "\n" : "", (int)length,
				      line);
		line += length + (line[length] == '\n');
	}
	return buffer_take(&kept, test->arena);
}

TEST(check_of_scheduling_speaks_as_kubernetes)
{
	// Fields of the spec, on line 6 from column 3 on.
	static const Row rows[] = {
		// clang-format off
		{ "nodeSelector: {-x/a: y, disk: a b}",
		  "p:6:24: spec.nodeSelector[-x/a]: json: cannot unmarshal bool into Go struct field PodSpec.spec.nodeSelector of type string (write \"y\" in quotes)\n"
		  "p:6:27: spec.nodeSelector: Invalid value: \"a b\": " FAULT_LABEL_VALUE },
		{ "nodeName: Node",
		  "p:6:13: spec.nodeName: Invalid value: \"Node\": " FAULT_SUBDOMAIN },
		{ "nodeName: node\n  schedulingGates: [{name: example.com/g}, {name: example.com/g}, {}]",
		  "p:6:13: spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared\n"
		  "p:7:51: spec.schedulingGates[1]: Duplicate value: \"example.com/g\"\n"
		  "p:7:67: spec.schedulingGates[2]: Invalid value: \"\": name part must be non-empty\n"
		  "p:7:67: spec.schedulingGates[2]: Invalid value: \"\": " FAULT_NAME_PART },
		{ "priorityClassName: High_",
		  "p:6:22: spec.priorityClassName: Invalid value: \"High_\": " FAULT_SUBDOMAIN },
		{ "preemptionPolicy: Perhaps",
		  "p:6:21: spec.preemptionPolicy: Unsupported value: \"Perhaps\": supported values: \"PreemptLowerPriority\", \"Never\"" },
		{ "preemptionPolicy: ''",
		  "p:6:21: spec.preemptionPolicy: Unsupported value: \"\": supported values: \"PreemptLowerPriority\", \"Never\"" },
		{ "serviceAccount: Robot",
		  "p:6:19: spec.serviceAccountName: Invalid value: \"Robot\": " FAULT_SUBDOMAIN },
		{ "serviceAccountName: robot\n  serviceAccount: Robot", "" },
		{ "overhead: {cpu: -1, pods: 1, ephemeral-storage: 1Gi, example.com/a: 1}",
		  "p:6:19: spec.overhead.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0\n"
		  "p:6:29: spec.overhead.limits[pods]: Invalid value: \"pods\": must be a standard resource for containers" },
		{ "tolerations: [{key: a, value: b, effect: NoExecute, tolerationSeconds: 3}, {operator: Exists}]", "" },
		{ "tolerations: [{}, {key: k, operator: exists}, {key: k, operator: Exists, value: v}]",
		  "p:6:17: spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"\n"
		  "p:6:40: spec.tolerations[1].operator: Unsupported value: \"exists\": supported values: \"Equal\", \"Exists\"\n"
		  "p:6:68: spec.tolerations[2].operator: Invalid value: \"v\": value must be empty when `operator` is 'Exists'" },
		{ "tolerations: [{key: '-', value: a b, effect: Never, tolerationSeconds: 3}]",
		  "p:6:17: spec.tolerations[0].operator: Invalid value: \"a b\": " FAULT_LABEL_VALUE "\n"
		  "p:6:23: spec.tolerations[0].key: Invalid value: \"-\": " FAULT_NAME_PART "\n"
		  "p:6:48: spec.tolerations[0].effect: Invalid value: \"Never\": effect must be 'NoExecute' when `tolerationSeconds` is set\n"
		  "p:6:48: spec.tolerations[0].effect: Unsupported value: \"Never\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"" },
		{ "topologySpreadConstraints: [{}]",
		  "p:6:31: spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero\n"
		  "p:6:31: spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty\n"
		  "p:6:31: spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"\n"
		  "warning: p:6:31: spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod" },
		{ "topologySpreadConstraints:\n  - &z {topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, maxSkew: 1, labelSelector: {}}\n  - *z\n  - *z",
		  "p:7:5: spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, ScheduleAnyway}\"\n"
		  "p:7:5: spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{zone, ScheduleAnyway}\"" },
		{ "topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: Never, maxSkew: 1, minDomains: 0, labelSelector: {}}]",
		  "p:6:70: spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"Never\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"\n"
		  "p:6:101: spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero\n"
		  "p:6:101: spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Never" },
		{ "topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: DoNotSchedule, maxSkew: 1, nodeTaintsPolicy: '', matchLabelKeys: [-a]}]",
		  "warning: p:6:31: spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod\n"
		  "p:6:115: spec.topologySpreadConstraints[0].nodeTaintsPolicy: Unsupported value: \"\": supported values: \"Honor\", \"Ignore\"\n"
		  "p:6:135: spec.topologySpreadConstraints[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set\n"
		  "p:6:135: spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"-a\": " FAULT_NAME_PART },
		{ "securityContext: {fsGroupChangePolicy: Sometimes}",
		  "p:6:42: spec.securityContext.fsGroupChangePolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnRootMismatch\"" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(findings_without_notes(
				   test, arena_printf(test->arena, POD "  %s\n", rows[i].text)),
			   rows[i].findings);
}

TEST(check_of_affinity_speaks_as_kubernetes)
{
	// Fields of the affinity, on line 7 from column 5 on.
	static const Row rows[] = {
		// clang-format off
		{ "nodeAffinity: {" REQUIRED ": {}}",
		  "p:7:68: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms: Required value: must have at least one node selector term" },
		{ "nodeAffinity: {" REQUIRED ": {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In}, {key: a, operator: Exists, values: [b]}]}]}}",
		  "p:7:109: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'\n"
		  "p:7:168: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'" },
		{ "nodeAffinity: {" REQUIRED ": {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: ['1', '2']}, {key: -a, operator: in, values: [a b]}]}]}}",
		  "p:7:140: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'\n"
		  "p:7:159: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[1].key: Invalid value: \"-a\": " FAULT_NAME_PART "\n"
		  "p:7:173: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[1].operator: Invalid value: \"in\": not a valid selector operator\n"
		  "p:7:185: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchExpressions[1].values[0]: Invalid value: \"a b\": " FAULT_LABEL_VALUE },
		{ "nodeAffinity: {" REQUIRED ": {nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [A]}, {key: name, operator: Exists}]}]}}",
		  "p:7:147: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchFields[0].values[0]: Invalid value: \"A\": " FAULT_SUBDOMAIN "\n"
		  "p:7:159: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchFields[1].key: Invalid value: \"name\": not a valid field selector key\n"
		  "p:7:175: spec.affinity.nodeAffinity." REQUIRED ".nodeSelectorTerms[0].matchFields[1].operator: Invalid value: \"Exists\": not a valid selector operator" },
		{ "nodeAffinity: {" PREFERRED ": [{weight: 1, preference: {matchExpressions: [{key: a, operator: In, values: [a b]}]}}, {weight: 101}]}",
		  "p:7:165: spec.affinity.nodeAffinity." PREFERRED "[1].weight: Invalid value: 101: must be in the range 1-100" },
		{ "podAffinity: {" REQUIRED ": [{topologyKey: zone}]}",
		  "warning: p:7:68: spec.affinity.podAffinity." REQUIRED "[0].labelSelector: a null labelSelector results in matching no pod" },
		{ "podAffinity: {" REQUIRED ": [{topologyKey: a b, labelSelector: {matchLabels: {a: b c}}, namespaces: [A]}]}",
		  "p:7:82: spec.affinity.podAffinity." REQUIRED "[0].topologyKey: Invalid value: \"a b\": " FAULT_NAME_PART "\n"
		  "p:7:117: spec.affinity.podAffinity." REQUIRED "[0].labelSelector.matchLabels: Invalid value: \"b c\": " FAULT_LABEL_VALUE "\n"
		  "p:7:139: spec.affinity.podAffinity." REQUIRED "[0].namespace: Invalid value: \"A\": " FAULT_LABEL },
		{ "podAffinity: {" REQUIRED ": [{topologyKey: a, labelSelector: {}, namespaceSelector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}}]}",
		  "p:7:162: spec.affinity.podAffinity." REQUIRED "[0].namespaceSelector.matchExpressions[0].operator: Invalid value: \"Gt\": not a valid selector operator" },
		{ "podAntiAffinity: {" PREFERRED ": [{}]}",
		  "p:7:73: spec.affinity.podAntiAffinity." PREFERRED "[0].weight: Invalid value: 0: must be in the range 1-100\n"
		  "p:7:73: spec.affinity.podAntiAffinity." PREFERRED "[0].podAffinityTerm.topologyKey: Required value: can not be empty\n"
		  "p:7:73: spec.affinity.podAntiAffinity." PREFERRED "[0].podAffinityTerm.topologyKey: Invalid value: \"\": name part must be non-empty\n"
		  "p:7:73: spec.affinity.podAntiAffinity." PREFERRED "[0].podAffinityTerm.topologyKey: Invalid value: \"\": " FAULT_NAME_PART "\n"
		  "warning: p:7:73: spec.affinity.podAntiAffinity." PREFERRED "[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod" },
		{ "podAntiAffinity: {" REQUIRED ": [{topologyKey: zone, labelSelector: {}, matchLabelKeys: [a, b], mismatchLabelKeys: [b, -c]}]}",
		  "p:7:127: spec.affinity.podAntiAffinity." REQUIRED "[0].matchLabelKeys[1]: Invalid value: \"b\": exists in both matchLabelKeys and mismatchLabelKeys\n"
		  "p:7:154: spec.affinity.podAntiAffinity." REQUIRED "[0].mismatchLabelKeys[1]: Invalid value: \"-c\": " FAULT_NAME_PART },
		{ "podAntiAffinity: {" REQUIRED ": [{topologyKey: zone, matchLabelKeys: [a]}]}",
		  "warning: p:7:72: spec.affinity.podAntiAffinity." REQUIRED "[0].labelSelector: a null labelSelector results in matching no pod\n"
		  "p:7:108: spec.affinity.podAntiAffinity." REQUIRED "[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(findings_without_notes(test, arena_printf(test->arena,
								     POD "  affinity:\n    %s\n",
								     rows[i].text)),
			   rows[i].findings);
}
