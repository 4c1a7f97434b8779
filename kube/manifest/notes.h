// kube/manifest/notes.h - a thousand Pods with the same field without effect need one note.
#ifndef KUBE_MANIFEST_NOTES_H
#define KUBE_MANIFEST_NOTES_H

#include "pkg/base/report.h"

// Of warnings and notes that say the same of the same field ("spec.containers[0].tty" and "spec.containers[7].tty") keeps
// the first, and adds how many there are. Errors stay as they are.
void notes_fold(Report *report);

#endif
