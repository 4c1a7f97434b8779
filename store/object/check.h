// store/object/check.h - the rules for ConfigMaps and Secrets.
// Findings are Kubernetes' texts (kubernetes pkg/apis/core/validation: ValidateConfigMap, ValidateSecret and their
// updates); `where` is the place that they get. A key that the caller has from a file may be reported better there.
#ifndef STORE_OBJECT_CHECK_H
#define STORE_OBJECT_CHECK_H

#include "pkg/base/report.h"
#include "store/object/object.h"

// Keys and sizes of a ConfigMap.
void object_check_configmap(const StoredObject *object, SourcePos where, Report *report);
// Keys, sizes and the keys that the type of a Secret requires.
void object_check_secret(const StoredObject *object, SourcePos where, Report *report);
// What may not change when `next` replaces `current`: anything of an immutable object, the type of a Secret.
// Both have their data sorted and complete.
void object_check_replacement(const StoredObject *current, const StoredObject *next,
			      SourcePos where, Report *report);

#endif
