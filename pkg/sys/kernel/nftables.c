#include "pkg/sys/kernel/nftables.h"

#include "pkg/base/text.h"
#include "pkg/sys/library.h"

#include <nftables/libnftables.h>

typedef struct Library {
	struct nft_ctx *(*new)(uint32_t flags);
	void (*free)(struct nft_ctx *context);
	int (*buffer_output)(struct nft_ctx *context);
	int (*buffer_error)(struct nft_ctx *context);
	int (*run)(struct nft_ctx *context, const char *commands);
	const char *(*output)(struct nft_ctx *context);
	const char *(*error)(struct nft_ctx *context);
} Library;

static bool load(Library *library, Error *error)
{
	const LibrarySymbol symbols[] = {
		{ (void **)&library->new, "nft_ctx_new" },
		{ (void **)&library->free, "nft_ctx_free" },
		{ (void **)&library->buffer_output, "nft_ctx_buffer_output" },
		{ (void **)&library->buffer_error, "nft_ctx_buffer_error" },
		{ (void **)&library->run, "nft_run_cmd_from_buffer" },
		{ (void **)&library->output, "nft_ctx_get_output_buffer" },
		{ (void **)&library->error, "nft_ctx_get_error_buffer" },
	};
	return library_load("libnftables.so.1", "libnftables1", symbols, COUNT(symbols), error);
}

// The words of nft on one line: it prints the faulty command and a row of carets below its error.
static bool refuse_rules(const char *words, Error *error)
{
	const size_t length = strcspn(words, "\n");
	if (length == 0)
		return error_set(error, ERROR_SYSTEM,
				 "nftables refuses the rules without a reason");
	return error_set(error, ERROR_SYSTEM, "nftables: %.*s", (int)length, words);
}

static bool run(const Library *library, struct nft_ctx *context, const char *commands, Arena *arena,
		const char **ret_output, Error *error)
{
	if (library->buffer_output(context) != 0 || library->buffer_error(context) != 0)
		return error_set(error, ERROR_SYSTEM, "nftables has no memory");
	if (library->run(context, commands) != 0)
		return refuse_rules(library->error(context), error);
	if (ret_output)
		*ret_output = arena_strdup(arena, library->output(context));
	return true;
}

bool nftables_run(const char *commands, Arena *arena, const char **ret_output, Error *error)
{
	Library library = { 0 };
	if (!load(&library, error))
		return false;
	struct nft_ctx *context = library.new(NFT_CTX_DEFAULT);
	if (!context)
		return error_set(error, ERROR_SYSTEM, "nftables cannot be reached");
	const bool is_done = run(&library, context, commands, arena, ret_output, error);
	library.free(context);
	return is_done;
}
