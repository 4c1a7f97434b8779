// pkg/base/banned.h - calls that have no safe use here; force-included before every source file.
// Each has a better one in pkg/base or pkg/sys: text and buffers (text.h), numbers (number.h), processes (process.h).
#ifndef PKG_BASE_BANNED_H
#define PKG_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// clang warns of names that its headers define as macros; gcc builds every commit, too.
#if !defined(__clang__)
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r gets
#pragma GCC poison atoi atol atoll atof sscanf system popen tmpnam mktemp realpath access

#endif

#endif
