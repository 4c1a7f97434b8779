// cmd/kube/log_output.h - logs on standard output.
#ifndef CMD_KUBE_LOG_OUTPUT_H
#define CMD_KUBE_LOG_OUTPUT_H

#include "pkg/base/base.h"

#include <stdio.h>

// An AppLogOutput; context: a FILE. Each piece is out when this returns.
bool log_output_write(const char *bytes, size_t length, void *context);

#endif
