#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/crypto.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/layer_fetch.h"
#include "store/state/layout.h"
#include "tests/unit/compressed.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdatomic.h>

#define SENDERS_MAX 3

// What a sender makes of a blob.
typedef enum Manner {
	MANNER_RIGHT,
	MANNER_LAST_BYTE, // is another one
	MANNER_LONGER,    // by a byte
	MANNER_BREAKS,    // half-way
	MANNER_MISSING,
} Manner;

typedef struct Half {
	Source source;
	Source *bytes;
} Half;

// A registry and its mirrors, which have one blob.
typedef struct Senders {
	Transport transport;
	Arena *arena; // of the clone
	const Buffer *blob;
	const Manner *manners;
	size_t count;
	atomic_size_t *asked; // how many blobs were asked for; of all clones
	size_t index;
} Senders;

static bool read_half(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Half *self = (Half *)source;
	if (!source_read(self->bytes, ret_block, ret_length, error))
		return false;
	return *ret_length > 0 || error_set(error, ERROR_NETWORK, "the wire is cut");
}

static bool open_blob(Transport *transport, const Descriptor *descriptor, Source **ret,
		      Error *error)
{
	Senders *self = (Senders *)transport;
	Arena *arena = self->arena;
	const size_t length = self->blob->length;
	char *bytes = arena_strndup(arena, self->blob->data, length);
	const Manner manner = self->manners[self->index];
	atomic_fetch_add(self->asked, 1);
	if (manner == MANNER_MISSING || !text_starts_with(descriptor->digest, "sha256:"))
		return error_set(error, ERROR_NOT_FOUND, "no such blob");
	bytes[length - 1] ^= manner == MANNER_LAST_BYTE;
	*ret = source_of_bytes(bytes,
			       manner == MANNER_BREAKS   ? length / 2
			       : manner == MANNER_LONGER ? length + 1
							 : length,
			       100, arena);
	if (manner != MANNER_BREAKS)
		return true;
	Half *half = ARENA_NEW(arena, Half);
	*half = (Half){ { .read = read_half }, *ret };
	*ret = &half->source;
	return true;
}

static const char *leave_sender(Transport *transport)
{
	static const char *const names[SENDERS_MAX] = { "'a'", "'b'", "'c'" };
	Senders *self = (Senders *)transport;
	return self->index + 1 < self->count ? names[self->index++] : NULL;
}

static bool clone_senders(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	Senders *self = ARENA_NEW(arena, Senders);
	(void)error; // memory does not fail
	*self = *(const Senders *)transport;
	self->arena = arena;
	*ret = &self->transport;
	return true;
}

static void close_senders(Transport *transport)
{
	(void)transport; // has nothing open
}

typedef struct Fixture {
	Test *test;
	Host host;
	Buffer tar;
	const char *digest;
	Descriptor descriptor;
	Budget budget; // for the layer once
	atomic_size_t asked;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	buffer_clear(&fixture->tar);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

// A data directory and a layer that is to come into it.
static bool prepare(Test *test, Fixture *ret)
{
	const char *directory = test_directory(test);
	ret->test = test;
	ret->host = (Host){ .data_dir = path_join(test->arena, directory, "data"),
			    .run_dir = path_join(test->arena, directory, "run") };
	tar_add(&ret->tar, TAR_FILE("etc/motd", "hello"));
	tar_finish(&ret->tar);
	ret->digest = digest_of_bytes(ret->tar.data, ret->tar.length, test->arena);
	ret->descriptor = (Descriptor){ .digest = ret->digest, .size_bytes = ret->tar.length };
	ret->budget = (Budget){ .max_bytes = ret->tar.length, .setting = "max_something" };
	return layout_prepare(&ret->host, &test->error);
}

// An image whose senders have these manners, up to `count` of them.
static Transport *senders(Fixture *fixture, const Manner *manners, size_t count)
{
	Senders *self = ARENA_NEW(fixture->test->arena, Senders);
	*self = (Senders){ .transport = { NULL, NULL, open_blob, clone_senders, close_senders,
					  leave_sender },
			   .blob = &fixture->tar,
			   .manners = manners,
			   .count = count,
			   .asked = &fixture->asked };
	return &self->transport;
}

// What lies in DATADIR/images/layers/sha256, staging included.
static size_t count_directories(const Fixture *fixture)
{
	Test *test = fixture->test;
	Texts names = { 0 };
	const char *path =
		layout_path_of(&fixture->host, LAYOUT_IMAGES, "layers/sha256", test->arena);
	return file_list(AT_FDCWD, path, test->arena, &names, &test->error) ? names.count : 999;
}

static void add_origin(Fixture *fixture, WantedLayer *layer, Transport *image)
{
	*layer_origins_push(fixture->test->arena, &layer->origins) = (LayerOrigin){
		.transport = image, .descriptor = &fixture->descriptor, .budget = &fixture->budget
	};
}

// Fetches the layer; *ret_error: how it failed.
static bool fetch(Fixture *fixture, Transport *image, Error *ret_error)
{
	WantedLayers wanted = { 0 };
	WantedLayer *layer = wanted_layers_push(fixture->test->arena, &wanted);
	layer->diff_id = fixture->digest;
	add_origin(fixture, layer, image);
	layer_fetch(&fixture->host, &wanted);
	*ret_error = layer->failure;
	return ret_error->code == ERROR_NONE;
}

TEST(layer_fetch_asks_the_next_sender_when_one_sends_something_else)
{
	static const Manner wrong[] = { MANNER_LAST_BYTE, MANNER_LONGER };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		FIXTURE fixture = { 0 };
		const Manner manners[] = { wrong[i], wrong[i], MANNER_RIGHT };
		CHECK(prepare(test, &fixture));
		CHECK(fetch(&fixture, senders(&fixture, manners, 3), &test->error));
		CHECK(layer_find(&fixture.host, fixture.digest, NULL));
		CHECK(fixture.asked == 3 && count_directories(&fixture) == 1);
		CHECK(layer_remove(&fixture.host, fixture.digest, &test->error));
	}
}

