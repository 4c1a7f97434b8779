// kube/apply/pull_secrets.h - the Secrets that a Pod names to log in to registries with (spec.imagePullSecrets).
#ifndef KUBE_APPLY_PULL_SECRETS_H
#define KUBE_APPLY_PULL_SECRETS_H

#include "kube/schema/types.h"
#include "pkg/base/report.h"
#include "store/object/secret.h"

// {0} is empty. The texts lie in the Secrets' own memory, which pull_secrets_clear overwrites.
typedef struct PullSecrets {
	StoredSecret *secrets;
	size_t count;
	Texts texts; // docker config.json of each, in the order of the Pod: for PullOptions.auth_texts
} PullSecrets;

void pull_secrets_clear(PullSecrets *secrets);
#define CLEANUP_PULL_SECRETS CLEANUP(pull_secrets_clear) PullSecrets

// Reads them from the store. One that is not there, or is of another type than kubernetes.io/dockerconfigjson and
// kubernetes.io/dockercfg, is a warning in `notes`: as in Kubernetes, the pull is tried without it.
// Fails when the store cannot be read.
MUST_CHECK bool pull_secrets_load(const Host *host, const PodSpec *spec, Arena *arena,
				  Report *notes, PullSecrets *ret, Error *error);

#endif
