#include "pkg/sys/acl_guard.h"

#include "pkg/base/base.h"

#include <string.h>

#define BLOCK ((size_t)ACL_GUARD_BLOCK)
// One of so many entries takes the library 0.3 s; the kernel takes 8191.
#define ENTRIES_MAX 8192
// In an archive: 5 to 10 s. Enough for 100000 ACLs of 100 entries.
#define STEPS_MAX (UINT64_C(1) << 30)

// Fields of a header.
#define SIZE          124
#define SIZE_BYTES    12
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
static bool is_header(const unsigned char *block)
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

// Up to where the content reaches that the block announces. Nobody writes such sizes in binary, or negative ones: what
// does may mean anything.
static uint64_t end_of(const AclGuard *self, const unsigned char *block)
{
	const uint64_t begin = self->position + BLOCK;
	const uint64_t size = read_octal(block + SIZE, SIZE_BYTES);
	const bool is_plain = !(block[SIZE] & 0x80) && !memchr(block + SIZE, '-', SIZE_BYTES);
	return is_plain && size < UINT64_MAX - begin ? begin + size : UINT64_MAX;
}

// pax headers, global ones, those of Solaris, and what Solaris has instead: the ACL itself.
static void look_for_header(AclGuard *self, const unsigned char *block)
{
	const unsigned char type = block[TYPE];
	if ((type != 'x' && type != 'g' && type != 'X' && type != 'A') || !is_header(block))
		return;
	const uint64_t end = end_of(self, block);
	self->end = end > self->end ? end : self->end;
	self->has_acl |= type == 'A';
}

static void count_entries(AclGuard *self, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		const unsigned char byte = bytes[i];
		self->entries += byte == ',' || byte == '\n';
		if (self->has_acl)
			continue;
		self->matched =
			byte == (unsigned char)key[self->matched] ? self->matched + 1 : byte == 'S';
		self->has_acl = key[self->matched] == '\0';
	}
}

static uint64_t steps_of(const AclGuard *self)
{
	return self->has_acl ? self->entries * self->entries : 0;
}

static void leave(AclGuard *self)
{
	self->steps += steps_of(self);
	self->entries = 0;
	self->matched = 0;
	self->has_acl = false;
	self->end = 0;
}

static bool check(const AclGuard *self, Error *error)
{
	if (self->has_acl && self->entries > ENTRIES_MAX)
		return error_set(error, ERROR_LIMIT, "an ACL of more than %d entries", ENTRIES_MAX);
	return steps_of(self) <= STEPS_MAX - self->steps ||
	       error_set(error, ERROR_LIMIT, "too many long ACLs");
}

// A whole block: it may be content that was announced, and a header itself.
static bool pass_block(AclGuard *self, const unsigned char *block, Error *error)
{
	look_for_header(self, block);
	if (self->end > self->position) {
		count_entries(self, block, BLOCK);
		if (!check(self, error))
			return false;
	}
	self->position += BLOCK;
	if (self->end > 0 && self->end <= self->position)
		leave(self);
	return true;
}

// What is left over waits for the rest of its block. The library may come to read an ACL that ends in it, of a few entries.
static bool collect(AclGuard *self, const unsigned char *bytes, size_t length, size_t *ret_taken,
		    Error *error)
{
	const size_t room = BLOCK - self->filled;
	*ret_taken = length < room ? length : room;
	memcpy(self->block + self->filled, bytes, *ret_taken);
	self->filled += *ret_taken;
	if (self->filled < BLOCK)
		return true;
	self->filled = 0;
	return pass_block(self, self->block, error);
}

bool acl_guard_pass(AclGuard *guard, const void *bytes, size_t length, Error *error)
{
	const unsigned char *next = bytes;
	while (length > 0) {
		size_t taken = BLOCK;
		if (!(guard->filled == 0 && length >= BLOCK
			      ? pass_block(guard, next, error)
			      : collect(guard, next, length, &taken, error)))
			return false;
		next += taken;
		length -= taken;
	}
	return true;
}

void acl_guard_skip(AclGuard *guard, uint64_t count)
{
	const uint64_t position = guard->position + guard->filled + count;
	memset(guard->block, 0, BLOCK);
	guard->filled = position % BLOCK;
	guard->position = position - guard->filled;
	if (guard->end <= guard->position)
		leave(guard);
}
