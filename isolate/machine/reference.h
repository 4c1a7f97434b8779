// isolate/machine/reference.h - what a plan names and does not hold: ConfigMaps and Secrets, their keys, claims, paths of the host.
// It is looked up twice, and each time here: before an old version is stopped for the plan, without values, and by each
// start. What is missing is told in the same words, the kubelet's: "configmap \"x\" not found", "couldn't find key k in
// ConfigMap default/x", "references non-existent config key: k", "hostPath type check failed: /x is not a directory".
#ifndef ISOLATE_MACHINE_REFERENCE_H
#define ISOLATE_MACHINE_REFERENCE_H

#include "isolate/plan/plan.h"
#include "pkg/sys/host.h"
#include "store/object/kube_volume.h"
#include "store/object/secret.h"

// The object that was looked up; a Secret's values lie in `secret` and nowhere else.
typedef struct Referent {
	const StoredData *data; // NULL: there is none, and there need not be
	StoredObject object;    // of a ConfigMap
	StoredSecret secret;
} Referent;

void referent_clear(Referent *referent);
#define CLEANUP_REFERENT CLEANUP(referent_clear) Referent

// The variables that an entry of the environment stands for which is no plain value: their names and values. The values are
// the referent's.
MUST_CHECK bool reference_variables(const Host *host, const PlanEnvironment *entry, Arena *arena,
				    Referent *referent, StoredData *variables, Error *error);
// What the files of a volume of a ConfigMap or Secret are; their contents are the referent's.
MUST_CHECK bool reference_files(const Host *host, const PlanVolume *volume, Arena *arena,
				Referent *referent, VolumeFiles *files, Error *error);
// The directory of a volume of a claim, which is made when there is no such claim.
MUST_CHECK bool reference_claim(const Host *host, const PlanVolume *volume, Arena *arena,
				const char **ret_path, Error *error);

// Whether a start would find all that the apps' environments refer to. Fails: "container 'web': …".
MUST_CHECK bool reference_check_environments(const Host *host, const MachinePlan *plan,
					     Arena *arena, Error *error);
// The same of a volume of the plan, whose paths are settled. ret_is_made: a start makes its path of the host.
// Fails: "volume 'data': …".
MUST_CHECK bool reference_check_volume(const Host *host, const MachinePlan *plan,
				       const PlanVolume *volume, Arena *arena, bool *ret_is_made,
				       Error *error);

#endif
