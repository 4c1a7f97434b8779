// cmd/program.h - from the words of the command line to an exit status.
#ifndef CMD_PROGRAM_H
#define CMD_PROGRAM_H

#include "pkg/cli/command.h"

// Understands the words (without the program's name), runs the command, prints what went wrong. Returns the exit
// status: 0, 1, 2 (usage), 130 or 143 (interrupted), or the one of a child.
int program_run(const Command *root, const Texts *words, FILE *output, FILE *messages);

#endif
