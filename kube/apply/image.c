// What the images of a Pod are: asked of registries, or of the store.
#include "kube/apply/pull_secrets.h"
#include "kube/apply/work.h"

// What is done about the images of a Pod.
typedef enum ImageAim {
	AIM_FIND, // what is here is looked at
	AIM_HAVE, // each is got as its container's policy says
	AIM_ASK, // where a registry is to be asked at each start, it is; else what is here is looked at
} ImageAim;

#define NO_REQUEST SIZE_MAX

// The requests of one Pod: each image once.
typedef struct PodImages {
	const ApplyContext *context;
	const PodSpec *spec;
	ImageAim aim;
	PullSecrets secrets;
	ImageRequests requests;
	size_t *request_of; // of each container; NO_REQUEST
} PodImages;

static void pod_images_clear(PodImages *images)
{
	for (size_t i = 0; i < images->requests.count; i++)
		error_clear(&images->requests.items[i].failure);
	pull_secrets_clear(&images->secrets);
}

static size_t count_containers(const PodSpec *spec)
{
	return spec->init_containers.count + spec->containers.count;
}

// Init containers come first, as in a plan.
static const Container *container_at(const PodSpec *spec, size_t index)
{
	const size_t before = spec->init_containers.count;
	return index < before ? &spec->init_containers.items[index]
			      : &spec->containers.items[index - before];
}

static ImagePull policy_of(const Container *container, ImageAim aim)
{
	if (aim == AIM_FIND)
		return IMAGE_PULL_NEVER;
	switch (container->image_pull_policy) {
	case PULL_POLICY_ALWAYS:
		return IMAGE_PULL_ALWAYS;
	case PULL_POLICY_NEVER:
		return IMAGE_PULL_NEVER;
	case PULL_POLICY_UNSET:
	case PULL_POLICY_IF_NOT_PRESENT:
		break;
	}
	return IMAGE_PULL_IF_NOT_PRESENT;
}

// --- each image is asked for once in a command

// The same image with other credentials is another question.
static bool has_same_secrets(const PodSpec *one, const PodSpec *two)
{
	const LocalReferences *left = &one->image_pull_secrets, *right = &two->image_pull_secrets;
	bool is_same = left->count == right->count;
	for (size_t i = 0; is_same && i < left->count; i++)
		is_same = text_equal(left->items[i].name, right->items[i].name);
	return is_same;
}

static const AskedImage *find_asked(const PodImages *self, const char *name, ImagePull policy)
{
	const AskedImages *asked = self->context->asked;
	for (size_t i = 0; i < asked->count; i++) {
		const AskedImage *image = &asked->items[i];
		if (text_equal(image->name, name) && image->policy == policy &&
		    has_same_secrets(image->spec, self->spec))
			return image;
	}
	return NULL;
}

// Whether this request was asked of a registry is known for sure of those that always are, and of those that failed.
static void remember_asked(const PodImages *self, const ImageRequest *request)
{
	const Error *failure = &request->failure;
	const ImagePull policy = request->options->policy;
	const bool is_asked = policy == IMAGE_PULL_ALWAYS ||
			      (policy == IMAGE_PULL_IF_NOT_PRESENT && failure->code != ERROR_NONE);
	if (!is_asked || find_asked(self, request->name, policy))
		return;
	Arena *arena = self->context->arena;
	*asked_images_push(arena, self->context->asked) = (AskedImage){
		.name = request->name,
		.policy = policy,
		.spec = self->spec,
		.code = failure->code,
		.message = arena_strdup(arena, failure->message ? failure->message : ""),
	};
}

// --- requests

static size_t find_request(const ImageRequests *requests, const char *name, ImagePull policy)
{
	size_t i = 0;
	while (i < requests->count && !(text_equal(requests->items[i].name, name) &&
					requests->items[i].options->policy == policy))
		i++;
	return i;
}

static void push_request(PodImages *self, const char *name, ImagePull policy,
			 const AskedImage *asked)
{
	Arena *arena = self->context->arena;
	PullOptions *options = ARENA_NEW(arena, PullOptions);
	*options = self->context->options->pull;
	options->policy = policy;
	options->auth_texts = self->secrets.texts;
	ImageRequest *request = image_requests_push(arena, &self->requests);
	*request = (ImageRequest){ .name = name, .options = options };
	if (asked && asked->code != ERROR_NONE)
		error_set(&request->failure, asked->code, "%s", asked->message);
}

// What was got in this command is here now; what could not be got cannot be had.
static size_t add_request(PodImages *self, const Container *container)
{
	ImagePull policy = policy_of(container, self->aim);
	if (self->aim == AIM_ASK && policy != IMAGE_PULL_ALWAYS)
		return NO_REQUEST;
	const AskedImage *asked = find_asked(self, container->image, policy);
	if (asked && asked->code == ERROR_NONE)
		policy = IMAGE_PULL_IF_NOT_PRESENT;
	const size_t index = find_request(&self->requests, container->image, policy);
	if (index == self->requests.count)
		push_request(self, container->image, policy, asked);
	return index;
}

