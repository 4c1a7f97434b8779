// kube/check/duplicates.h - which texts of a list were there before. Manifests are foreign: no list is searched for each item.
#ifndef KUBE_CHECK_DUPLICATES_H
#define KUBE_CHECK_DUPLICATES_H

#include "pkg/base/vec.h"

// For each text the index of the first equal one: its own when there is none before it. NULL texts equal nothing.
const size_t *duplicates_find(const Texts *texts, Arena *arena);

#endif
