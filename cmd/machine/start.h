// cmd/machine/start.h - Pods that run again as they were applied last, for the commands that start them.
#ifndef CMD_MACHINE_START_H
#define CMD_MACHINE_START_H

#include "kube/apply/apply.h"
#include "pkg/cli/command.h"

typedef struct StartAgain {
	bool must_restart;   // what runs is started anew, too
	uint64_t timeout_ms; // 0 = the setting boot_timeout
} StartAgain;

// kube_start, with its notes printed. names: of Pods or of machines.
MUST_CHECK bool pods_start_again(const CommandContext *context, Bus *bus, const Texts *names,
				 const StartAgain *again, ApplyResults *ret, Error *error);

#endif
