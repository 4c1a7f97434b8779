// isolate/guest/app/outlet.h - our stdout, a stream that journald reads at its own pace.
// What it has not read yet waits in the socket, thousands of lines of it; a service that ends leaves them behind.
// journald is a single thread: it keeps all lines that it took before it takes more.
#ifndef ISOLATE_GUEST_APP_OUTLET_H
#define ISOLATE_GUEST_APP_OUTLET_H

#include "isolate/guest/base/system.h"

// Bounds what may wait in the socket.
void outlet_open(void);
// Waits until more can be written. False when the reader has taken nothing for a long time.
bool outlet_wait_for_room(void);
// Waits until the reader has kept all whole lines that were written. False when it is gone, or has taken nothing for a
// long time: then some may be lost.
bool outlet_settle(void);

#endif
