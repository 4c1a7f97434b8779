#include "kube/kind/actions.h"
#include "store/object/volume.h"
#include "tests/unit/manifest.h"
#include "tests/unit/run_line.h"

#include <unistd.h>

// A row without its age and path, which differ from run to run.
static bool has_row(const char *table, const char *row)
{
	const char *found = strstr(table, row);
	return found && (found == table || found[-1] == '\n');
}

// The output of a line without the moments in it, which differ from run to run.
static const char *timeless(Test *test, const char *line)
{
	static const char start[] = "\"creationTimestamp\":\"20";
	const char *text = run_line(test, line).output;
	CLEANUP_BUFFER rest = { 0 };
	for (const char *found = strstr(text, start); found; found = strstr(text, start)) {
		buffer_add_bytes(&rest, text, (size_t)(found - text));
		text = found + strlen("\"creationTimestamp\":\"2026-01-31T12:00:00Z\",");
	}
	buffer_add(&rest, text);
	return buffer_take(&rest, test->arena);
}

TEST(kube_get_config_maps_and_secrets)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("kube get configmaps", 0, "", "No resources found\n");
	CHECK_RUN("configmap create web --from-literal a=1 --from-literal b=2", 0, "web\n", "");
	CHECK_RUN("configmap create db --from-literal c=3", 0, "db\n", "");
	CHECK_RUN("secret create token --from-literal password=swordfish", 0, "token\n", "");

	const RunResult maps = run_line(test, "kube get cm");
	CHECK(maps.exit_status == 0 && text_starts_with(maps.output, "NAME  DATA  AGE\n"));
	CHECK(has_row(maps.output, "db    1     ") && has_row(maps.output, "web   2     "));
	CHECK_RUN("kube get configmap -o name", 0, "configmap/db\nconfigmap/web\n", "");
	CHECK_RUN("kube get cm/web -o name", 0, "configmap/web\n", "");
	CHECK_TEXT(
		timeless(test, "kube get cm web -o json"),
		"{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\",\"b\":\"2\"},\"kind\":\"ConfigMap\","
		"\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"}}\n");
	const RunResult yaml = run_line(test, "kube get cm web -o yaml");
	CHECK(text_starts_with(
		yaml.output,
		"apiVersion: v1\ndata:\n  a: \"1\"\n  b: \"2\"\nkind: ConfigMap\nmetadata:\n"
		"  creationTimestamp: \"20"));
	CHECK(text_ends_with(yaml.output, "Z\"\n  name: web\n  namespace: default\n"));
	const RunResult secrets = run_line(test, "kube get secrets");
	CHECK(has_row(secrets.output, "token  Opaque  1     ") &&
	      !strstr(secrets.output, "swordfish"));
	CHECK_TEXT(
		timeless(test, "kube get secrets -o json"),
		"{\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\","
		"\"data\":{\"password\":\"***\"},\"kind\":\"Secret\",\"metadata\":{\"name\":\"token\","
		"\"namespace\":\"default\"},\"type\":\"Opaque\"}],\"kind\":\"List\"}\n");
}

TEST(kube_get_several_kinds)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("kube get cm,secret", 0, "", "No resources found\n");
	CHECK_RUN("kube get cm,secret -o json", 0,
		  "{\"apiVersion\":\"v1\",\"items\":[],\"kind\":\"List\"}\n", "");
	CHECK_RUN("configmap create web --from-literal a=1", 0, "web\n", "");
	CHECK_RUN("configmap create db --from-literal a=1", 0, "db\n", "");
	CHECK_RUN("secret create web --from-literal a=1", 0, "web\n", "");
	const RunResult both = run_line(test, "kube get ConfigMap,secrets.v1.,pvc");
	CHECK(both.exit_status == 0 && has_row(both.output, "configmap/web  1     ") &&
	      has_row(both.output, "\nNAME        TYPE    DATA  AGE\nsecret/web  Opaque  1     "));
	CHECK_TEXT(
		timeless(test, "kube get secret,cm web -o json"),
		"{\"apiVersion\":\"v1\",\"items\":[{\"apiVersion\":\"v1\",\"data\":{\"a\":\"***\"},"
		"\"kind\":\"Secret\",\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"},"
		"\"type\":\"Opaque\"},{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\"},\"kind\":\"ConfigMap\","
		"\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"}}],\"kind\":\"List\"}\n");
	CHECK_RUN("kube get secret,cm web -o name", 0, "secret/web\nconfigmap/web\n", "");
	CHECK_RUN("kube get cm/web secret/web cm/db -o name", 0,
		  "configmap/web\nconfigmap/db\nsecret/web\n", "");
	// What is there is printed, what is not is told.
	CHECK_RUN(
		"kube get cm,secret db x -o name", 1, "configmap/db\n",
		"Error: configmaps \"x\" not found; secrets \"db\" not found; secrets \"x\" not found\n");
	CHECK_RUN("kube get cm,secret db x -o name --ignore-not-found", 0, "configmap/db\n", "");
	CHECK_RUN("kube get cm x -o yaml --ignore-not-found", 0, "", "");
}

