// pkg/base/clock.h - time that only goes on, whatever becomes of the date: for waits, and for how long something took.
#ifndef PKG_BASE_CLOCK_H
#define PKG_BASE_CLOCK_H

#include <stdint.h>

// Since some moment before this process began.
uint64_t clock_us(void);
uint64_t clock_ms(void);

#endif
