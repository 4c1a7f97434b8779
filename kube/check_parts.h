// kube/check_parts.h - the pieces of kube/check.h, for kube/check*.c only.
#ifndef KUBE_CHECK_PARTS_H
#define KUBE_CHECK_PARTS_H

#include "kube/field_error.h"
#include "kube/types.h"

// A container and what it is judged by.
typedef struct ContainerCheck {
	const Pod *pod;
	const Container *container;
	const FieldPath *path;
	const Texts *volume_names; // of the Pod
} ContainerCheck;

void check_metadata(const ObjectMeta *metadata, Report *report);
void check_pod(const Pod *pod, Report *report);
void check_container(const ContainerCheck *check, Report *report);
void check_environment(const Container *container, const FieldPath *path, Report *report);
void check_ports(const Container *container, const FieldPath *path, bool host_network,
		 Report *report);
void check_resources(const ResourceRequirements *resources, const FieldPath *path, Report *report);
void check_security(const ContainerCheck *check, Report *report);
void check_pod_security(const PodSecurityContext *context, const FieldPath *path, Report *report);
void check_volumes(const Volumes *volumes, const FieldPath *path, Report *report);
void check_dns(const PodSpec *spec, const FieldPath *parent, Report *report);
void check_config_map(const ConfigMap *config_map, Report *report);
void check_secret(const Secret *secret, Report *report);
void check_claim(const PersistentVolumeClaim *claim, Report *report);

// A path that must stay below something: relative, without "..".
void check_local_path(const char *value, SourcePos where, const FieldPath *path, Report *report);

#endif
