// kube/schema/label_selector.h - which objects a label selector chooses.
// Spec: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
#ifndef KUBE_SCHEMA_LABEL_SELECTOR_H
#define KUBE_SCHEMA_LABEL_SELECTOR_H

#include "kube/schema/types.h"

// The operators of matchExpressions.
#define LABEL_IN             "In"
#define LABEL_NOT_IN         "NotIn"
#define LABEL_EXISTS         "Exists"
#define LABEL_DOES_NOT_EXIST "DoesNotExist"
#define LABEL_GREATER        "Gt"
#define LABEL_LESS           "Lt"

// Whether the labels fulfil matchLabels and all of matchExpressions; an empty selector chooses everything. An operator that
// Kubernetes does not know is never fulfilled.
bool label_selector_matches(const LabelSelector *selector, const Pairs *labels);

#endif
