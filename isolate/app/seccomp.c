#include "isolate/app/seccomp.h"

#include "isolate/app/capability.h"
#include "pkg/sys/kernel/seccomp.h"
#include "pkg/sys/text/json_read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#if defined(__x86_64__)
#define NATIVE_OCI "SCMP_ARCH_X86_64"
#define NATIVE_GO  "amd64"
#elif defined(__aarch64__)
#define NATIVE_OCI "SCMP_ARCH_AARCH64"
#define NATIVE_GO  "arm64"
#else
#error "which seccomp architecture is this?"
#endif

typedef struct Compiler {
	SeccompFilter *filter;
	uint64_t capabilities;
	Arena *arena;
	int last_call; // the highest number of a native call that the profile names
} Compiler;

// --- words

static const struct {
	const char *text;
	SeccompActionKind kind;
} actions[] = {
	{ "SCMP_ACT_ALLOW", SECCOMP_ALLOW },
	{ "SCMP_ACT_ERRNO", SECCOMP_ERRNO },
	{ "SCMP_ACT_KILL", SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_THREAD", SECCOMP_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_KILL_PROCESS },
	{ "SCMP_ACT_TRAP", SECCOMP_TRAP },
	{ "SCMP_ACT_TRACE", SECCOMP_TRACE },
	{ "SCMP_ACT_LOG", SECCOMP_LOG },
};

static const struct {
	const char *text;
	SeccompComparison comparison;
} operators[] = {
	{ "SCMP_CMP_EQ", SECCOMP_EQUAL },
	{ "SCMP_CMP_NE", SECCOMP_NOT_EQUAL },
	{ "SCMP_CMP_LT", SECCOMP_LESS },
	{ "SCMP_CMP_LE", SECCOMP_LESS_OR_EQUAL },
	{ "SCMP_CMP_GT", SECCOMP_GREATER },
	{ "SCMP_CMP_GE", SECCOMP_GREATER_OR_EQUAL },
	{ "SCMP_CMP_MASKED_EQ", SECCOMP_MASKED_EQUAL },
};

// The action named by the member `key`; its errno or message is the member `value_key`.
static bool read_action(const JsonNode *node, const char *key, const char *value_key,
			SeccompAction *ret, Error *error)
{
	const char *text = json_read_text(node, key, "");
	const int64_t value = json_read_number(node, value_key, EPERM);
	if (value < 0 || value > UINT16_MAX)
		return error_set(error, ERROR_INVALID, "%s: not in 0..65535", value_key);
	for (size_t i = 0; i < COUNT(actions); i++) {
		if (text_equal(actions[i].text, text)) {
			*ret = (SeccompAction){ actions[i].kind, (uint16_t)value };
			return true;
		}
	}
	if (text_equal(text, "SCMP_ACT_NOTIFY"))
		return error_set(error, ERROR_UNSUPPORTED,
				 "%s: 'SCMP_ACT_NOTIFY' needs an agent that decides", key);
	return error_set(error, ERROR_INVALID, "%s: unknown action '%s'", key, text);
}

static bool read_argument(const JsonNode *node, SeccompArgument *ret, Error *error)
{
	const char *text = json_read_text(node, "op", "");
	const int64_t index = json_read_number(node, "index", -1);
	if (index < 0 || index >= SECCOMP_ARGUMENTS_MAX)
		return error_set(error, ERROR_INVALID, "args: index is not in 0..%d",
				 SECCOMP_ARGUMENTS_MAX - 1);
	for (size_t i = 0; i < COUNT(operators); i++) {
		if (!text_equal(operators[i].text, text))
			continue;
		*ret = (SeccompArgument){
			.index = (unsigned)index,
			.comparison = operators[i].comparison,
			.value = (uint64_t)json_read_number(node, "value", 0),
			.value_two = (uint64_t)json_read_number(node, "valueTwo", 0),
		};
		return true;
	}
	return error_set(error, ERROR_INVALID, "args: unknown op '%s'", text);
}

// --- when a rule counts (Docker's "includes" and "excludes")

// Capabilities of a newer kernel than ours are not there.
static bool has_capability(const Compiler *compiler, const char *name)
{
	CLEANUP_ERROR error = { 0 };
	uint64_t set = 0;
	return capability_parse(name, &set, &error) && (compiler->capabilities & set) == set;
}

// "6.18.44-amd64" gives 6018: major and minor number in one.
static uint64_t version_number(const char *text)
{
	uint64_t parts[2] = { 0 };
	for (size_t i = 0; i < COUNT(parts); i++) {
		for (; *text >= '0' && *text <= '9'; text++)
			parts[i] = parts[i] * 10 + (uint64_t)(*text - '0');
		if (*text == '.')
			text++;
	}
	return parts[0] * 1000 + parts[1];
}

// "4.8": the running kernel is not older.
static bool is_kernel_new_enough(const char *wanted)
{
	struct utsname name;
	if (text_is_empty(wanted) || uname(&name) < 0)
		return true;
	return version_number(name.release) >= version_number(wanted);
}

typedef struct Condition {
	Texts architectures;
	Texts capabilities;
	const char *min_kernel;
} Condition;

static bool read_condition(const Compiler *compiler, const JsonNode *rule, const char *key,
			   Condition *ret, Error *error)
{
	const JsonNode *node = json_read_get(rule, key);
	*ret = (Condition){ .min_kernel = json_read_text(node, "minKernel", "") };
	if (!json_read_texts(node, "arches", compiler->arena, &ret->architectures, error) ||
	    !json_read_texts(node, "caps", compiler->arena, &ret->capabilities, error))
		return error_wrap(error, "%s", key);
	return true;
}

static bool is_rule_wanted(const Compiler *compiler, const Condition *includes,
			   const Condition *excludes)
{
	if (includes->architectures.count > 0 &&
	    !texts_contain(&includes->architectures, NATIVE_GO))
		return false;
	if (texts_contain(&excludes->architectures, NATIVE_GO))
		return false;
	for (size_t i = 0; i < includes->capabilities.count; i++) {
		if (!has_capability(compiler, includes->capabilities.items[i]))
			return false;
	}
	for (size_t i = 0; i < excludes->capabilities.count; i++) {
		if (has_capability(compiler, excludes->capabilities.items[i]))
			return false;
	}
	return is_kernel_new_enough(includes->min_kernel);
}

// --- rules

typedef struct Rule {
	Texts names;
	SeccompAction action;
	SeccompArgument arguments[SECCOMP_ARGUMENTS_MAX];
	size_t argument_count;
	bool has_alternatives; // two arguments with one index: one of them must match, not both
} Rule;

static bool read_arguments(const JsonNode *node, Rule *rule, Error *error)
{
	const JsonNode *args = json_read_get(node, "args");
	if (json_read_count(args) > SECCOMP_ARGUMENTS_MAX)
		return error_set(error, ERROR_LIMIT, "more than %d args", SECCOMP_ARGUMENTS_MAX);
	for (size_t i = 0; i < json_read_count(args); i++) {
		SeccompArgument *argument = &rule->arguments[rule->argument_count++];
		if (!read_argument(args->items[i], argument, error))
			return false;
		for (size_t k = 0; k < i; k++)
			rule->has_alternatives |= rule->arguments[k].index == argument->index;
	}
	return true;
}

static bool read_rule(const Compiler *compiler, const JsonNode *node, Rule *ret, Error *error)
{
	if (!json_read_texts(node, "names", compiler->arena, &ret->names, error))
		return false;
	// Docker's first form.
	if (json_read_get(node, "name"))
		texts_add(compiler->arena, &ret->names, json_read_text(node, "name", ""));
	return read_action(node, "action", "errnoRet", &ret->action, error) &&
	       read_arguments(node, ret, error);
}

static bool add_call(Compiler *compiler, const char *call, const Rule *rule, Error *error)
{
	const int number = seccomp_call_number(call);
	if (number > compiler->last_call)
		compiler->last_call = number;
	if (!rule->has_alternatives)
		return seccomp_filter_add_rule(compiler->filter, call, rule->action,
					       rule->arguments, rule->argument_count, error);
	for (size_t i = 0; i < rule->argument_count; i++) {
		if (!seccomp_filter_add_rule(compiler->filter, call, rule->action,
					     &rule->arguments[i], 1, error))
			return false;
	}
	return true;
}

static bool add_rule(Compiler *compiler, const JsonNode *node, Error *error)
{
	Condition includes = { 0 }, excludes = { 0 };
	Rule rule = { 0 };
	if (!read_condition(compiler, node, "includes", &includes, error) ||
	    !read_condition(compiler, node, "excludes", &excludes, error) ||
	    !read_rule(compiler, node, &rule, error))
		return false;
	if (!is_rule_wanted(compiler, &includes, &excludes))
		return true;
	for (size_t i = 0; i < rule.names.count; i++) {
		if (!add_call(compiler, rule.names.items[i], &rule, error))
			return false;
	}
	return true;
}

// --- architectures

static bool add_names(Compiler *compiler, const JsonNode *node, const char *key, Error *error)
{
	Texts names = { 0 };
	if (!json_read_texts(node, key, compiler->arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!seccomp_filter_add_architecture(compiler->filter, names.items[i], error))
			return error_wrap(error, "%s", key);
	}
	return true;
}

// OCI lists architectures; Docker maps each to those that its kernel also runs.
static bool add_architectures(Compiler *compiler, const JsonNode *profile, Error *error)
{
	const JsonNode *map = json_read_get(profile, "archMap");
	for (size_t i = 0; i < json_read_count(map); i++) {
		const char *name = json_read_text(map->items[i], "architecture", "");
		if (text_equal(name, NATIVE_OCI))
			return add_names(compiler, map->items[i], "subArchitectures", error);
	}
	return add_names(compiler, profile, "architectures", error);
}

static bool compile(const JsonNode *profile, uint64_t capabilities, Arena *arena, Buffer *ret,
		    Error *error)
{
	SeccompAction otherwise = { 0 };
	if (!read_action(profile, "defaultAction", "defaultErrnoRet", &otherwise, error))
		return false;
	CLEANUP_SECCOMP_FILTER filter = NULL;
	if (!seccomp_filter_open(otherwise, &filter, error))
		return false;

	Compiler compiler = { filter, capabilities, arena, -1 };
	if (!add_architectures(&compiler, profile, error))
		return false;
	const JsonNode *rules = json_read_get(profile, "syscalls");
	for (size_t i = 0; i < json_read_count(rules); i++) {
		if (!add_rule(&compiler, rules->items[i], error))
			return error_wrap(error, "syscalls[%zu]", i);
	}
	// A deny list allows what it does not know; only an allow list was meant to grow with the kernel.
	const bool is_allow_list = otherwise.kind != SECCOMP_ALLOW && otherwise.kind != SECCOMP_LOG;
	return seccomp_filter_print(filter, is_allow_list ? compiler.last_call : -1, ret, error);
}

bool seccomp_compile_profile(const char *json, size_t length, uint64_t capabilities,
			     Buffer *ret_program, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	const JsonNode *profile = NULL;
	if (!json_read_parse(json, length, arena, &profile, error) ||
	    !compile(profile, capabilities, arena, ret_program, error))
		return error_wrap(error, "seccomp profile");
	return true;
}

// --- the machine

// Calls that reach the kernel as a whole, or that containers have no use for and kernels had holes in. reboot(2) stays:
// it is how a machine ends. Names that an architecture lacks are skipped.
static const SeccompAction denied = { SECCOMP_ERRNO, EPERM };

// clang-format off
static const char *const machine_denied[] = {
	// the kernel itself
	"create_module", "delete_module", "finit_module", "get_kernel_syms", "init_module", "query_module",
	"kexec_file_load", "kexec_load", "bpf", "perf_event_open", "syslog", "uselib", "userfaultfd", "lookup_dcookie",
	"_sysctl", "sysfs", "nfsservctl",
	// rings that take calls past every filter
	"io_uring_enter", "io_uring_register", "io_uring_setup",
	// the host's clocks
	"adjtimex", "clock_adjtime", "clock_adjtime64", "clock_settime", "clock_settime64", "settimeofday", "stime",
	// keys, which no namespace keeps apart
	"add_key", "keyctl", "request_key",
	// the host's disks, memory and devices
	"acct", "quotactl", "quotactl_fd", "swapoff", "swapon", "open_by_handle_at",
	"ioperm", "iopl", "pciconfig_iobase", "pciconfig_read", "pciconfig_write", "vhangup",
	"mbind", "migrate_pages", "move_pages", "kcmp", "vm86", "vm86old",
};
// clang-format on

// A filter that allows what it has no rule for, with the rules above.
static bool open_machine_filter(SeccompFilter **ret, Error *error)
{
	CLEANUP_SECCOMP_FILTER filter = NULL;
	if (!seccomp_filter_open((SeccompAction){ .kind = SECCOMP_ALLOW }, &filter, error) ||
	    !seccomp_filter_add_compatible(filter, error))
		return false;
	for (size_t i = 0; i < COUNT(machine_denied); i++) {
		if (!seccomp_filter_add_rule(filter, machine_denied[i], denied, NULL, 0, error))
			return false;
	}
	*ret = filter;
	filter = NULL;
	return true;
}

bool seccomp_compile_machine(Buffer *ret_program, Error *error)
{
	CLEANUP_SECCOMP_FILTER filter = NULL;
	return (open_machine_filter(&filter, error) &&
		seccomp_filter_print(filter, -1, ret_program, error)) ||
	       error_wrap(error, "seccomp program of a machine");
}

// --- every app

// The newest call that the rules below were made for: set_mempolicy_home_node of Linux 5.17.
#define LAST_CALL_LOOKED_AT 450

// Calls that give a file its mode: the argument, and which flags of another one make it count.
// clang-format off
static const struct {
	const char *call;
	unsigned mode;
	unsigned flags; // 0: it always counts
} mode_calls[] = {
	{ "chmod",    1, 0 }, { "fchmod",  1, 0 }, { "fchmodat", 2, 0 }, { "creat", 1, 0 },
	{ "mknod",    1, 0 }, { "mknodat", 2, 0 },
	{ "open",     2, 1 }, { "openat",  3, 2 },
};
// clang-format on

// One of the bits is in the mode that the call gives, and one of the flags says that it gives one.
static bool deny_mode(SeccompFilter *filter, const char *call, unsigned mode, unsigned flags,
		      Error *error)
{
	static const uint64_t bits[] = { S_ISUID, S_ISGID };
	// O_TMPFILE without the bit of O_DIRECTORY that is part of it.
	static const uint64_t making[] = { O_CREAT, O_TMPFILE & ~O_DIRECTORY };
	for (size_t i = 0; i < COUNT(bits); i++) {
		for (size_t j = 0; j < (flags ? COUNT(making) : 1); j++) {
			const SeccompArgument arguments[] = {
				{ mode, SECCOMP_MASKED_EQUAL, bits[i], bits[i] },
				{ flags, SECCOMP_MASKED_EQUAL, making[j], making[j] },
			};
			if (!seccomp_filter_add_rule(filter, call, denied, arguments, flags ? 2 : 1,
						     error))
				return false;
		}
	}
	return true;
}

static bool deny_set_id(SeccompFilter *filter, Error *error)
{
	for (size_t i = 0; i < COUNT(mode_calls); i++) {
		if (!deny_mode(filter, mode_calls[i].call, mode_calls[i].mode, mode_calls[i].flags,
			       error))
			return false;
	}
	// Its arguments are in memory.
	const SeccompAction absent = { SECCOMP_ERRNO, ENOSYS };
	return seccomp_filter_add_rule(filter, "openat2", absent, NULL, 0, error);
}

static bool deny_execution_domains(SeccompFilter *filter, Error *error)
{
	const SeccompArgument argument = { 0, SECCOMP_NOT_EQUAL, PER_LINUX, 0 };
	return seccomp_filter_add_rule(filter, "personality", denied, &argument, 1, error);
}

bool seccomp_compile_app(bool makes_plain_files, Buffer *ret_program, Error *error)
{
	CLEANUP_SECCOMP_FILTER filter = NULL;
	if (!open_machine_filter(&filter, error) || !deny_execution_domains(filter, error) ||
	    (makes_plain_files && !deny_set_id(filter, error)))
		return error_wrap(error, "seccomp program of an application");
	if (makes_plain_files)
		seccomp_program_begin(ret_program, LAST_CALL_LOOKED_AT);
	return seccomp_filter_print(filter, -1, ret_program, error);
}

bool seccomp_load_program(Span program, Error *error)
{
	return seccomp_filter_load(program, error);
}