TEST(layer_fetch_tells_who_sent_what)
{
	FIXTURE fixture = { 0 };
	static const Manner manners[] = { MANNER_LAST_BYTE, MANNER_LONGER, MANNER_LAST_BYTE };
	CHECK(prepare(test, &fixture));
	fixture.tar.data[fixture.tar.length - 1] ^= 1;
	const char *sent =
		digest_of_bytes(fixture.tar.data, fixture.tar.length, fixture.test->arena);
	fixture.tar.data[fixture.tar.length - 1] ^= 1;
	const char *layer = arena_printf(test->arena, "layer %.12s", digest_hex(fixture.digest));
	const char *digest = arena_printf(
		test->arena, "%s: the bytes of the blob have the digest %s", layer, sent);
	CHECK_ERROR(fetch(&fixture, senders(&fixture, manners, 3), &test->error),
		    arena_printf(test->arena,
				 "%s; before that from 'a': %s; before that from 'b': %s: the blob "
				 "is longer than its %zu bytes",
				 digest, digest, layer, fixture.tar.length));
	CHECK(fixture.asked == 3 && count_directories(&fixture) == 0);
}

// Whoever is behind would send the same, or the transport has asked them already.
TEST(layer_fetch_asks_nobody_else_when_the_blob_is_right)
{
	static const Manner manners[][2] = { { MANNER_RIGHT, MANNER_RIGHT },
					     { MANNER_BREAKS, MANNER_RIGHT },
					     { MANNER_MISSING, MANNER_RIGHT } };
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	fixture.digest = digest_of_bytes("other", 5, test->arena);
	for (size_t i = 0; i < COUNT(manners); i++) {
		CHECK(!fetch(&fixture, senders(&fixture, manners[i], 2), &test->error));
		CHECK(fixture.asked == i + 1 && count_directories(&fixture) == 0);
		error_clear(&test->error);
	}
}

TEST(layer_fetch_asks_the_next_image_when_a_registry_fails)
{
	static const Manner faults[] = { MANNER_LAST_BYTE, MANNER_LONGER, MANNER_BREAKS,
					 MANNER_MISSING };
	static const Manner right[] = { MANNER_RIGHT };
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	for (size_t i = 0; i < COUNT(faults); i++) {
		fixture.budget.used_bytes = 0;
		WantedLayers wanted = { 0 };
		WantedLayer *layer = wanted_layers_push(test->arena, &wanted);
		layer->diff_id = fixture.digest;
		add_origin(&fixture, layer, senders(&fixture, &faults[i], 1));
		add_origin(&fixture, layer, senders(&fixture, right, 1));
		layer_fetch(&fixture.host, &wanted);
		test->error = layer->failure;
		CHECK(test->error.code == ERROR_NONE);
		CHECK(fixture.asked == 2 * (i + 1) && count_directories(&fixture) == 1);
		CHECK(layer_remove(&fixture.host, fixture.digest, &test->error));
	}
}

TEST(layer_fetch_tells_what_all_images_said)
{
	static const Manner missing[] = { MANNER_MISSING }, broken[] = { MANNER_BREAKS };
	FIXTURE fixture = { 0 };
	WantedLayers wanted = { 0 };
	CHECK(prepare(test, &fixture));
	WantedLayer *layer = wanted_layers_push(test->arena, &wanted);
	layer->diff_id = fixture.digest;
	add_origin(&fixture, layer, senders(&fixture, missing, 1));
	add_origin(&fixture, layer, senders(&fixture, broken, 1));
	layer_fetch(&fixture.host, &wanted);
	CHECK_TEXT(layer->failure.message,
		   arena_printf(test->arena,
				"no such blob; for another image: layer %.12s: the wire is cut",
				digest_hex(fixture.digest)));
	CHECK(count_directories(&fixture) == 0);
	error_clear(&layer->failure);
}

