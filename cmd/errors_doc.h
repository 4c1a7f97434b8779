// cmd/errors_doc.h - docs/errors.md, made from the table of errors (pkg/base/error.h).
#ifndef CMD_ERRORS_DOC_H
#define CMD_ERRORS_DOC_H

#include "pkg/base/text.h"

void errors_doc_print_markdown(Buffer *buffer);

#endif
