#include "cmd/settings_doc.h"

#include "pkg/cli/help.h"
#include "store/state/config.h"

static const char *type_text(ConfigType type)
{
	static const char *const words[] = {
		[CONFIG_BOOL] = "true or false",
		[CONFIG_TEXT] = "text",
		[CONFIG_NUMBER] = "number",
		[CONFIG_SECONDS] = "seconds, or a text like 1m30s",
		[CONFIG_SIZE] = "text like 512M or 2G",
	};
	return words[type];
}

static const char *shown_default(const ConfigKey *key)
{
	return key->default_text[0] ? key->default_text : "empty";
}

void settings_doc_print_man(Buffer *buffer)
{
	buffer_printf(buffer, ".Dd %s\n.Dt SDME.CONF 5\n.Os\n", MAN_DATE);
	buffer_add(buffer, ".Sh NAME\n.Nm sdme.conf\n.Nd settings of sdme\n.Sh DESCRIPTION\n");
	man_add_prose(buffer,
		      "The file holds the settings that differ from the defaults, in TOML: one "
		      "\"key = value\" per line. Unknown keys are ignored with a warning.");
	buffer_add(buffer, ".Pp\nThe settings are as follows:\n.Bl -tag -width Ds\n");
	CLEANUP_ARENA arena = arena_new();
	for (size_t i = 0; i < config_key_count; i++) {
		const ConfigKey *key = &config_keys[i];
		buffer_printf(buffer, ".It Ic %s\n", key->name);
		man_add_prose(buffer, arena_printf(arena, "%s.", key->help));
		man_add_prose(buffer, arena_printf(arena, "Type: %s. Default: %s.",
						   type_text(key->type), shown_default(key)));
	}
	buffer_printf(buffer, ".El\n.Sh FILES\n.Pa %s\n", CONFIG_PATH);
	buffer_add(buffer, ".Sh EXAMPLES\n.Bd -literal -offset indent\n"
			   "boot_timeout = 120   # an old disk\ninteractive = false\n.Ed\n"
			   ".Sh SEE ALSO\n.Xr sdme-config 1\n");
}

void settings_doc_print_markdown(Buffer *buffer)
{
	buffer_printf(buffer,
		      "\n## %s\n\n| Setting | Type | Default | Meaning |\n|---|---|---|---|\n",
		      CONFIG_PATH);
	for (size_t i = 0; i < config_key_count; i++) {
		const ConfigKey *key = &config_keys[i];
		buffer_printf(buffer, "| `%s` | %s | %s | %s |\n", key->name, type_text(key->type),
			      shown_default(key), key->help);
	}
}
