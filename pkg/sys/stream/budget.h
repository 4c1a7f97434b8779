// pkg/sys/stream/budget.h - a bound on the bytes that several sources give together.
// A few bytes decompress to as many as somebody likes. Most of them need not reach a file (they may lie behind the end of an
// archive, or in its headers), and cost time all the same: what is bounded is the stream.
#ifndef PKG_SYS_STREAM_BUDGET_H
#define PKG_SYS_STREAM_BUDGET_H

#include "pkg/sys/stream/source.h"

#include <stdatomic.h>

// Shared by sources in any threads; outlives them.
typedef struct Budget {
	uint64_t max_bytes;
	const char *setting;         // that the bound comes from, for messages
	_Atomic uint64_t used_bytes; // starts at 0
} Budget;

typedef struct BudgetSource {
	Source source;
	Source *from;
	Budget *budget;
	uint64_t spent_bytes;
} BudgetSource;

// Passes on what `from` gives. Fails with ERROR_LIMIT when it is more than the budget has left. budget NULL: no bound.
void budget_source_init(BudgetSource *source, Source *from, Budget *budget);
// Takes back what this source has given: nothing of it was kept. Nobody reads it any more.
void budget_source_give_back(BudgetSource *source);

#endif