TEST(kube_get_says_what_there_is_not)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("kube get cm none", 1, "", "Error: configmaps \"none\" not found\n");
	CHECK_RUN("kube get secret/none", 1, "", "Error: secrets \"none\" not found\n");
	CHECK_RUN("kube get pvc none -o json", 1, "",
		  "Error: persistentvolumeclaims \"none\" not found\n");
	const RunResult kind = run_line(test, "kube get widgets");
	CHECK(kind.exit_status == 2);
	CHECK(text_starts_with(kind.messages,
			       "Error: no kind 'widgets'; there are pods, configmaps, secrets, "
			       "persistentvolumeclaims (see 'sdme kube get --help')\n"));
	CHECK_RUN("kube get deployments", 1, "", "Error: kind Deployment is not supported yet\n");
}

TEST(kube_get_claims_as_kubectl_does)
{
	if (geteuid() != 0)
		SKIP("needs root");
	const Host host = { .data_dir =
				    arena_printf(test->arena, "%s/data", test_directory(test)) };
	const VolumeClaim claims[] = {
		{ .name = "big",
		  .size_bytes = UINT64_C(3) << 29,
		  .access_modes = "ReadWriteOnce,ReadOnlyMany" },
		{ .name = "even", .size_bytes = 2000000000, .access_modes = "ReadWriteOncePod" },
		{ .name = "none", .access_modes = "" },
	};
	CHECK(layout_prepare(&host, &test->error));
	for (size_t i = 0; i < COUNT(claims); i++)
		CHECK(volume_ensure(&host, &claims[i], test->arena, NULL, NULL, &test->error));
	const RunResult result = run_line(test, "kube get pvc");
	CHECK(text_starts_with(result.output, "NAME  STATUS  CAPACITY  ACCESS MODES  AGE\n"));
	CHECK(has_row(result.output, "big   Bound   1536Mi    RWO,ROX       "));
	CHECK(has_row(result.output, "even  Bound   2G        RWOP          "));
	CHECK(has_row(result.output, "none  Bound   <none>    <none>        "));
}

static const char labelled[] =
	"apiVersion: v1\nkind: List\nitems:\n"
	"- {apiVersion: v1, kind: ConfigMap, metadata: {name: web-10, labels: {app: web, "
	"example.com/tier: front}}, data: {size: 1Gi}}\n"
	"- {apiVersion: v1, kind: ConfigMap, metadata: {name: web-2, labels: {app: web, "
	"example.com/tier: back}}, data: {size: 500Mi}}\n"
	"- {apiVersion: v1, kind: ConfigMap, metadata: {name: db, labels: {app: db}}, data: {size: 2G}}\n"
	"- {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}\n"
	"- {apiVersion: v1, kind: Secret, metadata: {name: web, labels: {app: web}}}\n";

// Puts them into the store as apply does, which would need a systemd.
static bool store_labelled(Test *test)
{
	const Host host = { .data_dir =
				    arena_printf(test->arena, "%s/data", test_directory(test)) };
	const KindContext context = { .host = &host, .arena = test->arena };
	const Manifest *manifest = manifest_of(test, labelled);
	if (!layout_prepare(&host, &test->error))
		return false;
	for (size_t i = 0; i < manifest->objects.count; i++) {
		const Object *object = &manifest->objects.items[i];
		StoreChange change = STORE_UNCHANGED;
		if (!kinds[object->kind].actions->apply(&context, object, PUT_CREATE, &change,
							&test->error))
			return false;
	}
	return true;
}