TEST(layer_fetch_goes_on_for_the_image_that_is_left)
{
	static const Manner missing[] = { MANNER_MISSING }, right[] = { MANNER_RIGHT };
	FIXTURE fixture = { 0 };
	WantedLayers wanted = { 0 };
	CHECK(prepare(test, &fixture));
	Transport *lost = senders(&fixture, missing, 1);
	wanted_layers_push(test->arena, &wanted);
	wanted_layers_push(test->arena, &wanted);
	WantedLayer *layers = wanted.items;
	layers[0].diff_id = digest_of_bytes("own", 3, test->arena);
	layers[1].diff_id = fixture.digest;
	add_origin(&fixture, &layers[0], lost);
	add_origin(&fixture, &layers[1], lost);
	add_origin(&fixture, &layers[1], senders(&fixture, right, 1));
	layer_fetch(&fixture.host, &wanted);
	CHECK_TEXT(layers[0].failure.message, "no such blob");
	error_clear(&layers[0].failure);
	test->error = layers[1].failure;
	CHECK(test->error.code == ERROR_NONE);
	CHECK(layer_find(&fixture.host, fixture.digest, NULL));
}

// A layer that waits has its header and a few pieces in the relay; one that comes has thousands.
#define AHEAD 20

typedef struct Couple Couple;

// Sends a blob in small pieces, and looks whether the other one is on its way.
typedef struct Piecewise {
	Source source;
	Source *bytes;
	Couple *couple;
	Buffer blob;
	Descriptor descriptor;
	atomic_uint pieces;
	atomic_bool is_ended;
} Piecewise;

// Two layers.
struct Couple {
	Piecewise layers[2];
	atomic_bool have_overlapped;
};

typedef struct Handle {
	Transport transport;
	Couple *couple;
} Handle;

static void couple_clear(Couple *couple)
{
	for (size_t i = 0; i < COUNT(couple->layers); i++)
		buffer_clear(&couple->layers[i].blob);
}
#define COUPLE CLEANUP(couple_clear) Couple

static bool read_piece(Source *source, const void **ret_block, size_t *ret_length, Error *error)
{
	Piecewise *self = (Piecewise *)source;
	const Piecewise *other = &self->couple->layers[self == self->couple->layers];
	if (atomic_fetch_add(&self->pieces, 1) > AHEAD && atomic_load(&other->pieces) > AHEAD &&
	    !atomic_load(&other->is_ended))
		atomic_store(&self->couple->have_overlapped, true);
	if (!source_read(self->bytes, ret_block, ret_length, error))
		return false;
	if (*ret_length == 0)
		atomic_store(&self->is_ended, true);
	return true;
}

static bool open_piecewise(Transport *transport, const Descriptor *descriptor, Source **ret,
			   Error *error)
{
	Couple *couple = ((const Handle *)transport)->couple;
	(void)error; // memory does not fail
	*ret = &couple->layers[descriptor == &couple->layers[1].descriptor].source;
	return true;
}

static bool clone_handle(const Transport *transport, Arena *arena, Transport **ret, Error *error)
{
	Handle *self = ARENA_NEW(arena, Handle);
	(void)error; // memory does not fail
	*self = *(const Handle *)transport;
	*ret = &self->transport;
	return true;
}

// A layer with 20 kB that cannot be compressed. Returns its diff_id.
static const char *add_layer(Test *test, Couple *couple, size_t index, int window_log)
{
	Piecewise *layer = &couple->layers[index];
	CLEANUP_BUFFER tar = { 0 };
	char *bytes = arena_alloc(test->arena, 20000);
	if (!crypto_random(bytes, 20000, &test->error))
		return NULL;
	tar_add(&tar,
		(TarEntry){ .path = "x", .type = '0', .content = bytes, .content_size = 20000 });
	tar_finish(&tar);
	add_long_frame(tar.data, tar.length, window_log, &layer->blob);
	layer->couple = couple;
	layer->source.read = read_piece;
	layer->bytes = source_of_bytes(layer->blob.data, layer->blob.length, 10, test->arena);
	layer->descriptor = (Descriptor){
		.digest = digest_of_bytes(layer->blob.data, layer->blob.length, test->arena),
		.size_bytes = layer->blob.length,
	};
	return digest_of_bytes(tar.data, tar.length, test->arena);
}

// Whether both layers were on their way at once. False with the test's error set when they did not come.
static bool overlap(Test *test, int window_log)
{
	FIXTURE fixture = { 0 };
	COUPLE couple = { 0 };
	WantedLayers wanted = { 0 };
	Handle handle = { .transport = { NULL, NULL, open_piecewise, clone_handle, close_senders,
					 NULL },
			  .couple = &couple };
	if (!prepare(test, &fixture))
		return false;
	for (size_t i = 0; i < COUNT(couple.layers); i++) {
		WantedLayer *layer = wanted_layers_push(test->arena, &wanted);
		layer->diff_id = add_layer(test, &couple, i, window_log);
		*layer_origins_push(test->arena, &layer->origins) =
			(LayerOrigin){ .transport = &handle.transport,
				       .descriptor = &couple.layers[i].descriptor };
	}
	layer_fetch(&fixture.host, &wanted);
	test->error = wanted.items[0].failure;
	error_clear(&wanted.items[1].failure);
	return atomic_load(&couple.have_overlapped);
}

TEST(layer_fetch_has_one_layer_with_a_long_window_at_once)
{
	CHECK(!overlap(test, 24) && test->error.code == ERROR_NONE);
}
