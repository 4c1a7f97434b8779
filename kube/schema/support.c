// docs/support.md: the schema as a document.
#include "kube/schema/explain.h"

#include "kube/schema/kinds.h"

#include <string.h>

static const char introduction[] =
	"# Which fields are supported\n"
	"\n"
	"Made from the table that the decoder uses (`sdme kube explain FIELD` prints the same); Kubernetes v1.36.\n"
	"\n"
	"- **honoured**: does what Kubernetes says.\n"
	"- **noted**: checked as Kubernetes does and kept with the object; has no effect on one host, and `apply` says so.\n"
	"- **refused**: an error, because to drop it silently would change what the Pod means.\n"
	"- **stripped**: written by the API server; dropped, so that the output of `kubectl get` can be applied.\n"
	"\n"
	"Fields below a noted, refused or stripped one share its level and are not listed. A field that is not listed here is\n"
	"unknown, which is an error as well. Values in the last column pass at any level, because they change nothing.\n"
	"\n";

static const char differences[] =
	"## Where sdme differs from Kubernetes on purpose\n"
	"\n"
	"| Field | Kubernetes | sdme |\n"
	"|---|---|---|\n"
	"| `hostUsers` | the host's user ids unless `false` | a user namespace unless `true` or `hostNetwork` |\n"
	"| `allowPrivilegeEscalation` | allowed unless `false` | no_new_privs unless `true` |\n"
	"| ipc namespace | one for the Pod | one for each container, unless the annotation `sdme.io/ipc: pod` |\n"
	"| unknown capabilities, image names, user 0 against `runAsNonRoot` | found when the container starts | an error of the manifest |\n"
	"| a relative `hostPath`; `mountPath` of `/` or with `..` | found when the container starts | an error of the manifest |\n"
	"| `emptyDir.medium` of other words than `Memory` | found when the container starts | an error of the manifest |\n"
	"| `localhostProfile: \"\"` with type `Localhost` | found when the container starts | an error of the manifest |\n"
	"| `items` of a volume, one path at or below another | a warning; below a file the Pod does not start | an error of the manifest |\n"
	"| `configMap.name`, `secretName`, `claimName` that no object can have; names in `envFrom` that end in `-` | waits for the object | an error of the manifest |\n"
	"| `hostIP` that is no address | goes to the container runtime as it is | an error of the manifest |\n"
	"| user and group ids above 65535 | the host's ids | an error of the manifest, or of the image, unless `hostUsers: true` |\n"
	"| mounts below `/proc` and `/sys`, and at what each container has in `/dev` (`/dev/null`, `/dev/pts`) | mounted | an error of the manifest |\n"
	"| an IPv6 `hostIP` of a `hostPort` | published | an error of the manifest: pods have IPv4 only |\n"
	"| `dnsPolicy: ClusterFirst` | the DNS of the cluster | the host's name servers |\n"
	"| `readOnly` mounts of a `hostPath` with other file systems mounted below | those stay writable | those are read-only, too |\n"
	"| a volume above a VOLUME of the image | an empty one of the image's is on top | what is in the volume is seen |\n"
	"| links in a `hostPath` | followed at each start | followed by `apply`, and at each start below `/dev` alone; not where a Pod can write, nor to what is not its owner's |\n"
	"| a `hostPath` in a user namespace, with something mounted below that cannot be id-mapped (proc, nfs) | shown with wrong owners | an error that names it; `hostUsers: true` |\n"
	"| a mountPath that links of the image lead into `/dev`, `/proc` or `/sys` | into `/proc` refused | the Pod does not start |\n"
	"| `hostPath` without a type, where nothing is | left to the runtime: an empty directory | an empty directory, with a note; below `/dev`, `/proc` and `/sys` an error |\n"
	"| `hostPath` of `type: CharDevice` or `BlockDevice` | opens in privileged containers | opens in the containers that mount it; below `/dev`, its path of letters, digits and `/._:+@=,-` |\n"
	"| a mapping with a `<<` first and the key below it | kubectl takes the key, the server refuses both | the key |\n"
	"| mappings and lists nested deeper than 100 levels | up to 10000 | an error |\n"
	"| NUL characters in texts | passed on | an error; ConfigMaps and Secrets take them as base64 |\n"
	"| `metadata.generateName` without a name | the server completes it | an error |\n"
	"| what `status` holds | checked, then dropped | dropped |\n"
	"| fields of kinds that are skipped | checked | skipped with the object |\n"
	"| a certificate and a key for TLS that cannot be read, or do not belong together | a warning | a warning when they are no PEM |\n"
	"| a document that is no object, or without `kind` or `apiVersion` | the error repeats the document | the error says what is missing |\n"
	"| a value of a wrong type, in a document that says Secret | the error may quote it | the error never quotes it |\n"
	"| `allowPrivilegeEscalation: false` against `privileged` or `CAP_SYS_ADMIN` | the error repeats the security context | the error names the value |\n"
	"| what follows from a fault told already: mounts of a faulty volume, requests made from faulty limits | told as well | not told |\n";

// "a|b" would end the cell.
static void add_cell(const char *text, Buffer *buffer)
{
	for (; *text; text++) {
		if (*text == '|')
			buffer_add(buffer, "\\");
		buffer_add_char(buffer, *text);
	}
}

static void print_row(const char *path, const SchemaField *field, Arena *arena, Buffer *buffer)
{
	buffer_printf(buffer, "| `%s` | %s | %s | ", path, schema_form_text(field, arena),
		      support_level_text(field->level));
	add_cell(field->mapping ? field->mapping : field->help, buffer);
	buffer_add(buffer, " | ");
	if (field->level != SUPPORT_HONOURED && !text_is_empty(field->harmless))
		buffer_printf(buffer, "`%s`", field->harmless);
	buffer_add(buffer, " |\n");
}

// The recursion is bounded by the depth of the types.
static void print_rows(const SchemaType *type, const char *parent, Arena *arena, Buffer *buffer)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const SchemaField *field = &type->fields[i];
		const char *suffix = field->form.shape == SHAPE_LIST ? "[]" : "";
		const char *path = arena_printf(arena, "%s%s%s%s", parent, *parent ? "." : "",
						field->name, suffix);
		print_row(path, field, arena, buffer);
		// Init containers have the fields of containers.
		const bool is_known = text_equal(field->name, "initContainers");
		if (field->form.kind == FIELD_STRUCT && field->level == SUPPORT_HONOURED &&
		    !is_known)
			print_rows(field->form.type, path, arena, buffer);
	}
}

void support_print(Buffer *buffer)
{
	CLEANUP_ARENA arena = arena_new();
	buffer_add(buffer, introduction);
	buffer_add(buffer, differences);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const Kind *kind = &kinds[i];
		buffer_printf(buffer,
			      "\n## %s (%s)\n\n%s\n\n| Field | Type | Level | How, or why not | "
			      "Passes |\n|---|---|---|---|---|\n",
			      kind->names.kind, kind->names.api_version, kind->type->help);
		print_rows(kind->type, "", arena, buffer);
	}
}
