// kube/status/status.h - how a Pod is: the plan of its machine and the records of its containers, as v1.PodStatus.
// Records are files that sdme-isolate keeps on the host's tmpfs: nothing is asked of the machine, so the status of a
// hundred Pods costs a few hundred small reads, and the last one can still be read when the machine has stopped.
#ifndef KUBE_STATUS_STATUS_H
#define KUBE_STATUS_STATUS_H

#include "isolate/app/record.h"
#include "isolate/machine/ending.h"
#include "isolate/machine/machine.h"
#include "pkg/net/address.h"

typedef enum PodPhase {
	POD_PENDING,
	POD_RUNNING,
	POD_SUCCEEDED,
	POD_FAILED,
} PodPhase;

// "Pending" …
const char *pod_phase_to_text(PodPhase phase);

typedef struct ContainerStatus {
	const PlanApp *app;
	bool has_record; // it was started at least once since the machine was
	AppRecord record;
	bool is_ready; // running (init: done)
} ContainerStatus;
VEC_DECLARE(ContainerStatuses, container_statuses, ContainerStatus);

typedef struct PodStatus {
	const char *name; // of the machine
	const Pairs *record;
	MachineStatus machine;
	MachinePlan plan;
	const char *generation; // the name of the current one, which the plan is of
	ContainerStatuses init_containers;
	ContainerStatuses containers;
	Ending ending;
	PodPhase phase;
	const char *
		reason; // kubectl's STATUS column: "Running", "Init:0/2", "CrashLoopBackOff", "Completed" …
	const char
		*message; // more about a reason that is the machine's and not a container's; NULL
	uint32_t ready_count;
	uint32_t restart_count;
	int64_t started_us;      // when the machine was last started; 0 = not since the host was
	int64_t last_restart_us; // 0 = none
	Ipv4 address;            // 0 = that of the host, or the Pod does not run
	const char *
		problem; // its files cannot be understood, and only name, record and machine are known; or NULL
} PodStatus;
VEC_DECLARE(PodStatuses, pod_statuses, PodStatus);

// The status of one machine that is a Pod. Everything lives in the arena.
MUST_CHECK bool pod_status_load(const Host *host, const Config *config, const MachineInfo *machine,
				Arena *arena, PodStatus *ret, Error *error);
// Reads the records of the containers again. One that cannot be understood counts as absent.
void pod_status_read_records(const Host *host, Arena *arena, PodStatus *status);
// All Pods, sorted by name. One that is damaged does not hide the others: see PodStatus.problem. `bus` is the system bus.
MUST_CHECK bool pod_status_list(const Host *host, const Config *config, Bus *bus, Arena *arena,
				PodStatuses *ret, Error *error);

// Phase, reason and counts from machine and containers: pure.
void pod_status_derive(PodStatus *status, Arena *arena);
// What a container waits for that was not started yet, as the kubelet says it.
const char *pod_status_waiting_reason(const PodStatus *status);
// The first container, init containers first, that ended with a failure or waits after one; NULL when all is well.
const ContainerStatus *pod_status_find_failure(const PodStatus *status);
// Between two instances, of which the newest has ended and is the one before, too, as Kubernetes sees it.
bool container_is_backing_off(const ContainerStatus *container);
// May the last lines of its log be missing (AppEnd.has_partial_log)? Of the instance that logs show, or of the one before.
bool container_has_partial_log(const ContainerStatus *container, bool is_previous);
// Its program never ran: there is none, or it may not be run.
bool container_status_has_start_error(const ContainerStatus *container);
// "container 'app' exited with status 1", "container 'app' could not be started: exec 'x': No such file or directory".
const char *container_status_explain(const ContainerStatus *container, Arena *arena);
// Each container that keeps the Pod from being up, and what it waits for: "init container 'wait' has been running for 5s;
// container 'app' waits for init container 'wait'". now_us: since 1970.
const char *pod_status_explain_late(const PodStatus *status, int64_t now_us, Arena *arena);
// Sets the error of a start that was waited for so long: ERROR_TIMEOUT with those words. False.
bool pod_status_fail_late(const Host *host, const Config *config, const MachineInfo *machine,
			  uint64_t timeout_ms, Arena *arena, Error *error);

// image.c. Whether the store has another image under a name than the one that a container has: a tag that was
// pulled again, or given to another image. The Pod gets it at the next apply, start or `kube rollout restart`.
bool pod_status_has_moved_image(const Host *host, const Config *config, const PodStatus *status);

// The status member of the Pod as JSON (v1.PodStatus).
void pod_status_print(const PodStatus *status, Buffer *json);
// "5m3s", as kubectl's AGE; "<invalid>" for what lies ahead.
const char *age_print(int64_t seconds, Arena *arena);

#endif
