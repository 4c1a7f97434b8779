// pkg/oci/registry/rule.h - the [[registry]] tables of registries.conf. For registries.c only.
#ifndef PKG_OCI_REGISTRY_RULE_H
#define PKG_OCI_REGISTRY_RULE_H

#include "pkg/base/toml.h"
#include "pkg/oci/registry/registries.h"

// Adds the rules of one file; a rule of the same prefix takes the place of an earlier one. Fails with ERROR_INVALID at
// the place of the fault.
MUST_CHECK bool registry_rules_read(const TomlValue *root, Arena *arena, RegistryRules *ret,
				    Error *error);

#endif
