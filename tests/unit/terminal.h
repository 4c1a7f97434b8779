// tests/unit/terminal.h - what a terminal shows of a text with escape sequences.
#ifndef TESTS_UNIT_TERMINAL_H
#define TESTS_UNIT_TERMINAL_H

#include "pkg/base/arena.h"

// All lines from the first, those that went out at the top as well, without blanks at their ends. Knows what sdme writes:
// \r, \n, CSI A, CSI J and CSI 2 K; CJK characters take two columns. Anything else is shown as it is.
const char *terminal_show(const char *text, unsigned columns, unsigned rows, Arena *arena);

#endif