TEST(kube_get_selects_by_labels)
{
	if (geteuid() != 0)
		SKIP("needs root");
	static const struct {
		const char *line;
		const char *want;
	} rows[] = {
		{ "-l app=web", "configmap/web-10\nconfigmap/web-2\n" },
		{ "--selector=app==db", "configmap/db\n" },
		{ "-l app!=web", "configmap/db\nconfigmap/plain\n" },
		{ "-l app", "configmap/db\nconfigmap/web-10\nconfigmap/web-2\n" },
		{ "-l !app", "configmap/plain\n" },
		{ "-lapp=web,example.com/tier=back", "configmap/web-2\n" },
		{ "-l example.com/tier\tin\t(front,side)", "configmap/web-10\n" },
		{ "-l app\tnotin(web,db)", "configmap/plain\n" },
		{ "-l app=none", "" },
	};
	CHECK(store_labelled(test));
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_RUN(arena_printf(test->arena, "kube get cm -o name %s", rows[i].line), 0,
			  rows[i].want, "");
	CHECK_RUN("kube get cm,secret,pvc -l app=web -o name", 0,
		  "configmap/web-10\nconfigmap/web-2\nsecret/web\n", "");
	CHECK_RUN("kube get cm -l app=none", 0, "", "No resources found\n");
	CHECK_RUN("kube get cm -l app=none --ignore-not-found", 0, "", "");
	CHECK_RUN("kube get cm -l app=none -o json", 0,
		  "{\"apiVersion\":\"v1\",\"items\":[],\"kind\":\"List\"}\n", "");
	CHECK_RUN("kube get cm -l app=", 0, "", "No resources found\n");
	CHECK_RUN("kube get cm -l app=web,", 1, "",
		  "Error: selector 'app=web,': it ends where a label's key should be\n");
	CHECK_RUN("kube get cm/db -l app=web", 2, "",
		  "Error: names and --selector exclude each other (see 'sdme kube get --help')\n");
}

TEST(kube_get_sorts_by_a_value)
{
	if (geteuid() != 0)
		SKIP("needs root");
	static const struct {
		const char *path;
		const char *want;
	} rows[] = {
		{ ".metadata.name", "db plain web-2 web-10" },
		{ "{.data.size}", "plain web-2 web-10 db" },
		{ "metadata.labels.app", "plain db web-10 web-2" },
		{ ".metadata.labels['example.com/tier']", "db plain web-2 web-10" },
	};
	CHECK(store_labelled(test));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const RunResult result =
			run_line(test, arena_printf(test->arena, "kube get cm -o name --sort-by %s",
						    rows[i].path));
		char *names = arena_strdup(test->arena, "");
		for (const char *next = result.output; *next; next += strcspn(next, "\n") + 1)
			names = arena_printf(test->arena, "%s%s%.*s", names, *names ? " " : "",
					     (int)strcspn(next + 10, "\n"), next + 10);
		CHECK_TEXT(names, rows[i].want);
	}
	CHECK_RUN("kube get cm,secrets --no-headers --sort-by .status.startTime", 1, "",
		  "Error: --sort-by: none of the configmaps has '.status.startTime'\n");
	CHECK_RUN("kube get cm --sort-by .metadata.labels", 1, "",
		  "Error: --sort-by: '.metadata.labels' is no single value of configmap/db\n");
	CHECK_RUN("kube get cm --sort-by .items[*]", 1, "",
		  "Error: path '.items[*]': '*' (character 8) is where a number or a name in "
		  "quotes should be\n");
	CHECK_RUN("kube get pvc --sort-by .status.startTime", 0, "", "No resources found\n");
}

TEST(kube_get_has_columns_for_labels_and_namespaces)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK(store_labelled(test));
	const RunResult labels =
		run_line(test, "kube get cm -L example.com/tier,app --show-labels");
	CHECK(text_starts_with(labels.output, "NAME    DATA  AGE  TIER   APP  LABELS\n"));
	CHECK(has_row(labels.output, "web-10  1     "));
	CHECK(strstr(labels.output, "s   front  web  app=web,example.com/tier=front\n"));
	CHECK(strstr(labels.output, "s          db   app=db\n"));
	CHECK(strstr(labels.output, "s               <none>\n"));
	const RunResult all = run_line(test, "kube get cm,secret -A -l app=web");
	CHECK(text_starts_with(all.output, "NAMESPACE  NAME              DATA  AGE\n"
					   "default    configmap/web-10  1     "));
	CHECK(strstr(all.output, "\n\nNAMESPACE  NAME        TYPE    DATA  AGE\n"
				 "default    secret/web  Opaque  0     "));
	const RunResult bare = run_line(test, "kube get cm,secret -l app=web --no-headers");
	CHECK(text_starts_with(bare.output, "configmap/web-10  1  "));
	CHECK(!strstr(bare.output, "NAME") && !strstr(bare.output, "\n\n"));
	CHECK_RUN("kube get cm db -A", 2, "",
		  "Error: names and --all-namespaces exclude each other (see 'sdme kube get "
		  "--help')\n");
	CHECK_RUN("kube get cm,secrets -w", 2, "",
		  "Error: --watch takes one kind of object (see 'sdme kube get --help')\n");
}
