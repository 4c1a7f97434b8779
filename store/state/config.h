// store/state/config.h - the settings in /etc/sdme.conf.
// One table of keys (config_keys) gives reading, `sdme config get` and `set`, defaults, checks and documentation. The
// file is TOML; it holds only what differs from the default.
#ifndef STORE_STATE_CONFIG_H
#define STORE_STATE_CONFIG_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

#define CONFIG_PATH "/etc/sdme.conf"

// Every setting with its value. Texts are never NULL; "" = not set.
typedef struct Config {
	bool interactive;
	const char *datadir;
	uint64_t boot_timeout_ms;
	uint64_t stop_timeout_graceful_ms;
	uint64_t stop_timeout_terminate_ms;
	uint64_t stop_timeout_kill_ms;
	const char *default_base_fs;       // "" = the built-in base
	const char *default_kube_registry; // for image names without a registry
	const char *default_output_format; // "", "table", "json", "json-pretty"
	uint64_t http_timeout_ms;          // until a server answers
	uint64_t http_body_timeout_ms;     // each mebibyte of a body
	uint64_t max_download_size_bytes;
	uint64_t max_image_size_bytes;         // of one image, decompressed
	const char *network_subnet;            // "10.233.0.0/16"
	uint64_t tasks_max;                    // per machine
	bool image_verity;                     // seal the files of images with fs-verity
	bool strict_limits;                    // refuse limits that the kernel cannot enforce
	uint64_t container_log_max_size_bytes; // of a file
	uint64_t container_log_max_files;      // per container
} Config;

typedef enum ConfigType {
	CONFIG_BOOL, // yes, no (true, false in the file)
	CONFIG_TEXT,
	CONFIG_NUMBER,
	CONFIG_SECONDS, // a number of seconds, or 1m30s
	CONFIG_SIZE,    // 512M, 50G
} ConfigType;

typedef struct ConfigKey {
	const char *name;
	ConfigType type;
	size_t offset; // in Config
	const char *default_text;
	const char *help;
	uint64_t min, max;        // numbers and sizes: the range; max 0 = any
	const char *const *words; // texts: the ones allowed, NULL-terminated; NULL = any
	// texts: a further check; may be NULL
	bool (*check)(const char *key, const char *text, Error *error);
} ConfigKey;

extern const ConfigKey config_keys[];
extern const size_t config_key_count;

// Whether the text can be the setting datadir, or another path in its place; `key` names it in the error.
MUST_CHECK bool config_check_directory(const char *key, const char *text, Error *error);

// All settings at their defaults.
Config config_default(void);
// The key of that name. Fails with ERROR_NOT_FOUND and the nearest name.
MUST_CHECK bool config_find_key(const char *name, const ConfigKey **ret, Error *error);

// The defaults, overridden by the file. A file that does not exist is fine. Keys that we do not know are left alone;
// one line about each is added to *ret_warnings.
MUST_CHECK bool config_load(const char *path, Arena *arena, Config *ret, Texts *ret_warnings,
			    Error *error);

// The value as `config get` prints it and `config set` takes it.
const char *config_value(const Config *config, const ConfigKey *key, Arena *arena);

// Writes one setting into the file, leaving all other lines as they are. A value equal to the default removes the line;
// *ret_is_default tells. Fails with ERROR_INVALID for a value that does not fit the key.
MUST_CHECK bool config_save_value(const char *path, const ConfigKey *key, const char *value,
				  bool *ret_is_default, Error *error);

#endif
