// One container: command, environment, who it runs as, and what it may do.
#include "kube/compile/compile.h"

#include "isolate/app/capability.h"
#include "isolate/boot/nspawn.h"
#include "isolate/machine/filter.h"
#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/base/signal.h"
#include "pkg/base/text.h"
#include "pkg/oci/config.h"

#include <linux/capability.h>

// --- command and environment

// An image's own words are not expanded, but $$ stands for $ wherever words are: so each $ is doubled.
static const char *escape_dollars(const char *text, Arena *arena)
{
	CLEANUP_BUFFER escaped = { 0 };
	for (const char *c = text; *c; c++)
		buffer_add(&escaped, *c == '$' ? "$$" : (const char[]){ *c, '\0' });
	return buffer_take(&escaped, arena);
}

static void add_verbatim(Arena *arena, Texts *arguments, const Texts *words)
{
	for (size_t i = 0; i < words->count; i++)
		texts_add(arena, arguments, escape_dollars(words->items[i], arena));
}

static void add_words(Arena *arena, Texts *arguments, const Texts *words)
{
	for (size_t i = 0; i < words->count; i++)
		texts_add(arena, arguments, words->items[i]);
}

// command replaces ENTRYPOINT and drops CMD; args replaces CMD.
static void compile_arguments(const Compiler *compiler, const Container *container,
			      const ImageConfig *config, const char *field, PlanApp *app)
{
	Arena *arena = compiler->arena;
	if (container->command.count > 0)
		add_words(arena, &app->arguments, &container->command);
	else
		add_verbatim(arena, &app->arguments, &config->entrypoint);
	if (container->args.count > 0)
		add_words(arena, &app->arguments, &container->args);
	else if (container->command.count == 0)
		add_verbatim(arena, &app->arguments, &config->command);
	if (app->arguments.count == 0)
		report_add(compiler->report, SEVERITY_ERROR, container->origin.where, field,
			   "no command specified: neither the manifest nor the image '%s' has one",
			   container->image);
}

static PlanEnvironment *add_environment(const Compiler *compiler, PlanApp *app,
					PlanEnvironmentKind kind, const char *name)
{
	PlanEnvironment *entry = plan_environments_push(compiler->arena, &app->environment);
	*entry = (PlanEnvironment){
		.kind = kind, .name = name, .value = "", .object = "", .key = ""
	};
	return entry;
}

static void compile_image_environment(const Compiler *compiler, const ImageConfig *config,
				      PlanApp *app)
{
	for (size_t i = 0; i < config->environment.count; i++) {
		const char *line = config->environment.items[i];
		const char *equals = strchr(line, '=');
		if (!equals || equals == line)
			continue;
		const char *name = arena_strndup(compiler->arena, line, (size_t)(equals - line));
		add_environment(compiler, app, PLAN_ENVIRONMENT_VALUE, name)->value = equals + 1;
	}
}

static bool is_true(OptionalBool value)
{
	return value.is_set && value.value;
}

static void compile_env_from(const Compiler *compiler, const EnvFromSource *source, PlanApp *app)
{
	const ObjectReference *reference =
		source->config_map_ref ? source->config_map_ref : source->secret_ref;
	if (!reference)
		return;
	PlanEnvironment *entry = add_environment(
		compiler, app,
		source->config_map_ref ? PLAN_ENVIRONMENT_CONFIG_MAP : PLAN_ENVIRONMENT_SECRET,
		source->prefix ? source->prefix : "");
	entry->object = reference->name;
	entry->is_optional = is_true(reference->optional);
}

