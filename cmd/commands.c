#include "cmd/commands.h"

#include "pkg/cli/command_line.h"

static const Command *const config_commands[] = {
	&command_config_get,
	&command_config_set,
	&command_config_completions,
	NULL,
};

static const Command command_config = {
	.name = "config",
	.summary = "Show and change the settings",
	.description =
		"The settings are kept in /etc/sdme.conf, which holds only what differs from the "
		"defaults. sdme.conf(5) describes each of them.",
	.examples = "sdme config get\n"
		    "sdme config set boot_timeout 120\n",
	.subcommands = config_commands,
};

static const Command *const kube_commands[] = {
	&command_kube_apply,   &command_kube_create, &command_kube_delete, &command_kube_get,
	&command_kube_rollout, &command_kube_logs,   &command_kube_exec,   &command_kube_validate,
	&command_kube_explain, &command_secret,      &command_configmap,   NULL,
};

static const Command command_kube = {
	.name = "kube",
	.summary = "Run Kubernetes manifests",
	.description =
		"Pods, ConfigMaps, Secrets and PersistentVolumeClaims of Kubernetes v1, read from the manifests "
		"that you have. Each Pod becomes one machine, each of its containers one service in it. Words, "
		"columns and options are kubectl's. `sdme kube explain` says for every field what sdme does "
		"with it.",
	.examples = "sdme kube validate -f web.yaml\n"
		    "sdme kube apply -f web.yaml\n"
		    "sdme kube get pods\n",
	.subcommands = kube_commands,
};

static const Command *const commands[] = {
	&command_kube,
	&command_ps,
	&command_start,
	&command_stop,
	&command_rm,
	&command_exec,
	&command_logs,
	&command_enable,
	&command_disable,
	&command_image,
	&command_fs,
	&command_secret,
	&command_configmap,
	&command_config,
	&command_complete,
	&command_docs,
	NULL,
};

const Command command_root = {
	.name = "sdme",
	.summary = "Kubernetes pods and whole systems as systemd-nspawn machines",
	.description =
		"sdme turns Kubernetes manifests into systemd-nspawn machines: one machine per Pod, one "
		"service per container, supervised by the systemd that is there already. No daemon of its "
		"own stays behind; systemctl, journalctl and machinectl keep working on what it made.\n"
		"\n"
		"Results go to standard output, words to standard error. Names of machines may be "
		"shortened as long as they stay unique, but those that end one ask first; commands and options "
		"may not.",
	.examples = "# what can be done, and how\n"
		    "sdme help\n"
		    "sdme help config set\n",
	.options = global_options,
	.option_count = GLOBAL_OPTION_COUNT,
	.options_size = sizeof(GlobalOptions),
	.subcommands = commands,
};
