#include "pkg/oci/layer/tar_header.h"

#include <assert.h>
#include <string.h>

// Offset and length of the fields; the others are empty.
enum {
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	TIME = 136,
	CHECKSUM = 148,
	TYPE = 156,
	MAGIC = 257,
};

// Eleven octal digits.
#define OCTAL_MAX 077777777777u

static void put_octal(unsigned char *field, int digits, uint64_t value)
{
	field[digits] = '\0';
	for (int i = digits - 1; i >= 0; i--, value >>= 3)
		field[i] = (unsigned char)('0' + (value & 7));
}

// A set first bit, and the number in base 256.
static void put_large(unsigned char *field, uint64_t value)
{
	memset(field, 0, 12);
	field[0] = 0x80;
	for (int i = 11; i > 3; i--, value >>= 8)
		field[i] = (unsigned char)value;
}

static void put_checksum(unsigned char header[TAR_BLOCK_BYTES])
{
	unsigned sum = 0;
	memset(header + CHECKSUM, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK_BYTES; i++)
		sum += header[i];
	put_octal(header + CHECKSUM, 6, sum); // and a NUL; the blank behind it stays
}

void tar_header_print(const char *name, uint64_t size_bytes, unsigned char ret[TAR_BLOCK_BYTES])
{
	assert(strlen(name) < TAR_NAME_MAX);
	memset(ret, 0, TAR_BLOCK_BYTES);
	memcpy(ret, name, strlen(name));
	put_octal(ret + MODE, 7, 0644);
	put_octal(ret + UID, 7, 0);
	put_octal(ret + GID, 7, 0);
	put_octal(ret + TIME, 11, 0);
	if (size_bytes <= OCTAL_MAX)
		put_octal(ret + SIZE, 11, size_bytes);
	else
		put_large(ret + SIZE, size_bytes);
	ret[TYPE] = '0';
	memcpy(ret + MAGIC, "ustar\00000", 8);
	put_checksum(ret);
}

size_t tar_padding(uint64_t size_bytes)
{
	return (size_t)(-size_bytes % TAR_BLOCK_BYTES);
}
