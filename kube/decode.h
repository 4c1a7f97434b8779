// kube/decode.h - a tree of YAML becomes a struct of kube/types.h, by the table of kube/schema.h.
#ifndef KUBE_DECODE_H
#define KUBE_DECODE_H

#include "kube/schema.h"
#include "pkg/base/report.h"
#include "pkg/sys/yaml.h"

// Fills the zeroed C struct of `type` at `ret` from the mapping `node`. Everything that is wrong goes to the report, in
// Kubernetes' words: unknown fields, wrong types, words that an enum lacks, values that are required, fields that are
// refused; fields without effect as notes. ret points to the struct that type->size is the size of; NULL: only look for faults.
void decode_object(const SchemaType *type, const YamlNode *node, Report *report, void *ret);

#endif
