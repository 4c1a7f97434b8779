#include "cmd/kube/log_output.h"

bool log_output_write(const char *bytes, size_t length, void *context)
{
	FILE *output = context;
	return fwrite(bytes, 1, length, output) == length && fflush(output) == 0;
}
