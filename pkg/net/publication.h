// pkg/net/publication.h - who has published which port: entries, their record as text, clashes. Pure.
#ifndef PKG_NET_PUBLICATION_H
#define PKG_NET_PUBLICATION_H

#include "pkg/net/port.h"

// One line of the record.
typedef struct Publication {
	const char *pod;
	Ipv4 pod_address;
	PublishedPort port;
} Publication;

VEC_DECLARE(Publications, publications, Publication);

// Letters, digits, '-', '_' and '.', at most 128: what may stand in the record and in a comment of nftables.
bool publication_is_name(const char *pod);

// The record: a line "web 10.233.0.5 tcp 0.0.0.0 8080 80" per entry.
const char *publications_print(const Publications *publications, Arena *arena);
MUST_CHECK bool publications_parse(const char *text, Arena *arena, Publications *ret, Error *error);
// The entry of another pod than `pod` that clashes with `port`, or NULL.
const Publication *publications_find_clash(const Publications *publications, const char *pod,
					   const PublishedPort *port);
// The entries of all pods but `pod`.
void publications_without(const Publications *publications, const char *pod, Arena *arena,
			  Publications *ret);

#endif
