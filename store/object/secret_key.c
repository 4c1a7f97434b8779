#include "store/object/secret_key.h"

#include "pkg/base/base64.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>

#define KEY_FILE             ".key"
#define SECRET_BYTES         32
#define CREDENTIAL_BYTES_MAX 8192
#define PURPOSE              "sdme secrets 1"

// What the sealing key is derived from.
#define SOURCES_FILE             "file"
#define SOURCES_FILE_AND_SYSTEMD "file+systemd"

static bool has_credential(const Host *host)
{
	return host->credential_path && file_exists(AT_FDCWD, host->credential_path);
}

// Gives the staged key its name unless another process was first.
static bool link_once(int secrets, const char *staged, Error *error)
{
	const bool is_linked = linkat(secrets, staged, secrets, KEY_FILE, 0) == 0;
	const int os_errno = errno;
	unlinkat(secrets, staged, 0);
	if (!is_linked && os_errno != EEXIST)
		return error_set_errno(error, os_errno, "make the key");
	if (fsync(secrets) < 0)
		return error_set_errno(error, errno, "sync the directory of the key");
	return true;
}

static bool make_in(const Host *host, int secrets, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	uint8_t secret[SECRET_BYTES];
	const char *staged = NULL;
	if (!crypto_random(secret, sizeof(secret), error) ||
	    !staging_name("key", scratch, &staged, error))
		return false;

	CLEANUP_BUFFER text = { 0 };
	base64_encode(&text, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	Pairs record = { 0 };
	pairs_set(scratch, &record, "SOURCES",
		  has_credential(host) ? SOURCES_FILE_AND_SYSTEMD : SOURCES_FILE);
	pairs_set(scratch, &record, "KEY", buffer_text(&text));
	return record_save(secrets, staged, &record, 0600, error) &&
	       link_once(secrets, staged, error);
}

static bool read_credential(const Host *host, Arena *arena, Span *ret, Error *error)
{
	if (!has_credential(host))
		return error_set(
			error, ERROR_SYSTEM,
			"the secrets were sealed with the help of systemd's '%s', which is gone: "
			"restore it, or remove '%s/secrets' and create the secrets again",
			host->credential_path ? host->credential_path : "credential.secret",
			host->data_dir);
	size_t length = 0;
	const char *text = NULL;
	if (!file_read(AT_FDCWD, host->credential_path, CREDENTIAL_BYTES_MAX, arena, &text, &length,
		       error))
		return false;
	*ret = (Span){ text, length };
	return true;
}

static bool derive(const Host *host, const Pairs *record, Arena *arena, CryptoKey *ret_key,
		   Error *error)
{
	CLEANUP_BUFFER secret = { 0 };
	const char *text = pairs_get_or(record, "KEY", "");
	const char *sources = pairs_get_or(record, "SOURCES", "");
	const bool needs_credential = text_equal(sources, SOURCES_FILE_AND_SYSTEMD);
	if (!base64_decode(&secret, text, strlen(text), error))
		return false;
	if (secret.length != SECRET_BYTES ||
	    (!needs_credential && !text_equal(sources, SOURCES_FILE)))
		return error_set(error, ERROR_INVALID, "it is not one that this version made");

	Span materials[2] = { { secret.data, secret.length }, { 0 } };
	const bool is_derived =
		(!needs_credential || read_credential(host, arena, &materials[1], error)) &&
		crypto_derive_key(materials, needs_credential ? 2 : 1, PURPOSE, ret_key, error);
	explicit_bzero(secret.data, secret.length);
	return is_derived;
}

bool secret_key_load(const Host *host, CryptoKey *ret_key, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD secrets = -1;
	Pairs record = { 0 };
	if (!layout_open(host, LAYOUT_SECRETS, &secrets, error))
		return false;
	if (!file_exists(secrets, KEY_FILE))
		return error_set(error, ERROR_SYSTEM,
				 "the key of the secrets, '%s/secrets/%s', is gone", host->data_dir,
				 KEY_FILE);
	if (!record_load(secrets, KEY_FILE, scratch, &record, error) ||
	    !derive(host, &record, scratch, ret_key, error))
		return error_wrap(error, "use the key of the secrets");
	return true;
}

bool secret_key_make(const Host *host, Error *error)
{
	CLEANUP_FD secrets = -1;
	if (!layout_open(host, LAYOUT_SECRETS, &secrets, error))
		return false;
	if (!file_exists(secrets, KEY_FILE) && !make_in(host, secrets, error))
		return error_wrap(error, "make the key of the secrets");
	return true;
}
