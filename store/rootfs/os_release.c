#include "store/rootfs/os_release.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#define OS_RELEASE_BYTES_MAX (64u * 1024)

static bool is_key(Span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char byte = text.ptr[i];
		if (!(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9') && byte != '_')
			return false;
	}
	return text.len > 0;
}

// What a shell would make of the word, without expansion.
static const char *unquote(Span text, Arena *arena)
{
	char *value = arena_alloc(arena, text.len + 1);
	size_t length = 0;
	char quote = '\0';
	for (size_t i = 0; i < text.len; i++) {
		const char byte = text.ptr[i];
		if (byte == quote) {
			quote = '\0';
		} else if (quote == '\0' && (byte == '"' || byte == '\'')) {
			quote = byte;
		} else if (byte == '\\' && quote != '\'' && i + 1 < text.len) {
			value[length++] = text.ptr[++i];
		} else {
			value[length++] = byte;
		}
	}
	return value;
}

static void parse_line(Span line, Arena *arena, Pairs *pairs)
{
	while (line.len > 0 && strchr(" \t\r", line.ptr[line.len - 1]))
		line.len--;
	const char *equals = memchr(line.ptr, '=', line.len);
	if (!equals || !is_key((Span){ line.ptr, (size_t)(equals - line.ptr) }))
		return;
	const Span value = { equals + 1, line.len - (size_t)(equals - line.ptr) - 1 };
	pairs_set(arena, pairs, arena_strndup(arena, line.ptr, (size_t)(equals - line.ptr)),
		  unquote(value, arena));
}

void os_release_parse(const char *text, Arena *arena, Pairs *ret)
{
	Pairs pairs = { 0 };
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		parse_line((Span){ line, length }, arena, &pairs);
		line += length + (line[length] == '\n' ? 1 : 0);
	}
	*ret = pairs;
}

static bool read_in_root(int root, const char *path, Arena *arena, const char **ret)
{
	CLEANUP_ERROR ignored = { 0 };
	CLEANUP_FD fd = -1;
	return file_open_plain_in_root(root, path, &fd, &ignored) &&
	       file_read_fd(fd, OS_RELEASE_BYTES_MAX, arena, ret, NULL, &ignored);
}

void os_release_load(int root, Arena *arena, Pairs *ret)
{
	const char *text = NULL;
	*ret = (Pairs){ 0 };
	if (read_in_root(root, "etc/os-release", arena, &text) ||
	    read_in_root(root, "usr/lib/os-release", arena, &text))
		os_release_parse(text, arena, ret);
}

bool os_release_is_like(const Pairs *release, const char *id)
{
	if (text_equal(pairs_get_or(release, "ID", ""), id))
		return true;
	for (const char *word = pairs_get_or(release, "ID_LIKE", ""); *word;) {
		const size_t length = strcspn(word, " ");
		if (span_equal((Span){ word, length }, id))
			return true;
		word += length;
		word += strspn(word, " ");
	}
	return false;
}
