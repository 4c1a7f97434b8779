// store/object/secret_key.h - the host's key, under which the values of Secrets are sealed.
// secrets/.key holds 32 random bytes, made once. On a host that has the key of systemd-creds(1) as well, the sealing key
// is derived from both, so that a copy of DATADIR alone opens nothing. Which of them went in is recorded when the key
// is made and holds from then on.
#ifndef STORE_OBJECT_SECRET_KEY_H
#define STORE_OBJECT_SECRET_KEY_H

#include "pkg/sys/crypto.h"
#include "pkg/sys/host.h"

// The sealing key. Fails with ERROR_SYSTEM when none was made yet, or one of its sources is gone: not with
// ERROR_NOT_FOUND, which says that a Secret is missing and lets optional references pass.
MUST_CHECK bool secret_key_load(const Host *host, CryptoKey *ret_key, Error *error);
// Makes secrets/.key unless there is one. Any number of processes may come first: one key wins.
MUST_CHECK bool secret_key_make(const Host *host, Error *error);

#endif
