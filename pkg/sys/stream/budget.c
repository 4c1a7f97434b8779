#include "pkg/sys/stream/budget.h"

static bool spend(Budget *budget, uint64_t bytes, Error *error)
{
	if (!budget)
		return true;
	// Blocks are small: the sum cannot overflow before every thread has failed.
	const uint64_t before = atomic_fetch_add(&budget->used_bytes, bytes);
	return before + bytes <= budget->max_bytes ||
	       error_set(error, ERROR_LIMIT,
			 "unpacked, it has more than the %ju bytes allowed (%s)",
			 (uintmax_t)budget->max_bytes, budget->setting);
}

static bool budget_read(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	BudgetSource *self = (BudgetSource *)source;
	if (!source_read(self->from, ret_block, ret_length, error))
		return false;
	self->spent_bytes += *ret_length;
	return spend(self->budget, *ret_length, error);
}

void budget_source_init(BudgetSource *source, Source *from, Budget *budget)
{
	*source = (BudgetSource){ .source.read = budget_read, .from = from, .budget = budget };
}

void budget_source_give_back(BudgetSource *source)
{
	if (source->budget)
		atomic_fetch_sub(&source->budget->used_bytes, source->spent_bytes);
	source->spent_bytes = 0;
}
