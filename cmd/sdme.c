// The program sdme.
#include "cmd/commands.h"
#include "cmd/program.h"
#include "pkg/sys/interrupt.h"

#include <signal.h>

int main(int count, char **arguments)
{
	interrupt_install();
	// A closed pipe is an error of write(2), which flush_output in program.c looks at.
	signal(SIGPIPE, SIG_IGN);

	CLEANUP_ARENA arena = arena_new();
	Texts words = { 0 };
	for (int i = 1; i < count; i++)
		texts_add(arena, &words, arguments[i]);
	return program_run(&command_root, &words, stdout, stderr);
}
