#include "pkg/base/text.h"
#include "store/object/volume.h"
#include "store/state/layout.h"
#include "tests/unit/run_line.h"

#include <unistd.h>

// A row without its age and path, which differ from run to run.
static bool has_row(const char *table, const char *row)
{
	const char *found = strstr(table, row);
	return found && (found == table || found[-1] == '\n');
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
	CHECK_RUN(
		"kube get cm web -o json", 0,
		"{\"apiVersion\":\"v1\",\"data\":{\"a\":\"1\",\"b\":\"2\"},\"kind\":\"ConfigMap\","
		"\"metadata\":{\"name\":\"web\",\"namespace\":\"default\"}}\n",
		"");
	CHECK_RUN("kube get cm web -o yaml", 0,
		  "apiVersion: v1\ndata:\n  a: \"1\"\n  b: \"2\"\nkind: ConfigMap\nmetadata:\n"
		  "  name: web\n  namespace: default\n",
		  "");
	const RunResult secrets = run_line(test, "kube get secrets");
	CHECK(has_row(secrets.output, "token  Opaque  1     ") &&
	      !strstr(secrets.output, "swordfish"));
	const RunResult json = run_line(test, "kube get secrets -o json");
	CHECK_TEXT(
		json.output,
		"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\","
		"\"data\":{\"password\":\"***\"},\"kind\":\"Secret\",\"metadata\":{\"name\":\"token\","
		"\"namespace\":\"default\"},\"type\":\"Opaque\"}]}\n");
}

TEST(kube_get_several_kinds)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("kube get cm,secret", 0, "", "No resources found\n");
	CHECK_RUN("kube get cm,secret -o json", 0,
		  "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}\n", "");
	CHECK_RUN("configmap create web --from-literal a=1", 0, "web\n", "");
	CHECK_RUN("configmap create db --from-literal a=1", 0, "db\n", "");
	CHECK_RUN("secret create web --from-literal a=1", 0, "web\n", "");
	const RunResult both = run_line(test, "kube get ConfigMap,secrets.v1.,pvc");
	CHECK(both.exit_status == 0 && has_row(both.output, "configmap/web  1     ") &&
	      has_row(both.output, "\nNAME        TYPE    DATA  AGE\nsecret/web  Opaque  1     "));
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
