#include "isolate/enter/terminal.h"

#include <errno.h>

bool terminal_open(Terminal *terminal, Error *error)
{
	*terminal = (Terminal){ 0 };
	if (!isatty(STDIN_FILENO))
		return true;
	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return error_set_errno(error, errno, "read the mode of the terminal");
	struct termios raw = terminal->before;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return error_set_errno(error, errno, "set the mode of the terminal");
	terminal->is_raw = true;
	return true;
}

void terminal_close(Terminal *terminal)
{
	if (terminal->is_raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
	terminal->is_raw = false;
}

bool terminal_is_others(void)
{
	const pid_t group = tcgetpgrp(STDIN_FILENO);
	return group >= 0 && group != getpgrp();
}

bool terminal_size(struct winsize *ret)
{
	*ret = (struct winsize){ 0 };
	return ioctl(STDIN_FILENO, TIOCGWINSZ, ret) == 0 ||
	       ioctl(STDOUT_FILENO, TIOCGWINSZ, ret) == 0;
}

void terminal_resize(int master)
{
	struct winsize size;
	if (terminal_size(&size))
		ioctl(master, TIOCSWINSZ, &size);
}
