// Layers with contents of every kind through the whole unpacker and back, a gigabyte each; one at a time, so that the disk
// needs room for one. Prints TAP, with the throughput of each.
// Usage: soak DIRECTORY GIBIBYTES      an empty directory; as root
#include "pkg/base/number.h"
#include "tests/unit/contents.h"

#include <stdio.h>

#define LAYER_BYTES (UINT64_C(1) << 30)

static const char *const compressions[] = {
	[COMPRESSION_NONE] = "plain",
	[COMPRESSION_GZIP] = "gzip",
	[COMPRESSION_ZSTD] = "zstd",
};

static double mib_per_s(double seconds)
{
	return (double)(LAYER_BYTES >> 20) / seconds;
}

static bool pass(const Host *host, uint64_t number)
{
	CLEANUP_ERROR error = { 0 };
	ContentLayer layer = {
		.kind = (ContentKind)(number % CONTENT_KIND_COUNT),
		.compression = (Compression)(number / CONTENT_KIND_COUNT % COUNT(compressions)),
		.size_bytes = LAYER_BYTES,
		.seed = number + 1,
	};
	const bool is_good = content_layer_pass(host, &layer, &error);
	printf("%s %ju - %s, %s", is_good ? "ok" : "not ok", (uintmax_t)number + 1,
	       content_kind_to_text(layer.kind), compressions[layer.compression]);
	if (is_good)
		printf(" to %ju MiB: pull %.0f MiB/s, verify %.0f MiB/s\n",
		       (uintmax_t)(layer.blob_bytes >> 20), mib_per_s(layer.pull_s),
		       mib_per_s(layer.verify_s));
	else
		printf("\n# %s\n", error.message);
	fflush(stdout);
	return is_good;
}

int main(int count, char **words)
{
	CLEANUP_ERROR error = { 0 };
	uint64_t gibibytes = 0, failed = 0;
	if (count != 3 || !number_parse_u64(words[2], "GIBIBYTES", 1 << 20, &gibibytes, &error)) {
		fprintf(stderr, "usage: soak DIRECTORY GIBIBYTES\n");
		return 64;
	}
	const Host host = { .data_dir = words[1] };
	for (uint64_t i = 0; i < gibibytes; i++)
		failed += !pass(&host, i);
	printf("1..%ju\n%ju passed, %ju failed\n", (uintmax_t)gibibytes,
	       (uintmax_t)(gibibytes - failed), (uintmax_t)failed);
	return failed > 0;
}
