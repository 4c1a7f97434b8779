// Localhost seccomp profiles: JSON of somebody else that becomes a program for the kernel.
#include "isolate/app/seccomp.h"

#include "isolate/app/capability.h"
#include "isolate/guest/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER program = { 0 };
	if (seccomp_compile_profile((const char *)bytes, length, capability_default, &program,
				    &error) &&
	    (program.length == 0 || program.length % SPEC_FILTER_BYTES != 0))
		abort();
	return 0;
}
