// kube/manifest/node_path.h - which value of an object is meant: the simple half of kubectl's JSONPath.
//     .metadata.name    {.status.startTime}    status.containerStatuses[0].restartCount
//     .metadata.labels.example\.com/tier       .metadata.labels['example.com/tier']
// Braces and the first dot may be left out, as behind --sort-by. What chooses more than one value (wildcards, slices,
// filters) is refused.
#ifndef KUBE_MANIFEST_NODE_PATH_H
#define KUBE_MANIFEST_NODE_PATH_H

#include "pkg/base/error.h"
#include "pkg/sys/text/yaml.h"

typedef struct NodeStep {
	const char *name; // of a member; NULL: an item of a list
	uint64_t index;
} NodeStep;
VEC_DECLARE(NodePath, node_path, NodeStep);

// Fails with ERROR_INVALID, which says where in the text.
MUST_CHECK bool node_path_parse(const char *text, Arena *arena, NodePath *ret, Error *error);
// The value, or NULL when there is none.
const YamlNode *node_path_get(const NodePath *path, const YamlNode *node);

#endif
