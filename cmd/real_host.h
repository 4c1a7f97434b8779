// cmd/real_host.h - the host that the programs run on, as opposed to the made-up hosts of tests.
// The only place that says where things are on a real system. sdme and sdme-boot must agree on it.
#ifndef CMD_REAL_HOST_H
#define CMD_REAL_HOST_H

#include "pkg/sys/host.h"

// data_dir: an absolute path, clean; not copied. Progress is silent.
Host real_host(const char *data_dir);

#endif
