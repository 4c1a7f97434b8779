#include "pkg/sys/stream/acl_guard.h"

#include "pkg/base/base.h"

#define BLOCK ((size_t)512)
// One of so many entries takes the library 0.3 s; the kernel takes 8191.
#define ENTRIES_MAX 8192
// In an archive: 5 to 10 s. Enough for 100000 ACLs of 100 entries.
#define STEPS_MAX (UINT64_C(1) << 30)

// Fields of a header.
#define CHECKSUM      148
#define CHECKSUM_SIZE 8
#define TYPE          156

// Of the keys of pax records with ACLs, "SCHILY.acl.access" and others. Only its first letter is an S.
static const char key[] = "SCHILY.acl.";

// The number at the start of the field, as the library reads it.
static uint64_t read_octal(const unsigned char *field, size_t size)
{
	uint64_t number = 0;
	size_t i = 0;
	while (i < size && (field[i] == ' ' || field[i] == '\t'))
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		number = number << 3 | (field[i] & 7U);
	return number;
}

// Signed characters are what some old programs summed up.
static bool has_checksum(const unsigned char *block)
{
	const uint64_t wanted = read_octal(block + CHECKSUM, CHECKSUM_SIZE);
	int64_t sum = 0, signed_sum = 0;
	for (size_t i = 0; i < BLOCK; i++) {
		const bool is_checksum = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_SIZE;
		const int byte = is_checksum ? ' ' : block[i];
		sum += byte;
		signed_sum += byte < 128 ? byte : byte - 256;
	}
	return (int64_t)wanted == sum || (int64_t)wanted == signed_sum;
}

// What Solaris has instead of pax records: the ACL is the content of a header of its own.
static bool has_solaris_acl(const unsigned char *header, size_t length, size_t from)
{
	for (size_t at = from - from % BLOCK; at + BLOCK <= length; at += BLOCK) {
		if (header[at + TYPE] == 'A' && has_checksum(header + at))
			return true;
	}
	return false;
}

static void count_entries(AclGuard *self, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char byte = bytes[i];
		self->entries += self->has_acl && (byte == ',' || byte == '\n');
		if (self->has_acl)
			continue;
		self->matched =
			byte == (unsigned char)key[self->matched] ? self->matched + 1 : byte == 'S';
		self->has_acl = key[self->matched] == '\0';
	}
}

void acl_guard_begin(AclGuard *guard)
{
	*guard = (AclGuard){ .steps = guard->steps + guard->entries * guard->entries };
}

bool acl_guard_pass(AclGuard *guard, const void *header, size_t length, Error *error)
{
	const unsigned char *bytes = header;
	guard->has_acl |= has_solaris_acl(bytes, length, guard->seen);
	count_entries(guard, bytes + guard->seen, length - guard->seen);
	guard->seen = length;
	if (guard->entries > ENTRIES_MAX)
		return error_set(error, ERROR_LIMIT, "an ACL of more than %d entries", ENTRIES_MAX);
	return guard->entries * guard->entries <= STEPS_MAX - guard->steps ||
	       error_set(error, ERROR_LIMIT, "too many long ACLs");
}
