// kube/manifest/decode.h - a tree of YAML becomes a struct of kube/schema/types.h, by the table of kube/schema/schema.h.
#ifndef KUBE_MANIFEST_DECODE_H
#define KUBE_MANIFEST_DECODE_H

#include "kube/schema/schema.h"
#include "pkg/base/report.h"
#include "pkg/sys/text/yaml.h"

// Fills the zeroed C struct of `type` at `ret` from the mapping `node`. Everything that is wrong goes to the report, in
// Kubernetes' words: unknown fields, wrong types, words that an enum lacks, values that are required, fields that are
// refused; fields without effect as notes. ret points to the struct that type->size is the size of; NULL: only look for faults.
void decode_object(const SchemaType *type, const YamlNode *node, Report *report, void *ret);

#endif
