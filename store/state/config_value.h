// store/state/config_value.h - one setting between its text, its member in Config and the file. For config.c only.
#ifndef STORE_STATE_CONFIG_VALUE_H
#define STORE_STATE_CONFIG_VALUE_H

#include "pkg/base/toml.h"
#include "store/state/config.h"

// Fails when a character of it is a control character.
MUST_CHECK bool config_check_text(const char *key, const char *text, Error *error);
// Understands `text` and writes it to the key's member. Texts are not copied.
MUST_CHECK bool config_store(Config *config, const ConfigKey *key, const char *text, Error *error);
// The text of a scalar in the file; NULL for what is none.
const char *config_toml_text(const TomlValue *value, Arena *arena);
// The setting as it is written into the file.
const char *config_toml_print(const Config *config, const ConfigKey *key, Arena *arena);

#endif
