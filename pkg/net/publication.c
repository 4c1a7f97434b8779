#include "pkg/net/publication.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

// Words of a line of the record.
#define FIELD_COUNT 6

bool publication_is_name(const char *pod)
{
	return !text_is_empty(pod) && strlen(pod) <= 128 &&
	       text_has_only(pod, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_.");
}

const char *publications_print(const Publications *publications, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < publications->count; i++) {
		const Publication *entry = &publications->items[i];
		buffer_printf(&text, "%s %s %s %s %u %u\n", entry->pod,
			      ipv4_print(entry->pod_address, arena),
			      port_protocol_to_word(entry->port.protocol),
			      ipv4_print(entry->port.host_address, arena), entry->port.host_port,
			      entry->port.pod_port);
	}
	return buffer_take(&text, arena);
}

// The words of `line`, separated by single blanks. False when there are not exactly FIELD_COUNT, none of them empty.
static bool split(const char *line, const char *end, Arena *arena, const char *fields[FIELD_COUNT])
{
	size_t count = 0;
	while (line < end) {
		const char *blank = memchr(line, ' ', (size_t)(end - line));
		const char *stop = blank ? blank : end;
		if (count == FIELD_COUNT || stop == line)
			return false;
		fields[count++] = arena_strndup(arena, line, (size_t)(stop - line));
		line = blank ? blank + 1 : end;
	}
	return count == FIELD_COUNT;
}

static bool parse_number(const char *text, const char *what, uint16_t *ret, Error *error)
{
	int64_t number = 0;
	if (!number_parse_i64(text, what, 1, UINT16_MAX, &number, error))
		return false;
	*ret = (uint16_t)number;
	return true;
}

static bool parse_line(const char *line, const char *end, Arena *arena, Publication *ret,
		       Error *error)
{
	const char *fields[FIELD_COUNT];
	if (!split(line, end, arena, fields))
		return error_set(error, ERROR_INVALID, "a line does not have %d words",
				 FIELD_COUNT);
	if (!publication_is_name(fields[0]))
		return error_set(error, ERROR_INVALID, "'%s' is not the name of a pod", fields[0]);
	ret->pod = fields[0];
	return ipv4_parse(fields[1], "pod address", &ret->pod_address, error) &&
	       port_protocol_from_word(fields[2], &ret->port.protocol, error) &&
	       ipv4_parse(fields[3], "host address", &ret->port.host_address, error) &&
	       parse_number(fields[4], "host port", &ret->port.host_port, error) &&
	       parse_number(fields[5], "pod port", &ret->port.pod_port, error);
}

bool publications_parse(const char *text, Arena *arena, Publications *ret, Error *error)
{
	Publications publications = { 0 };
	while (*text) {
		const char *end = text + strcspn(text, "\n");
		if (!parse_line(text, end, arena, publications_push(arena, &publications), error))
			return false;
		text = *end ? end + 1 : end;
	}
	*ret = publications;
	return true;
}

const Publication *publications_find_clash(const Publications *publications, const char *pod,
					   const PublishedPort *port)
{
	for (size_t i = 0; i < publications->count; i++) {
		const Publication *entry = &publications->items[i];
		if (!text_equal(entry->pod, pod) && port_clashes(&entry->port, port))
			return entry;
	}
	return NULL;
}

void publications_without(const Publications *publications, const char *pod, Arena *arena,
			  Publications *ret)
{
	Publications others = { 0 };
	for (size_t i = 0; i < publications->count; i++) {
		if (!text_equal(publications->items[i].pod, pod))
			*publications_push(arena, &others) = publications->items[i];
	}
	*ret = others;
}
