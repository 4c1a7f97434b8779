// sdme-seccomp - compiles the seccomp programs that are installed beside sdme. Run by `make`, not installed itself.
//   sdme-seccomp machine OUTPUT            the program around a whole machine
//   sdme-seccomp app OUTPUT                the one around every app
//   sdme-seccomp app-plain OUTPUT          the same without set-id bits
//   sdme-seccomp default PROFILE OUTPUT    an OCI profile, for the default capabilities
#include "isolate/app/capability.h"
#include "isolate/app/seccomp.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

enum {
	PROFILE_BYTES_MAX = 1 << 20
};

static bool compile(int count, char **arguments, Buffer *ret, Error *error)
{
	if (count == 3 && text_equal(arguments[1], "machine"))
		return seccomp_compile_machine(ret, error);
	if (count == 3 && text_equal(arguments[1], "app"))
		return seccomp_compile_app(/* makes_plain_files= */ false, ret, error);
	if (count == 3 && text_equal(arguments[1], "app-plain"))
		return seccomp_compile_app(/* makes_plain_files= */ true, ret, error);
	if (count != 4 || !text_equal(arguments[1], "default"))
		return error_set(error, ERROR_USAGE,
				 "sdme-seccomp machine|app|app-plain|default [PROFILE] OUTPUT");

	CLEANUP_ARENA arena = arena_new();
	const char *profile = NULL;
	size_t length = 0;
	return file_read(AT_FDCWD, arguments[2], PROFILE_BYTES_MAX, arena, &profile, &length,
			 error) &&
	       seccomp_compile_profile(profile, length, capability_default, ret, error);
}

int main(int count, char **arguments)
{
	CLEANUP_ERROR error = { 0 };
	CLEANUP_BUFFER program = { 0 };
	if (compile(count, arguments, &program, &error) &&
	    file_replace_volatile(AT_FDCWD, arguments[count - 1], program.data, program.length,
				  0644, &error))
		return 0;
	fprintf(stderr, "Error: %s\n", error.message);
	return error_code_exit_status(error.code);
}