static bool needs_secrets(const PodImages *self)
{
	bool needs_them = self->aim == AIM_HAVE;
	for (size_t i = 0; i < count_containers(self->spec) && self->aim == AIM_ASK; i++)
		needs_them |= policy_of(container_at(self->spec, i), AIM_ASK) == IMAGE_PULL_ALWAYS;
	return needs_them;
}

static bool pull_images(PodImages *self, Report *notes, Error *error)
{
	const ApplyContext *context = self->context;
	Arena *arena = context->arena;
	const size_t count = count_containers(self->spec);
	if (needs_secrets(self) &&
	    !pull_secrets_load(context->host, self->spec, arena, notes, &self->secrets, error))
		return error_wrap(error, "imagePullSecrets");
	self->request_of = arena_array(arena, count, sizeof(size_t));
	for (size_t i = 0; i < count; i++)
		self->request_of[i] = add_request(self, container_at(self->spec, i));
	if (self->requests.count > 0 && !image_pull_all(context->host, self->requests.items,
							self->requests.count, arena, error))
		return false;
	for (size_t i = 0; i < self->requests.count; i++)
		remember_asked(self, &self->requests.items[i]);
	return true;
}

// --- what came of it

// Unless it has been told of another container with the same image.
static void tell_failure(const char *container, const Error *failure, Buffer *told)
{
	if (strstr(buffer_text(told), failure->message))
		return;
	buffer_printf(told, "%simage of container '%s': %s", told->length > 0 ? "; " : "",
		      container, failure->message);
}

// A dry run asks no registry, whatever the container's policy is; the kubelet's words would be about that.
static void explain_absence(const Container *container, Error *failure)
{
	if (container->image_pull_policy == PULL_POLICY_NEVER || failure->code != ERROR_NOT_FOUND)
		return;
	error_clear(failure);
	error_set(
		failure, ERROR_NOT_FOUND,
		"'%s' is not on this host, and a dry run pulls nothing; `sdme image pull %s` gets it",
		container->image, container->image);
}

static ImageRequest *request_of(const PodImages *self, size_t index)
{
	const size_t request = self->request_of[index];
	return request == NO_REQUEST ? NULL : &self->requests.items[request];
}

// All failures are told.
static bool check_requests(const PodImages *self, Error *error)
{
	CLEANUP_BUFFER told = { 0 };
	ErrorCode code = ERROR_NONE; // of the first
	for (size_t i = 0; i < count_containers(self->spec); i++) {
		const Container *container = container_at(self->spec, i);
		ImageRequest *request = request_of(self, i);
		if (!request || request->failure.code == ERROR_NONE)
			continue;
		if (self->aim == AIM_FIND)
			explain_absence(container, &request->failure);
		tell_failure(container->name, &request->failure, &told);
		code = code == ERROR_NONE ? request->failure.code : code;
	}
	return code == ERROR_NONE || error_set(error, code, "%s", buffer_text(&told));
}

bool pod_images_get(const ApplyContext *context, const PodSpec *spec, bool may_pull, Report *notes,
		    CompileImage **ret, Error *error)
{
	CLEANUP(pod_images_clear)
	PodImages self = { .context = context,
			   .spec = spec,
			   .aim = may_pull ? AIM_HAVE : AIM_FIND };
	if (!pull_images(&self, notes, error) || !check_requests(&self, error))
		return false;
	const size_t count = count_containers(spec);
	*ret = arena_array(context->arena, count, sizeof(CompileImage));
	for (size_t i = 0; i < count; i++) {
		const Image *image = &self.requests.items[self.request_of[i]].image;
		(*ret)[i] = (CompileImage){ .config = &image->config,
					    .id = image->repository_digest,
					    .layers = image->layers };
	}
	return true;
}

// The image that a container would get now; NULL: it is not here.
static bool find_id(const PodImages *self, size_t index, const char **ret, Error *error)
{
	const ApplyContext *context = self->context;
	const Container *container = container_at(self->spec, index);
	const ImageRequest *request = request_of(self, index);
	*ret = request ? request->image.repository_digest : NULL;
	return request ||
	       image_find_digest(context->host, container->image,
				 context->options->pull.default_registry, context->arena, ret,
				 error) ||
	       error_wrap(error, "image of container '%s'", container->name);
}

bool pod_images_have_moved(const ApplyContext *context, const PodSpec *spec,
			   const MachinePlan *plan, bool *ret, Error *error)
{
	CLEANUP(pod_images_clear)
	PodImages self = { .context = context, .spec = spec, .aim = AIM_ASK };
	bool have_moved = false;
	Report untold; // a Pod that is as it was has been told of
	report_init(&untold, context->arena);
	if (!pull_images(&self, &untold, error) || !check_requests(&self, error))
		return false;
	for (size_t i = 0; i < count_containers(spec); i++) {
		const char *id = NULL;
		const PlanApp *app = plan_find_app(plan, container_at(spec, i)->name);
		if (!find_id(&self, i, &id, error))
			return false;
		have_moved |= app && id && !text_equal(id, app->image_id);
	}
	*ret = have_moved;
	return true;
}