static void compile_env(const Compiler *compiler, const EnvVar *variable, PlanApp *app)
{
	const EnvVarSource *source = variable->value_from;
	if (!source) {
		PlanEnvironment *entry =
			add_environment(compiler, app, PLAN_ENVIRONMENT_VALUE, variable->name);
		entry->value = variable->value ? variable->value : "";
		entry->is_expandable = true;
		return;
	}
	const KeySelector *selector =
		source->config_map_key_ref ? source->config_map_key_ref : source->secret_key_ref;
	if (!selector)
		return;
	PlanEnvironment *entry =
		add_environment(compiler, app,
				source->config_map_key_ref ? PLAN_ENVIRONMENT_CONFIG_MAP_KEY
							   : PLAN_ENVIRONMENT_SECRET_KEY,
				variable->name);
	entry->object = selector->name;
	entry->key = selector->key;
	entry->is_optional = is_true(selector->optional);
}

static void compile_environment(const Compiler *compiler, const Container *container,
				const ImageConfig *config, PlanApp *app)
{
	compile_image_environment(compiler, config, app);
	for (size_t i = 0; i < container->env_from.count; i++)
		compile_env_from(compiler, &container->env_from.items[i], app);
	for (size_t i = 0; i < container->env.count; i++)
		compile_env(compiler, &container->env.items[i], app);
}

// --- who it runs as and what it may do

static const SecurityContext no_context;
static const PodSecurityContext no_pod_context;

static const SecurityContext *context_of(const Container *container)
{
	return container->security_context ? container->security_context : &no_context;
}

static const PodSecurityContext *pod_context_of(const Compiler *compiler)
{
	const PodSecurityContext *context = compiler->input->pod->spec.security_context;
	return context ? context : &no_pod_context;
}

static int64_t id_of(OptionalInt64 own, OptionalInt64 pods)
{
	if (own.is_set)
		return own.value;
	return pods.is_set ? pods.value : PLAN_ID_UNSET;
}

// runAsNonRoot as the kubelet verifies it before the container starts, with its words.
static const char *root_problem(const PlanIdentity *identity, Arena *arena)
{
	if (identity->uid == 0)
		return "container's runAsUser breaks non-root policy";
	if (identity->uid != PLAN_ID_UNSET)
		return NULL;
	const size_t length = strcspn(identity->image_user, ":");
	const char *user = arena_strndup(arena, identity->image_user, length);
	if (text_is_empty(user) || (text_has_only(user, "0")))
		return "container has runAsNonRoot and image will run as root";
	if (!text_has_only(user, "0123456789"))
		return arena_printf(
			arena,
			"container has runAsNonRoot and image has non-numeric user (%s), "
			"cannot verify user is non-root",
			user);
	return NULL;
}

static bool is_beyond_namespace(const char *id)
{
	uint32_t unused = 0;
	CLEANUP_ERROR error = { 0 };
	return *id && text_has_only(id, "0123456789") &&
	       !number_parse_u32(id, "id", MACHINE_ID_COUNT - 1, &unused, &error);
}

// What kube/check/here.c says of ids in the manifest. Names are looked up when the Pod starts.
static void check_image_user(const Compiler *compiler, const Container *container,
			     const PlanIdentity *identity, const char *field)
{
	if (!compiler->plan->has_user_namespace || identity->uid != PLAN_ID_UNSET)
		return;
	const size_t length = strcspn(identity->image_user, ":");
	const char *user = arena_strndup(compiler->arena, identity->image_user, length);
	const char *group = identity->image_user + length + (identity->image_user[length] ? 1 : 0);
	if (is_beyond_namespace(user) ||
	    (identity->gid == PLAN_ID_UNSET && is_beyond_namespace(group)))
		report_add(
			compiler->report, SEVERITY_ERROR, origin_of(&container->origin, "image"),
			arena_printf(compiler->arena, "%s.image", field),
			"Forbidden: not supported by sdme: the image's user %s is not among the ids "
			"0 to 65535 of the Pod's user namespace; set spec.hostUsers: true",
			identity->image_user);
}

