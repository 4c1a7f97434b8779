#include "kube/check/check.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

#define META "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
#define IDS                                                                                        \
	"Forbidden: not supported by sdme: the Pod's user namespace has the ids 0 to 65535; set "  \
	"spec.hostUsers: true to use the host's ids"

// `members` of the one container on line 6, and of the spec on line 7.
static const char *findings_of(Test *test, const char *members, const char *spec)
{
	const char *text = arena_printf(
		test->arena,
		META "spec: {volumes: [{name: v}, {name: w}],\n  containers: [{name: c, image: i,\n"
		     "    %s}],\n  %s}\n",
		members, spec);
	return manifest_findings(manifest_of(test, text));
}

TEST(check_here_of_ids_in_a_user_namespace)
{
	static const char *const rows[][3] = {
		// clang-format off
		{ "securityContext: {runAsUser: 65535, runAsGroup: 65535}", "securityContext: {supplementalGroups: [0, 65535]}", "" },
		{ "securityContext: {runAsUser: 65536}", "", "p:6:34: spec.containers[0].securityContext.runAsUser: " IDS },
		{ "securityContext: {runAsGroup: 1000660000}", "", "p:6:35: spec.containers[0].securityContext.runAsGroup: " IDS },
		{ "securityContext: {runAsUser: 65536}", "hostUsers: false", "p:6:34: spec.containers[0].securityContext.runAsUser: " IDS },
		{ "", "securityContext: {runAsUser: 65536, runAsGroup: 65536, supplementalGroups: [1, 2000000]}",
		  "p:7:32: spec.securityContext.runAsUser: " IDS "\n"
		  "p:7:51: spec.securityContext.runAsGroup: " IDS "\n"
		  "p:7:82: spec.securityContext.supplementalGroups[1]: " IDS },
		{ "", "initContainers: [{name: d, image: i, securityContext: {runAsUser: 2147483647}}]",
		  "p:7:69: spec.initContainers[0].securityContext.runAsUser: " IDS },
		{ "securityContext: {runAsUser: 1000660000}", "hostUsers: true, securityContext: {supplementalGroups: [2000000]}", "" },
		{ "securityContext: {runAsUser: 1000660000}", "hostNetwork: true", "" },
		// Kubernetes' own words come alone.
		{ "securityContext: {runAsUser: 2147483648}", "",
		  "p:6:34: spec.containers[0].securityContext.runAsUser: Invalid value: 2147483648: must be between 0 and 2147483647, inclusive" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(findings_of(test, rows[i][0], rows[i][1]), rows[i][2]);
}

TEST(check_here_of_mounts_over_what_is_a_containers_own)
{
	static const char *const taken[][2] = {
		{ "/proc", "/proc" },
		{ "/proc/sys", "/proc/sys" },
		{ "/sys", "/sys" },
		{ "/sys/fs", "/sys/fs" },
		{ "/dev", "/dev" },
		{ "/dev/.", "/dev" },
		{ "/dev/null", "/dev/null" },
		{ "/dev/urandom", "/dev/urandom" },
		{ "/dev/stdout", "/dev/stdout" },
		{ "/dev/fd/3", "/dev/fd/3" },
		{ "dev/pts", "/dev/pts" },
		{ "/dev/mqueue/x", "/dev/mqueue/x" },
		{ "//proc/./1", "/proc/1" },
	};
	for (size_t i = 0; i < COUNT(taken); i++) {
		const char *members = arena_printf(
			test->arena,
			"volumeMounts: [{name: v, mountPath: /x}, {name: w, mountPath: %s}]",
			taken[i][0]);
		CHECK_TEXT(
			findings_of(test, members, ""),
			arena_printf(test->arena,
				     "p:6:67: spec.containers[0].volumeMounts[1].mountPath: "
				     "Forbidden: not supported by sdme: %s is the container's own; "
				     "mount the volume somewhere else",
				     taken[i][1]));
	}
	static const char *const free[] = { "/dev/shm",     "/dev/shm/x", "/dev/fuse",
					    "/dev/net/tun", "/dev/net",   "/dev/log",
					    "/dev/snd",     "/process",   "/dev/ttyUSB0",
					    "/devices",     "/system",    "/dev/nullx" };
	for (size_t i = 0; i < COUNT(free); i++) {
		const char *members = arena_printf(
			test->arena, "volumeMounts: [{name: v, mountPath: %s}]", free[i]);
		CHECK_TEXT(findings_of(test, members, ""), "");
	}
}

TEST(check_here_of_devices)
{
#define DEVICE                                                                                     \
	"Forbidden: not supported by sdme: a device lies below /dev, and its path has only "       \
	"letters, digits and the characters /._:+@=,- in it"
	static const char *const rows[][2] = {
		// clang-format off
		{ "{path: /dev/ttyACM0, type: CharDevice}", "" },
		{ "{path: /dev/serial/by-id/usb-ITEAD_SONOFF_Zigbee_3.0_USB_Dongle_Plus_V2_2022-if00, type: CharDevice}", "" },
		{ "{path: '/dev/disk/by-id/wwn-0x5:1@2,3=4+5', type: BlockDevice}", "" },
		{ "{path: '/dev/a b', type: CharDevice}", "p:4:80: spec.volumes[0].hostPath.path: " DEVICE },
		{ "{path: '/dev/%i', type: BlockDevice}", "p:4:80: spec.volumes[0].hostPath.path: " DEVICE },
		{ "{path: /srv/tty, type: CharDevice}", "p:4:80: spec.volumes[0].hostPath.path: " DEVICE },
		{ "{path: //dev/./tty, type: CharDevice}", "p:4:80: spec.volumes[0].hostPath.path: " DEVICE },
		// Not asked for as devices.
		{ "{path: '/dev/a b'}", "" },
		{ "{path: /srv/x, type: Socket}", "" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(
			manifest_findings(manifest_of(
				test,
				arena_printf(test->arena,
					     META
					     "spec: {containers: [{name: c, image: i}], volumes: "
					     "[{name: v, hostPath: %s}]}\n",
					     rows[i][0]))),
			rows[i][1]);
}

TEST(check_here_of_addresses)
{
#define IPV6                                                                                       \
	" is an IPv6 address, and pods have IPv4 only; name an IPv4 address, or leave hostIP out " \
	"for all of them"
	static const char *const rows[][3] = {
		// clang-format off
		{ "ports: [{containerPort: 80, hostPort: 80, hostIP: '::1'}]", "",
		  "p:6:55: spec.containers[0].ports[0].hostIP: Forbidden: not supported by sdme: ::1" IPV6 },
		{ "ports: [{containerPort: 80, hostPort: 80, hostIP: '::'}]", "",
		  "p:6:55: spec.containers[0].ports[0].hostIP: Forbidden: not supported by sdme: ::" IPV6 },
		{ "ports: [{containerPort: 80, hostPort: 80, hostIP: '::ffff:10.0.0.1'}]", "",
		  "p:6:55: spec.containers[0].ports[0].hostIP: Forbidden: not supported by sdme: ::ffff:10.0.0.1" IPV6 },
		{ "ports: [{containerPort: 80, hostPort: 80, hostIP: 0.0.0.0}]", "", "" },
		// It publishes nothing.
		{ "ports: [{containerPort: 80, hostPort: 80, hostIP: '::1'}]", "hostNetwork: true", "" },
		{ "ports: [{containerPort: 80, hostIP: '::1'}]", "", "warning: p:6:13: spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:::1}" },
		{ "", "dnsConfig: {nameservers: [10.0.0.1, '2001:db8::1', '::1']}",
		  "note: p:7:39: spec.dnsConfig.nameservers[1]: has no effect here: pods have IPv4 only" },
		{ "", "hostNetwork: true, dnsConfig: {nameservers: ['2001:db8::1']}", "" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(findings_of(test, rows[i][0], rows[i][1]), rows[i][2]);
}

TEST(check_here_of_the_whole_pod)
{
	CHECK_TEXT(
		findings_of(test, "", "hostNetwork: true, hostname: web"),
		"note: p:7:32: spec.hostname: has no effect here: a Pod with hostNetwork has the host's "
		"name, as in Kubernetes");
	static const char *const words[][2] = {
		{ "pod", "" },
		{ "container", "" },
		{ "host",
		  "p:3:48: metadata.annotations[sdme.io/ipc]: Unsupported value: \"host\": supported "
		  "values: \"container\", \"pod\"" },
	};
	for (size_t i = 0; i < COUNT(words); i++)
		CHECK_TEXT(
			manifest_findings(manifest_of(
				test,
				arena_printf(test->arena,
					     "apiVersion: v1\nkind: Pod\n"
					     "metadata: {name: a, annotations: {sdme.io/ipc: %s}}\n"
					     "spec: {containers: [{name: c, image: i}]}\n",
					     words[i][0]))),
			words[i][1]);
}
