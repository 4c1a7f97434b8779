// pkg/sys/text/yaml.h - YAML and JSON texts as trees that know where each value was written.
// Scalars follow YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml): `yes` is a boolean, 0644 is octal, dates are texts.
// Input is foreign: depth, nodes, anchors and aliases are bounded; aliases share their node and count as often as they
// are used. A key that appears twice in one mapping is a fault. Merge keys (<<) are resolved; one that has a key of the
// mapping above it, or of another merge key, is a fault: the specification takes the first, kubectl the last.
// A text is cut into documents at lines that begin with "---", as kubectl does; of each part the first document is read.
// The only file that knows libyaml.
#ifndef PKG_SYS_TEXT_YAML_H
#define PKG_SYS_TEXT_YAML_H

#include "pkg/base/arena.h"
#include "pkg/base/report.h"

#include <stdint.h>

// Bounds for one document; aliases are counted as often as they are used.
#define YAML_DEPTH_MAX   100
#define YAML_NODES_MAX   1000000
#define YAML_ALIASES_MAX 10000
#define YAML_ANCHORS_MAX 1000

typedef enum YamlKind {
	YAML_NULL,
	YAML_BOOL,
	YAML_INTEGER, // fits int64_t
	YAML_FLOAT,   // also integers that are too large
	YAML_TEXT,
	YAML_LIST,
	YAML_MAP,
} YamlKind;

typedef struct YamlNode YamlNode;

typedef struct YamlMember {
	const char *key; // numbers and booleans as JSON writes them; holds no NUL byte
	SourcePos where; // of the key
	const YamlNode *value;
} YamlMember;

VEC_DECLARE(YamlNodes, yaml_nodes, const YamlNode *);
VEC_DECLARE(YamlMembers, yaml_members, YamlMember);

struct YamlNode {
	YamlKind kind;
	SourcePos where;
	const char *text; // scalars: as written, without quotes and escapes; may hold NUL bytes
	size_t length;    // of the text; of maps: the characters that they take in the source
	union {
		bool boolean;
		int64_t integer;
		double real;
		YamlNodes items;
		YamlMembers members; // each key once
	};
};

// All documents of the text, empty ones (nothing but comments) left out. path: for messages, not copied.
// Faults go to the report; a document with one that ends it is left out.
void yaml_read(const char *path, const char *text, size_t length, Arena *arena, Report *report,
	       YamlNodes *ret_documents);

// The value of `key` in a map, or NULL. NULL and other kinds have no members.
const YamlNode *yaml_get(const YamlNode *node, const char *key);
// The member, or NULL.
const YamlMember *yaml_find(const YamlNode *node, const char *key);
// A number as JSON writes it: "420" for 0644, "0.5", "1e+21".
const char *yaml_number_text(const YamlNode *node, Arena *arena);
// "string", "number", "bool", "null", "array", "object": the words of JSON decoders.
const char *yaml_kind_text(YamlKind kind);

#endif
