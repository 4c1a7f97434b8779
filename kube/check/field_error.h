// kube/check/field_error.h - faults of fields in Kubernetes' grammar: "PATH: TYPE[: VALUE][: DETAIL]".
// Users find these texts in every search engine. Values that are texts are printed as Go literals.
// Spec: apimachinery pkg/util/validation/field/errors.go.
#ifndef KUBE_CHECK_FIELD_ERROR_H
#define KUBE_CHECK_FIELD_ERROR_H

#include "kube/schema/field_path.h"
#include "pkg/base/report.h"

#include <stdint.h>

// detail: may be NULL in field_required; texts are not kept.
void field_required(Report *report, SourcePos where, const FieldPath *path, const char *detail);
void field_invalid(Report *report, SourcePos where, const FieldPath *path, const char *value,
		   const char *detail);
void field_invalid_list(Report *report, SourcePos where, const FieldPath *path, const Texts *values,
			const char *detail);
// value: as it stands, no literal.
void field_invalid_value(Report *report, SourcePos where, const FieldPath *path, const char *value,
			 const char *detail);
void field_invalid_number(Report *report, SourcePos where, const FieldPath *path, int64_t value,
			  const char *detail);
void field_invalid_bool(Report *report, SourcePos where, const FieldPath *path, bool value,
			const char *detail);
void field_duplicate(Report *report, SourcePos where, const FieldPath *path, const char *value);
void field_not_found(Report *report, SourcePos where, const FieldPath *path, const char *value);
void field_forbidden(Report *report, SourcePos where, const FieldPath *path, const char *detail);
// supported: `"A", "B"`.
void field_unsupported(Report *report, SourcePos where, const FieldPath *path, const char *value,
		       const char *supported);
void field_too_long(Report *report, SourcePos where, const FieldPath *path, size_t max);
void field_warning(Report *report, SourcePos where, const FieldPath *path, const char *text);
void field_note(Report *report, SourcePos where, const FieldPath *path, const char *text);

// One "Invalid value" per fault: for the checks of kube/check/names.h.
void field_invalid_all(Report *report, SourcePos where, const FieldPath *path, const char *value,
		       const Texts *faults);

#endif
