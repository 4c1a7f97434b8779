#include "tests/unit/tar.h"

#include <string.h>

#define BLOCK 512

// Octal digits and a NUL.
static void add_number(char *field, size_t size, unsigned long number)
{
	for (size_t i = size - 1; i-- > 0; number /= 8)
		field[i] = (char)('0' + number % 8);
}

static void add_text(char *field, size_t size, const char *text)
{
	const size_t length = strlen(text);
	memcpy(field, text, length < size ? length : size);
}

static void add_padded(Buffer *tar, const void *bytes, size_t length)
{
	static const char zeros[BLOCK];
	buffer_add_bytes(tar, bytes, length);
	buffer_add_bytes(tar, zeros, (BLOCK - length % BLOCK) % BLOCK);
}

static void set_checksum(char *header)
{
	unsigned sum = 0;
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	add_number(header + 148, 7, sum);
}

static void add_header(Buffer *tar, const TarEntry *entry, size_t size)
{
	char header[BLOCK] = { 0 };
	const unsigned usual = entry->type == '5' ? 0755 : 0644;
	add_text(header, 100, entry->path);
	add_number(header + 100, 8, entry->mode ? entry->mode : usual);
	add_number(header + 108, 8, entry->uid);
	add_number(header + 116, 8, entry->gid);
	add_number(header + 124, 12, size);
	add_number(header + 136, 12, entry->modified_s);
	header[156] = entry->type;
	add_text(header + 157, 100, entry->link ? entry->link : "");
	memcpy(header + 257, "ustar\00000", 8);
	add_number(header + 329, 8, entry->major);
	add_number(header + 337, 8, entry->minor);

	set_checksum(header);
	buffer_add_bytes(tar, header, BLOCK);
}

// "LENGTH key=value\n", where LENGTH counts itself.
static void add_record(Buffer *records, const char *key, const void *value, size_t size)
{
	const size_t rest = strlen(key) + size + 3;
	size_t length = rest + 1;
	for (size_t digits = 1, limit = 10; length >= limit; limit *= 10)
		length = rest + ++digits;
	buffer_printf(records, "%zu %s=", length, key);
	buffer_add_bytes(records, value, size);
	buffer_add_char(records, '\n');
}

static void add_pax(Buffer *tar, const TarEntry *entry)
{
	CLEANUP_BUFFER records = { 0 };
	CLEANUP_BUFFER key = { 0 };
	if (strlen(entry->path) > 100)
		add_record(&records, "path", entry->path, strlen(entry->path));
	if (entry->link && strlen(entry->link) > 100)
		add_record(&records, "linkpath", entry->link, strlen(entry->link));
	if (entry->attribute) {
		buffer_printf(&key, "SCHILY.xattr.%s", entry->attribute);
		add_record(&records, buffer_text(&key), entry->value, entry->value_size);
	}
	if (entry->record)
		add_record(&records, entry->record, entry->record_value,
			   strlen(entry->record_value));
	if (records.length == 0)
		return;
	const TarEntry header = { .path = "PaxHeaders/x", .type = 'x' };
	add_header(tar, &header, records.length);
	add_padded(tar, records.data, records.length);
}

void tar_add(Buffer *tar, TarEntry entry)
{
	const bool is_text = entry.content && entry.content_size == 0;
	const size_t size = is_text ? strlen(entry.content) : entry.content_size;
	add_pax(tar, &entry);
	add_header(tar, &entry, size);
	if (size > 0)
		add_padded(tar, entry.content, size);
}

void tar_add_header(Buffer *tar, TarEntry entry, size_t size)
{
	add_header(tar, &entry, size);
}

void tar_finish(Buffer *tar)
{
	static const char zeros[2 * BLOCK];
	buffer_add_bytes(tar, zeros, sizeof(zeros));
}

void tar_patch(Buffer *tar, size_t header, size_t field, const void *bytes, size_t size)
{
	memcpy(tar->data + header + field, bytes, size);
	set_checksum(tar->data + header);
}