static void compile_identity(const Compiler *compiler, const Container *container,
			     const ImageConfig *config, const char *field, PlanApp *app)
{
	const SecurityContext *own = context_of(container);
	const PodSecurityContext *pods = pod_context_of(compiler);
	PlanIdentity *identity = &app->identity;
	identity->uid = id_of(own->run_as_user, pods->run_as_user);
	identity->gid = id_of(own->run_as_group, pods->run_as_group);
	identity->image_user = config->user;
	identity->must_not_be_root = own->run_as_non_root.is_set ? own->run_as_non_root.value
								 : is_true(pods->run_as_non_root);
	for (size_t i = 0; i < pods->supplemental_groups.count; i++)
		texts_add(compiler->arena, &identity->groups,
			  arena_printf(compiler->arena, "%lld",
				       (long long)pods->supplemental_groups.items[i]));

	check_image_user(compiler, container, identity, field);
	const char *problem =
		identity->must_not_be_root ? root_problem(identity, compiler->arena) : NULL;
	if (problem)
		report_add(compiler->report, SEVERITY_ERROR, container->origin.where, field, "%s",
			   problem);
}

// What a capability gives over the host when its ids are the host's, and no other wall is left to stop.
static const char *power_over_host(const Compiler *compiler, uint64_t capabilities)
{
	if (capabilities & CAPABILITY_BIT(CAP_SYS_ADMIN))
		return "CAP_SYS_ADMIN with the host's user ids makes root of this container root of "
		       "the host: it can mount the kernel's settings";
	if ((capabilities & CAPABILITY_BIT(CAP_NET_ADMIN)) == 0)
		return NULL;
	// The kernel lets who has it there through a veth pair to the namespace of the other end.
	return compiler->plan->network == PLAN_NETWORK_HOST
		       ? "CAP_NET_ADMIN in the host's network changes its addresses, routes and rules"
		       : "with hostUsers: true CAP_NET_ADMIN reaches the network links of all Pods";
}

// In a user namespace these reach the machine's own resources only; a pod's network belongs to the host.
static const char *power_in_machine(const Compiler *compiler, uint64_t added)
{
	if (added == 0)
		return NULL;
	Texts names = { 0 };
	capability_print(added, compiler->arena, &names);
	return arena_printf(
		compiler->arena,
		"%s hold inside the Pod's user namespace, not over the host's devices and "
		"the Pod's network; hostUsers: true gives them there",
		texts_join(&names, ", ", compiler->arena));
}

static void note_capabilities(const Compiler *compiler, const Container *container,
			      const char *field, uint64_t capabilities)
{
	const char *note = compiler->plan->has_user_namespace
				   ? power_in_machine(compiler, capabilities & ~capability_default)
				   : power_over_host(compiler, capabilities);
	if (note)
		report_add(compiler->report, SEVERITY_NOTE,
			   container->security_context->origin.where,
			   arena_printf(compiler->arena, "%s.securityContext.capabilities", field),
			   "%s", note);
}

static void compile_capabilities(const Compiler *compiler, const Container *container,
				 const char *field, PlanApp *app)
{
	const Texts none = { 0 };
	const Capabilities *wanted = context_of(container)->capabilities;
	CLEANUP_ERROR error = { 0 };
	app->capabilities = capability_default;
	if (!wanted)
		return;
	if (!capability_resolve(capability_default, wanted->add.count > 0 ? &wanted->add : &none,
				wanted->drop.count > 0 ? &wanted->drop : &none, &app->capabilities,
				&error))
		report_add(compiler->report, SEVERITY_ERROR, wanted->origin.where,
			   arena_printf(compiler->arena, "%s.securityContext.capabilities", field),
			   "%s", error.message);
	note_capabilities(compiler, container, field, app->capabilities);
}

static void compile_seccomp(const Compiler *compiler, const Container *container, PlanApp *app)
{
	const SeccompProfile *own = context_of(container)->seccomp_profile;
	const SeccompProfile *profile = own ? own : pod_context_of(compiler)->seccomp_profile;
	// A program for more capabilities than usual is compiled with the generation: kube/apply/prepare.c.
	const bool is_usual = (app->capabilities & ~capability_default) == 0;
	app->seccomp = is_usual ? PLAN_SECCOMP_DEFAULT : PLAN_SECCOMP_COMPILED;
	if (profile && profile->type == SECCOMP_TYPE_UNCONFINED)
		app->seccomp = PLAN_SECCOMP_UNCONFINED;
	if (profile && profile->type == SECCOMP_TYPE_LOCALHOST) {
		app->seccomp = PLAN_SECCOMP_COMPILED;
		app->seccomp_profile = profile->localhost_profile;
	}
}

