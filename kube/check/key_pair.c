// Secrets for TLS: what Go's tls.X509KeyPair says of their PEM texts, before it looks into certificates and keys.
#include "kube/check/parts.h"
#include "pkg/base/pem.h"

#define CERTIFICATE "CERTIFICATE"
#define PRIVATE_KEY "PRIVATE KEY"

// The blocks of one input up to the one that is wanted.
typedef struct Blocks {
	bool is_found;
	Texts skipped; // types
} Blocks;

static bool is_certificate(const char *type)
{
	return text_equal(type, CERTIFICATE);
}

static bool is_private_key(const char *type)
{
	return text_equal(type, PRIVATE_KEY) || text_ends_with(type, " " PRIVATE_KEY);
}

static Blocks find_block(const DataItem *item, bool (*is_wanted)(const char *type), Arena *arena)
{
	Blocks blocks = { 0 };
	Span rest = { item->bytes, item->length };
	Span span = { 0 };
	while (!blocks.is_found && pem_next(&rest, &span)) {
		const char *type = arena_strndup(arena, span.ptr, span.len);
		blocks.is_found = is_wanted(type);
		if (!blocks.is_found)
			texts_add(arena, &blocks.skipped, type);
	}
	return blocks;
}

static const char *types_text(const Texts *types, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < types->count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? " " : "", types->items[i]);
	return buffer_take(&text, arena);
}

// NULL: there is a certificate.
static const char *certificate_fault(const DataItem *item, Arena *arena)
{
	const Blocks blocks = find_block(item, is_certificate, arena);
	const Texts *skipped = &blocks.skipped;
	if (blocks.is_found)
		return NULL;
	if (skipped->count == 0)
		return "failed to find any PEM data in certificate input";
	if (skipped->count == 1 && text_ends_with(skipped->items[0], PRIVATE_KEY))
		return "failed to find certificate PEM data in certificate input, but did find a "
		       "private key; PEM inputs may have been switched";
	return arena_printf(arena,
			    "failed to find \"" CERTIFICATE
			    "\" PEM block in certificate input after skipping PEM blocks of the "
			    "following types: [%s]",
			    types_text(skipped, arena));
}

// NULL: there is a key.
static const char *key_fault(const DataItem *item, Arena *arena)
{
	const Blocks blocks = find_block(item, is_private_key, arena);
	const Texts *skipped = &blocks.skipped;
	if (blocks.is_found)
		return NULL;
	if (skipped->count == 0)
		return "failed to find any PEM data in key input";
	if (skipped->count == 1 && is_certificate(skipped->items[0]))
		return "found a certificate rather than a key in the PEM for the private key";
	return arena_printf(
		arena,
		"failed to find PEM block with type ending in \"" PRIVATE_KEY
		"\" in key input after skipping PEM blocks of the following types: [%s]",
		types_text(skipped, arena));
}

// Kubernetes gives the warning no field.
void warn_key_pair(const Secret *secret, Report *report)
{
	const DataItem *certificate = data_items_get(&secret->data, "tls.crt");
	const DataItem *key = data_items_get(&secret->data, "tls.key");
	if (!certificate || !key)
		return;
	const char *fault = certificate_fault(certificate, report->arena);
	const SourcePos where = fault ? certificate->where : key->where;
	if (!fault)
		fault = key_fault(key, report->arena);
	if (fault)
		report_add(report, SEVERITY_WARNING, where, "", "tls: %s", fault);
}
