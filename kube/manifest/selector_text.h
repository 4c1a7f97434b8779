// kube/manifest/selector_text.h - label selectors as one writes them on a command line: "app=web,tier in (front,back),!old".
//     KEY               the label is there        !KEY               it is not
//     KEY=VALUE  ==     it has this value         KEY!=VALUE         it has another one, or is not there
//     KEY in (V,V)      it has one of these       KEY notin (V,V)    it has none of these, or is not there
//     KEY>NUMBER        it is a larger number     KEY<NUMBER         it is a smaller number
// Commas separate what must all hold; blanks between the words do not matter; an empty VALUE is one.
// Spec: apimachinery pkg/labels/selector.go, Parse
#ifndef KUBE_MANIFEST_SELECTOR_TEXT_H
#define KUBE_MANIFEST_SELECTOR_TEXT_H

#include "kube/schema/label_selector.h"
#include "pkg/base/error.h"

// An empty text chooses everything. Fails with ERROR_INVALID, which says where in the text.
MUST_CHECK bool label_selector_parse(const char *text, Arena *arena, LabelSelector *ret,
				     Error *error);

#endif
