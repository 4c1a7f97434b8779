// pkg/cli/message.h - words for people, on stderr: errors and warnings, one per line.
// What comes from files and servers is made safe for the terminal; newlines stay, because reports have several lines.
#ifndef PKG_CLI_MESSAGE_H
#define PKG_CLI_MESSAGE_H

#include "pkg/base/error.h"

#include <stdio.h>

// "Error: pod.yaml:14:7: spec.containers[0].image: Required value". prefix: "Error: ", "error: web: ".
void message_print_error(FILE *stream, const char *prefix, const Error *error);
// prefix and text; a newline is added.
void message_print(FILE *stream, const char *prefix, const char *text);

#endif
