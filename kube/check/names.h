// kube/check/names.h - the grammars of names, with the words that Kubernetes uses for their faults.
// Each function adds one text per fault to *ret_faults, none when the name is good; the texts are constants or live in
// the arena. Spec: apimachinery pkg/util/validation; messages as of v1.36.
#ifndef KUBE_CHECK_NAMES_H
#define KUBE_CHECK_NAMES_H

#include "pkg/base/vec.h"

#include <stdint.h>

// Lower case letters, digits and '-', at most 63: containers, volumes, host names.
void name_check_label(const char *name, Arena *arena, Texts *ret_faults);
// Labels joined by dots, at most 253: Pods, ConfigMaps, Secrets, claims.
void name_check_subdomain(const char *name, Arena *arena, Texts *ret_faults);
// The same with '_', each label may start with one: domains to search.
void name_check_search(const char *name, Arena *arena, Texts *ret_faults);
// [PREFIX/]NAME: keys of labels and annotations, extended resources.
void name_check_qualified(const char *name, Arena *arena, Texts *ret_faults);
// Values of labels.
void name_check_label_value(const char *value, Arena *arena, Texts *ret_faults);
// Keys of ConfigMaps and Secrets.
void name_check_data_key(const char *key, Arena *arena, Texts *ret_faults);
// Names of environment variables: printable ASCII without '=' (the relaxed rule, default since v1.34).
void name_check_env(const char *name, Arena *arena, Texts *ret_faults);
// Names of ports: at most 15, IANA service names.
void name_check_port(const char *name, Arena *arena, Texts *ret_faults);
// IPv4 or IPv6 addresses.
void name_check_ip(const char *address, Arena *arena, Texts *ret_faults);
// 1..65535.
void number_check_port(int64_t port, Arena *arena, Texts *ret_faults);
// User and group ids: 0..2147483647.
void number_check_id(int64_t id, Arena *arena, Texts *ret_faults);

#endif
