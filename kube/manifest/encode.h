// kube/manifest/encode.h - an object as a tree again, in one normal form.
// Fields stand in the order of their names, quantities are canonical, numbers are numbers, defaults are there; what the
// API server writes is not. Fields that are noted are kept as they were written.
#ifndef KUBE_MANIFEST_ENCODE_H
#define KUBE_MANIFEST_ENCODE_H

#include "kube/schema/types.h"
#include "pkg/sys/text/yaml.h"

// is_redacted: the values of Secrets become "***".
const YamlNode *object_encode(const Object *object, bool is_redacted, Arena *arena);

#endif
