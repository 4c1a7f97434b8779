// isolate/app/expand.h - $(NAME) references in texts, by the rules of Kubernetes.
#ifndef ISOLATE_APP_EXPAND_H
#define ISOLATE_APP_EXPAND_H

#include "pkg/base/pairs.h"

// `text` with every $(NAME) replaced by its value in `variables`. "$$" gives "$", so that "$$(NAME)" gives "$(NAME)";
// unknown references, lone "$" and an unclosed "$(" stay as they are; values are not expanded again. Ends early, behind 128 KiB:
// execve(2) refuses a text of that length anyway.
// Rules: k8s.io/kubernetes third_party/forked/golang/expansion.
const char *expand_text(const char *text, const Pairs *variables, Arena *arena);

#endif
