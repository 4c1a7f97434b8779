#include "kube/compile/compile.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"

#define LABEL_MAX        63
#define HASH_DIGITS      8
#define LABEL_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

static bool is_label(const char *name)
{
	return strlen(name) <= LABEL_MAX && text_has_only(name, LABEL_CHARACTERS);
}

const char *compile_machine_name(const char *pod_name, Arena *arena)
{
	if (is_label(pod_name))
		return pod_name;
	// Two Pods may be the same up to the cut, or but for dots: the hash tells them apart.
	const size_t length = strlen(pod_name);
	const char *hash = digest_hex(digest_of_bytes(pod_name, length, arena));
	const size_t room = LABEL_MAX - 1 - HASH_DIGITS;
	char *label = arena_strndup(arena, pod_name, length < room ? length : room);
	for (char *c = label; *c; c++) {
		if (*c == '.')
			*c = '-';
	}
	return arena_printf(arena, "%s-%.*s", label, HASH_DIGITS, hash);
}

static const char *host_name(const Pod *pod, Arena *arena)
{
	if (pod->spec.host_network)
		return "";
	if (pod->spec.hostname)
		return pod->spec.hostname;
	const char *name = pod->metadata.name;
	const size_t length = strlen(name);
	char *cut = arena_strndup(arena, name, length < LABEL_MAX ? length : LABEL_MAX);
	// A cut may end in a dot or dash, which no host name may.
	for (size_t end = strlen(cut); end > 0 && (cut[end - 1] == '.' || cut[end - 1] == '-');
	     end--)
		cut[end - 1] = '\0';
	return cut;
}

static void compile_user_namespace(const Compiler *compiler)
{
	const PodSpec *spec = &compiler->input->pod->spec;
	compiler->plan->has_user_namespace = pod_has_user_namespace(spec);
	if (spec->host_network && !spec->host_users.is_set)
		report_add(compiler->report, SEVERITY_NOTE, origin_of(&spec->origin, "hostNetwork"),
			   "spec.hostNetwork",
			   "no user namespace: root in the containers is root of the host");
}

static void compile_ports(const Compiler *compiler, const Containers *containers)
{
	static const PlanProtocol protocols[] = {
		[PROTOCOL_UNSET] = PLAN_PROTOCOL_TCP,
		[PROTOCOL_TCP] = PLAN_PROTOCOL_TCP,
		[PROTOCOL_UDP] = PLAN_PROTOCOL_UDP,
		[PROTOCOL_SCTP] = PLAN_PROTOCOL_SCTP,
	};
	// With hostNetwork the containers listen on the host themselves.
	if (compiler->plan->network == PLAN_NETWORK_HOST)
		return;
	for (size_t i = 0; i < containers->count; i++) {
		const ContainerPorts *ports = &containers->items[i].ports;
		for (size_t j = 0; j < ports->count; j++) {
			const ContainerPort *port = &ports->items[j];
			if (port->host_port == 0)
				continue;
			PlanPort *planned =
				plan_ports_push(compiler->arena, &compiler->plan->ports);
			planned->protocol = protocols[port->protocol];
			planned->host_ip = port->host_ip ? port->host_ip : "";
			planned->host_port = (uint32_t)port->host_port;
			planned->port = (uint32_t)port->container_port;
		}
	}
}

static void compile_dns(const Compiler *compiler)
{
	const PodSpec *spec = &compiler->input->pod->spec;
	const DnsConfig *config = spec->dns_config;
	MachinePlan *plan = compiler->plan;
	// There is no DNS of a cluster: the other policies are one.
	plan->has_own_dns = spec->dns_policy == DNS_POLICY_NONE;
	if (!config)
		return;
	plan->dns = (Resolver){ .servers = config->nameservers, .searches = config->searches };
	for (size_t i = 0; i < config->options.count; i++) {
		const DnsOption *option = &config->options.items[i];
		const char *value = option->value ? option->value : "";
		resolver_set_option(&plan->dns,
				    arena_printf(compiler->arena, "%s%s%s", option->name,
						 *value ? ":" : "", value),
				    compiler->arena);
	}
}

static void compile_ipc(const Compiler *compiler)
{
	const Pairs *annotations = &compiler->input->pod->metadata.annotations;
	compiler->plan->shares_ipc =
		text_equal(pairs_get_or(annotations, ANNOTATION_IPC, "container"), "pod");
}

static void compile_list(const Compiler *compiler, const Containers *containers,
			 const CompileImage *images, PlanAppKind kind, const char *list)
{
	for (size_t i = 0; i < containers->count; i++) {
		const char *field = arena_printf(compiler->arena, "spec.%s[%zu]", list, i);
		compile_container(compiler, &containers->items[i], &images[i], kind, field);
	}
}

// first: the app of the first container.
static void check_list(const Compiler *compiler, const Containers *containers, size_t first,
		       const char *list)
{
	for (size_t i = 0; i < containers->count; i++) {
		const char *field = arena_printf(compiler->arena, "spec.%s[%zu]", list, i);
		compile_refused(compiler, &containers->items[i],
				&compiler->plan->apps.items[first + i], field);
	}
}

// systemd counts microseconds in 64 bits: 68 years fit, and nobody waits longer.
static uint32_t seconds_of(int64_t seconds)
{
	return seconds > INT32_MAX ? INT32_MAX : (uint32_t)seconds;
}

void compile_pod(const CompileInput *input, Arena *arena, Report *report, MachinePlan *ret)
{
	const PodSpec *spec = &input->pod->spec;
	*ret = (MachinePlan){
		.name = compile_machine_name(input->pod->metadata.name, arena),
		.hostname = host_name(input->pod, arena),
		.machine_id = input->machine_id,
		.root_fs = input->root_fs,
		.slot = input->slot,
		.is_full_boot = input->is_full_boot,
		.network = spec->host_network ? PLAN_NETWORK_HOST : PLAN_NETWORK_POD,
		.grace_seconds = seconds_of(spec->termination_grace_period_seconds.value),
	};
	const Compiler compiler = { input, arena, report, ret };
	compile_user_namespace(&compiler);
	compile_dns(&compiler);
	compile_ipc(&compiler);
	compile_ports(&compiler, &spec->containers);
	compile_volumes(&compiler);
	compile_list(&compiler, &spec->init_containers, input->images, PLAN_APP_INIT,
		     "initContainers");
	compile_list(&compiler, &spec->containers, input->images + spec->init_containers.count,
		     PLAN_APP_MAIN, "containers");
	check_list(&compiler, &spec->init_containers, 0, "initContainers");
	check_list(&compiler, &spec->containers, spec->init_containers.count, "containers");
}
