// kube/manifest/print.h - objects as JSON and YAML, in the normal form of kube/manifest/encode.h.
#ifndef KUBE_MANIFEST_PRINT_H
#define KUBE_MANIFEST_PRINT_H

#include "kube/schema/types.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

// Appends the object. is_redacted: the values of Secrets become "***".
void object_print_json(const Object *object, bool is_pretty, bool is_redacted, Buffer *buffer);
// As `kubectl get -o yaml` writes it, with a newline at the end and without "---".
void object_print_yaml(const Object *object, bool is_redacted, Buffer *buffer);
// "sha256:…" of the object's JSON: equal for manifests that mean the same, however they are written.
const char *object_hash(const Object *object, Arena *arena);

// Appends any tree as block YAML, or as JSON without blanks.
void yaml_print(const YamlNode *node, Buffer *buffer);
void yaml_print_json(const YamlNode *node, Buffer *buffer);

#endif
