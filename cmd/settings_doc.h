// cmd/settings_doc.h - sdme.conf(5), made from the table of settings.
#ifndef CMD_SETTINGS_DOC_H
#define CMD_SETTINGS_DOC_H

#include "pkg/base/text.h"

void settings_doc_print_man(Buffer *buffer);
// The section of docs/cli.md.
void settings_doc_print_markdown(Buffer *buffer);

#endif