static void compile_security(const Compiler *compiler, const Container *container,
			     const ImageConfig *config, const char *field, PlanApp *app)
{
	const SecurityContext *own = context_of(container);
	compile_identity(compiler, container, config, field, app);
	compile_capabilities(compiler, container, field, app);
	compile_seccomp(compiler, container, app);
	app->may_escalate = is_true(own->allow_privilege_escalation);
	app->is_root_read_only = is_true(own->read_only_root_filesystem);
}

// --- the whole container

static PlanRestart restart_of(RestartPolicy policy)
{
	switch (policy) {
	case RESTART_POLICY_ON_FAILURE:
		return PLAN_RESTART_ON_FAILURE;
	case RESTART_POLICY_NEVER:
		return PLAN_RESTART_NEVER;
	case RESTART_POLICY_UNSET:
	case RESTART_POLICY_ALWAYS:
		break;
	}
	return PLAN_RESTART_ALWAYS;
}

static void compile_stop_signal(const Compiler *compiler, const Container *container,
				const ImageConfig *config, const char *field, PlanApp *app)
{
	app->stop_signal = "SIGTERM";
	if (text_is_empty(config->stop_signal))
		return;
	const char *name = signal_canonical_name(config->stop_signal, compiler->arena);
	if (name)
		app->stop_signal = name;
	else
		report_add(compiler->report, SEVERITY_ERROR, origin_of(&container->origin, "image"),
			   arena_printf(compiler->arena, "%s.image", field),
			   "the image's STOPSIGNAL '%s' is no signal", config->stop_signal);
}

static const char *directory_of(const Container *container, const ImageConfig *config, Arena *arena)
{
	const char *directory = !text_is_empty(container->working_dir) ? container->working_dir
								       : config->working_directory;
	return path_clean(arena, path_join(arena, "/", directory));
}

void compile_container(const Compiler *compiler, const Container *container,
		       const CompileImage *image, PlanAppKind kind, const char *field)
{
	PlanApp *app = plan_apps_push(compiler->arena, &compiler->plan->apps);
	app->name = container->name;
	app->kind = kind;
	app->image = container->image;
	app->image_id = image->id;
	app->layers = image->layers;
	app->restart = restart_of(compiler->input->pod->spec.restart_policy);
	app->working_directory = directory_of(container, image->config, compiler->arena);
	app->has_stdin = container->has_stdin;
	app->has_terminal = container->has_terminal;
	compile_arguments(compiler, container, image->config, field, app);
	compile_environment(compiler, container, image->config, app);
	compile_security(compiler, container, image->config, field, app);
	compile_mounts(compiler, container, app);
	compile_image_volumes(compiler, container, image->config, field, app);
	compile_stop_signal(compiler, container, image->config, field, app);
	compile_resources(compiler, container, app);
}

void compile_refused(const Compiler *compiler, const Container *container, const PlanApp *app,
		     const char *field)
{
	const Texts none = { 0 };
	const Capabilities *wanted = context_of(container)->capabilities;
	const uint64_t refused = app->capabilities & ~filter_capabilities(compiler->plan, app);
	uint64_t added = 0;
	CLEANUP_ERROR known = { 0 }; // compile_capabilities reported it
	if (!wanted || !capability_resolve(0, &wanted->add, &none, &added, &known) ||
	    (added & refused) == 0)
		return;
	report_add(
		compiler->report, SEVERITY_NOTE, container->security_context->origin.where,
		arena_printf(compiler->arena, "%s.securityContext.capabilities", field),
		"CAP_SETFCAP is not given, as the Pod writes to a hostPath, where users of the "
		"host could use what it gives to files; allowPrivilegeEscalation: true gives it");
}
