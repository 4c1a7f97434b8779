// dnsPolicy and dnsConfig.
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/text.h"

#define NAMESERVERS_MAX       3
#define SEARCHES_MAX          32
#define SEARCH_CHARACTERS_MAX 2048

static void check_nameservers(const DnsConfig *config, const FieldPath *parent, Report *report)
{
	const FieldPath *path = FIELD(parent, "nameservers");
	if (config->nameservers.count > NAMESERVERS_MAX)
		field_invalid_list(report, origin_of(&config->origin, "nameservers"), path,
				   &config->nameservers, "must not have more than 3 nameservers");
	for (size_t i = 0; i < config->nameservers.count; i++) {
		const char *address = config->nameservers.items[i];
		Texts faults = { 0 };
		name_check_ip(address, report->arena, &faults);
		field_invalid_all(report, origin_of_item(&config->origin, "nameservers", i),
				  FIELD_AT(path, i), address, &faults);
	}
}

// The root alone is one, and a dot at the end means nothing.
static void check_search(const char *search, SourcePos where, const FieldPath *path, Report *report)
{
	const size_t length = strlen(search);
	if (text_equal(search, "."))
		return;
	if (text_ends_with(search, "."))
		search = arena_strndup(report->arena, search, length - 1);
	Texts faults = { 0 };
	name_check_search(search, report->arena, &faults);
	field_invalid_all(report, where, path, search, &faults);
}

static void check_searches(const DnsConfig *config, const FieldPath *parent, Report *report)
{
	const FieldPath *path = FIELD(parent, "searches");
	const SourcePos where = origin_of(&config->origin, "searches");
	const Texts *searches = &config->searches;
	if (searches->count > SEARCHES_MAX)
		field_invalid_list(report, where, path, searches,
				   "must not have more than 32 search paths");
	if (strlen(texts_join(searches, " ", report->arena)) > SEARCH_CHARACTERS_MAX)
		field_invalid_list(report, where, path, searches,
				   "must not have more than 2048 characters (including spaces) in "
				   "the search list");
	for (size_t i = 0; i < searches->count; i++)
		check_search(searches->items[i], origin_of_item(&config->origin, "searches", i),
			     FIELD_AT(path, i), report);
}

static void check_options(const DnsConfig *config, const FieldPath *parent, Report *report)
{
	for (size_t i = 0; i < config->options.count; i++) {
		const DnsOption *option = &config->options.items[i];
		if (text_is_empty(option->name))
			field_required(report, option->origin.where,
				       FIELD_AT(FIELD(parent, "options"), i), "must not be empty");
	}
}

static bool has_servers(const PodSpec *spec, const FieldPath *path, Report *report)
{
	if (spec->dns_policy != DNS_POLICY_NONE)
		return true;
	if (!spec->dns_config) {
		field_required(report, origin_of(&spec->origin, "dnsPolicy"), path,
			       "must provide `dnsConfig` when `dnsPolicy` is None");
		return false;
	}
	if (spec->dns_config->nameservers.count == 0) {
		field_required(report, origin_of(&spec->dns_config->origin, "nameservers"),
			       FIELD(path, "nameservers"),
			       "must provide at least one DNS nameserver when `dnsPolicy` is None");
		return false;
	}
	return true;
}

void check_dns(const PodSpec *spec, const FieldPath *parent, Report *report)
{
	const FieldPath *path = FIELD(parent, "dnsConfig");
	if (!has_servers(spec, path, report) || !spec->dns_config)
		return;
	check_nameservers(spec->dns_config, path, report);
	check_searches(spec->dns_config, path, report);
	check_options(spec->dns_config, path, report);
}
