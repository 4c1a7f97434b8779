// pkg/base/pem.h - the blocks of a PEM text, as Go's encoding/pem finds them: what is none is skipped.
// Spec: RFC 1421 and RFC 7468.
#ifndef PKG_BASE_PEM_H
#define PKG_BASE_PEM_H

#include "pkg/base/text.h"

// The type of the next block ("CERTIFICATE"), cut off *text together with all before its end. False when there is none.
MUST_CHECK bool pem_next(Span *text, Span *ret_type);

#endif
