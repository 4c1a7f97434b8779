// kube/manifest/node_order.h - which of two values comes first, as kubectl --sort-by has it.
#ifndef KUBE_MANIFEST_NODE_ORDER_H
#define KUBE_MANIFEST_NODE_ORDER_H

#include "pkg/sys/text/yaml.h"

// Texts, numbers and booleans have an order; maps and lists have none.
bool node_has_order(const YamlNode *node);
// Negative when `left` comes first, 0 when neither does. A value that is not there (NULL) comes first. Two texts that are
// quantities are compared as such ("500Mi" before "1Gi"), others with the numbers in them ("web-2" before "web-10").
int node_compare(const YamlNode *left, const YamlNode *right);

#endif
