// Requests and limits, as weights, quotas and bounds of control groups.
#include "kube/compile/compile.h"

// cgroup v2, as the kubelet fills it: pkg/kubelet/cm/helpers_linux.go, pkg/kubelet/qos/policy.go.
#define CPU_PERIOD_US    100000
#define CPU_QUOTA_MIN_US 1000
#define CPU_SHARES_MIN   2
#define CPU_SHARES_MAX   262144
// More than any host has; what is calculated from it fits 64 bits.
#define CPU_MILLI_MAX INT64_C(1000000000)

#define OOM_SCORE_GUARANTEED  (-997)
#define OOM_SCORE_BEST_EFFORT 1000
#define OOM_SCORE_LEAST       3

// What the containers of a Pod ask for together.
typedef struct Demand {
	bool has_any;       // some CPU or memory: the class is not BestEffort
	bool is_guaranteed; // every container has limits of both, and requests as large
	bool has_cpu;       // a request for CPU: the containers are weighed against each other
} Demand;

static bool is_positive(const Quantity *quantity)
{
	return quantity && !quantity->is_negative && !quantity_is_zero(quantity);
}

static void add_demand(const Containers *containers, const char *resource, Demand *demand)
{
	for (size_t i = 0; i < containers->count; i++) {
		const ResourceRequirements *resources = &containers->items[i].resources;
		const Quantity *limit = resource_list_get(&resources->limits, resource);
		const Quantity *request = resource_list_get(&resources->requests, resource);
		if (is_positive(limit) || is_positive(request))
			demand->has_any = true;
		if (!is_positive(limit) || !request || quantity_compare(limit, request) != 0)
			demand->is_guaranteed = false;
	}
}

static bool has_cpu_request(const Containers *containers)
{
	for (size_t i = 0; i < containers->count; i++) {
		if (is_positive(resource_list_get(&containers->items[i].resources.requests, "cpu")))
			return true;
	}
	return false;
}

static Demand demand_of(const PodSpec *spec)
{
	Demand demand = { .is_guaranteed = true };
	add_demand(&spec->init_containers, "cpu", &demand);
	add_demand(&spec->init_containers, "memory", &demand);
	add_demand(&spec->containers, "cpu", &demand);
	add_demand(&spec->containers, "memory", &demand);
	demand.has_cpu =
		has_cpu_request(&spec->init_containers) || has_cpu_request(&spec->containers);
	return demand;
}

// 0 for NULL.
static uint64_t milli_of(const Quantity *quantity)
{
	const int64_t milli = quantity ? quantity_milli(quantity) : 0;
	return (uint64_t)(milli > CPU_MILLI_MAX ? CPU_MILLI_MAX : milli);
}

static uint64_t weight_of(uint64_t milli)
{
	uint64_t shares = milli * 1024 / 1000;
	if (shares < CPU_SHARES_MIN)
		shares = CPU_SHARES_MIN;
	if (shares > CPU_SHARES_MAX)
		shares = CPU_SHARES_MAX;
	return 1 + (shares - 2) * 9999 / 262142;
}

static uint64_t quota_of(uint64_t milli)
{
	const uint64_t quota = milli * (CPU_PERIOD_US / 1000);
	return quota < CPU_QUOTA_MIN_US ? CPU_QUOTA_MIN_US : quota;
}

// Who dies first when the host's memory runs out: who asks for nothing, then who asks for little.
static int64_t oom_score_of(const Demand *demand, uint64_t requested, uint64_t memory_bytes)
{
	if (!demand->has_any)
		return OOM_SCORE_BEST_EFFORT;
	if (demand->is_guaranteed)
		return OOM_SCORE_GUARANTEED;
	if (requested == 0 || memory_bytes == 0)
		return OOM_SCORE_BEST_EFFORT - 1;
	if (requested >= memory_bytes)
		return OOM_SCORE_LEAST;
	const int64_t score = 1000 - (int64_t)(requested * 1000 / memory_bytes);
	if (score < OOM_SCORE_LEAST)
		return OOM_SCORE_LEAST;
	return score < OOM_SCORE_BEST_EFFORT ? score : OOM_SCORE_BEST_EFFORT - 1;
}

void compile_resources(const Compiler *compiler, const Container *container, PlanApp *app)
{
	const ResourceRequirements *resources = &container->resources;
	const Demand demand = demand_of(&compiler->input->pod->spec);
	const Quantity *cpu_limit = resource_list_get(&resources->limits, "cpu");
	const Quantity *memory_limit = resource_list_get(&resources->limits, "memory");
	const Quantity *memory_request = resource_list_get(&resources->requests, "memory");
	PlanLimits *limits = &app->limits;
	if (is_positive(cpu_limit))
		limits->cpu_quota_us = quota_of(milli_of(cpu_limit));
	// systemd's default would be more than that of one who asks for a whole CPU.
	if (demand.has_cpu)
		limits->cpu_weight =
			weight_of(milli_of(resource_list_get(&resources->requests, "cpu")));
	if (memory_limit)
		limits->memory_max = (uint64_t)quantity_units(memory_limit);
	if (memory_request)
		limits->memory_low = (uint64_t)quantity_units(memory_request);
	limits->oom_score_adjust =
		oom_score_of(&demand, limits->memory_low, compiler->input->memory_bytes);
}
