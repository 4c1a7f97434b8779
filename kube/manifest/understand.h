// kube/manifest/understand.h - from objects as they were written to objects that can be acted on.
#ifndef KUBE_MANIFEST_UNDERSTAND_H
#define KUBE_MANIFEST_UNDERSTAND_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"

// Fills in the defaults of all objects of one input (kube/manifest/read.h), and checks each, then all against each other.
// The report, whose arena owns the objects, gets every fault.
void objects_understand(Objects *objects, Report *report);

#endif
