#include "kube/check/check.h"

#include "pkg/base/text.h"
#include "tests/unit/manifest.h"

typedef struct Row {
	const char *text;
	const char *findings;
} Row;

#define META "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

TEST(check_of_pods_speaks_as_kubernetes)
{
	static const Row
		rows[] = {
			// clang-format off
		{ "spec: {}\n", "p:4:7: spec.containers: Required value" },
		{ "", "p:1:1: spec.containers: Required value" },
		{ "spec: {containers: [{}]}\n",
		  "p:4:21: spec.containers[0].image: Required value\np:4:21: spec.containers[0].name: Required value" },
		{ "spec: {containers: [{name: a, image: i}, {name: a, image: i}]}\n",
		  "p:4:49: spec.containers[1].name: Duplicate value: \"a\"" },
		{ "spec: {containers: [{name: a, image: i}], initContainers: [{name: a, image: i}]}\n",
		  "p:4:67: spec.initContainers[0].name: Duplicate value: \"a\"" },
		{ "spec: {containers: [{name: My_App, image: i}]}\n",
		  "p:4:28: spec.containers[0].name: Invalid value: \"My_App\": " FAULT_LABEL },
		{ "spec: {containers: [{name: a, image: i}], hostname: a.b}\n",
		  "p:4:53: spec.hostname: Invalid value: \"a.b\": must not contain dots" },
		{ "spec: {containers: [{name: a, image: i}], hostNetwork: true, hostUsers: false}\n",
		  "p:4:56: spec.hostNetwork: Forbidden: when `hostUsers` is false" },
		{ "spec: {containers: [{name: a, image: i}], terminationGracePeriodSeconds: -1}\n",
		  "warning: p:4:74: spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {runAsUser: -1, supplementalGroups: [2147483648]}}\n",
		  "p:4:72: spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive\n"
		  "p:4:96: spec.securityContext.supplementalGroups[0]: Invalid value: 2147483648: must be between 0 and 2147483647, inclusive" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {seccompProfile: {type: Localhost}}}\n",
		  "p:4:77: spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {seccompProfile: {type: Localhost, localhostProfile: ''}}}\n",
		  "p:4:113: spec.securityContext.seccompProfile.localhostProfile: Forbidden: not supported by sdme: a directory is no profile" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {seccompProfile: {type: Localhost, localhostProfile: ../x}}}\n",
		  "p:4:113: spec.securityContext.seccompProfile.localhostProfile: Invalid value: \"../x\": must not contain '..'" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {seccompProfile: {type: Unconfined, localhostProfile: x}}}\n",
		  "p:4:114: spec.securityContext.seccompProfile.localhostProfile: Invalid value: {\"Type\":\"Unconfined\",\"LocalhostProfile\":\"x\"}: can only be set when seccomp type is Localhost" },
		{ "spec: {containers: [{name: a, image: i}], securityContext: {seccompProfile: {}}}\n",
		  "p:4:77: spec.securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v}, {name: v}]}\n",
		  "p:4:71: spec.volumes[1].name: Duplicate value: \"v\"" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, emptyDir: {}, hostPath: {path: /x}}]}\n",
		  "p:4:77: spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, hostPath: {path: /a/../b}}]}\n",
		  "p:4:80: spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, hostPath: {path: a}}]}\n",
		  "p:4:80: spec.volumes[0].hostPath.path: Forbidden: not supported by sdme: must be an absolute path" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, hostPath: {}}]}\n",
		  "p:4:73: spec.volumes[0].hostPath.path: Required value" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, emptyDir: {medium: HugePages, sizeLimit: -1}}]}\n",
		  "p:4:82: spec.volumes[0].emptyDir.medium: Forbidden: not supported by sdme: huge pages are not supported yet\n"
		  "p:4:104: spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, secret: {secretName: s, defaultMode: 644, items: [{key: k, path: /x}, {key: k, path: ..x}, {}]}}]}\n",
		  "p:4:100: spec.volumes[0].secret.defaultMode: Invalid value: 644: must be a number between 0 and 0777 (octal), both inclusive\n"
		  "p:4:128: spec.volumes[0].secret.items[0].path: Invalid value: \"/x\": must be a relative path\n"
		  "p:4:148: spec.volumes[0].secret.items[1].path: Invalid value: \"..x\": must not start with '..'\n"
		  "p:4:154: spec.volumes[0].secret.items[2].key: Required value\n"
		  "p:4:154: spec.volumes[0].secret.items[2].path: Required value" },
		{ "spec: {containers: [{name: a, image: i}], hostPID: true, hostIPC: true, hostUsers: false}\n",
		  "p:4:43: spec.hostPID: Forbidden: not supported by sdme: a machine with its own systemd has its own processes\n"
		  "p:4:52: spec.HostPID: Forbidden: when `hostUsers` is false\n"
		  "p:4:58: spec.hostIPC: Forbidden: not supported by sdme yet\n"
		  "p:4:67: spec.HostIPC: Forbidden: when `hostUsers` is false" },
		{ "spec: {containers: [{name: a, image: i}], hostPID: true, shareProcessNamespace: true}\n",
		  "p:4:43: spec.hostPID: Forbidden: not supported by sdme: a machine with its own systemd has its own processes\n"
		  "p:4:58: spec.shareProcessNamespace: Forbidden: not supported by sdme yet\n"
		  "p:4:81: spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled" },
		{ "spec: {containers: [{name: a, image: i}], os: {}}\n",
		  "p:4:47: spec.os.name: Required value" },
		{ "spec: {containers: [{name: a, image: i}], os: {name: linux}}\n", "" },
		{ "spec: {containers: [{name: a, image: i}], runtimeClassName: ''}\n",
		  "p:4:43: spec.runtimeClassName: Forbidden: not supported by sdme: there is one runtime: systemd-nspawn" },
		{ "spec: {containers: [{name: a, image: i}], hostnameOverride: ''}\n",
		  "p:4:43: spec.hostnameOverride: Forbidden: not supported by sdme: use hostname" },
		{ "spec: {containers: [{name: a, image: i}], restartPolicy: Never, initContainers: [{name: i, image: i, resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]}]}\n",
		  "note: p:4:102: spec.initContainers[0].resizePolicy: has no effect here: a changed Pod is started anew\n"
		  "p:4:152: spec.initContainers[0].resizePolicy: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'" },
		{ "spec: {containers: [{name: a, image: i}], initContainers: [{name: i, image: i, ports: [{name: x, containerPort: 1, hostPort: 7}]}, {name: j, image: i, ports: [{name: x, containerPort: 1, hostPort: 7}]}]}\n",
		  "warning: p:4:160: spec.initContainers[1].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]\n"
		  "warning: p:4:160: spec.initContainers[1].ports[0]: duplicate port name \"x\" with spec.initContainers[0].ports[0], services and probes that select ports by name will use spec.initContainers[0].ports[0]" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, configMap: {name: My}}]}\n",
		  "p:4:81: spec.volumes[0].configMap.name: Forbidden: not supported by sdme: no ConfigMap can have this name: " FAULT_SUBDOMAIN },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, secret: {secretName: a-}}, {name: w, persistentVolumeClaim: {claimName: ../x}}]}\n",
		  "p:4:84: spec.volumes[0].secret.secretName: Forbidden: not supported by sdme: no Secret can have this name: " FAULT_SUBDOMAIN "\n"
		  "p:4:135: spec.volumes[1].persistentVolumeClaim.claimName: Forbidden: not supported by sdme: no PersistentVolumeClaim can have this name: " FAULT_SUBDOMAIN },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, emptyDir: {medium: Disk}}]}\n",
		  "p:4:82: spec.volumes[0].emptyDir.medium: Forbidden: not supported by sdme: there are only \"\" and \"Memory\"" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, hostPath: {path: /x, type: Link}}]}\n",
		  "p:4:90: spec.volumes[0].hostPath.type: Unsupported value: \"Link\": supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, hostPath: {path: /x, type: ''}}]}\n", "" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, secret: {secretName: s}, hostPath: {path: /x}, emptyDir: {}}]}\n",
		  "p:4:63: spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type\n"
		  "p:4:88: spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, secret: {secretName: s, items: [{key: k, path: ..}, {key: k, path: ../x}]}}]}\n",
		  "p:4:110: spec.volumes[0].secret.items[0].path: Invalid value: \"..\": must not contain '..'\n"
		  "p:4:110: spec.volumes[0].secret.items[0].path: Invalid value: \"..\": must not start with '..'\n"
		  "p:4:130: spec.volumes[0].secret.items[1].path: Invalid value: \"../x\": must not contain '..'\n"
		  "p:4:130: spec.volumes[0].secret.items[1].path: Forbidden: not supported by sdme: overlaps with the path of item 0" },
		{ "spec: {containers: [{name: a, image: i}], volumes: [{name: v, secret: {secretName: s, items: [{key: k, path: p/q}, {key: k, path: p-x}, {key: k, path: p/}, {key: k, path: p-x}]}}]}\n",
		  "p:4:152: spec.volumes[0].secret.items[2].path: Forbidden: not supported by sdme: overlaps with the path of item 0\n"
		  "p:4:172: spec.volumes[0].secret.items[3].path: Forbidden: not supported by sdme: overlaps with the path of item 1" },
			// clang-format on
		};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(manifest_findings(manifest_of(
				   test, arena_printf(test->arena, META "%s", rows[i].text))),
			   rows[i].findings);
}

TEST(check_of_containers_speaks_as_kubernetes)
{
	// Fields of the one container, on line 6 from column 3 on.
	static const Row
		rows[] = {
			// clang-format off
		{ "image: ' i'", "p:6:10: spec.containers[0].image: Invalid value: \" i\": must not have leading or trailing whitespace" },
		{ "imagePullPolicy: always",
		  "p:6:20: spec.containers[0].imagePullPolicy: Unsupported value: \"always\": supported values: \"Always\", \"IfNotPresent\", \"Never\"" },
		{ "ports: [{}]", "p:6:11: spec.containers[0].ports[0].containerPort: Required value" },
		{ "ports: [{containerPort: 70000}]",
		  "p:6:27: spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive" },
		{ "ports: [{containerPort: 1, protocol: HTTP}]",
		  "p:6:40: spec.containers[0].ports[0].protocol: Unsupported value: \"HTTP\": supported values: \"SCTP\", \"TCP\", \"UDP\"" },
		{ "ports: [{containerPort: 1, hostPort: 8080}, {containerPort: 2, hostPort: 8080}]",
		  "p:6:76: spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//8080\"" },
		{ "ports: [{containerPort: 1, name: http}, {containerPort: 2, name: http}]",
		  "p:6:68: spec.containers[0].ports[1].name: Duplicate value: \"http\"" },
		{ "ports: [{containerPort: 1}, {containerPort: 1}]",
		  "warning: p:6:31: spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]" },
		{ "ports: [{containerPort: 1, hostIP: 10.0.0}]",
		  "warning: p:6:11: spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:1 Protocol:TCP HostIP:10.0.0}\n"
		  "p:6:38: spec.containers[0].ports[0].hostIP: Forbidden: not supported by sdme: must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
		{ "volumeMounts: [{name: cfg, mountPath: /x}]", "p:6:25: spec.containers[0].volumeMounts[0].name: Not found: \"cfg\"" },
		{ "volumeMounts: [{name: v, mountPath: /data}, {name: v, mountPath: /data}]",
		  "p:6:68: spec.containers[0].volumeMounts[1].mountPath: Invalid value: \"/data\": must be unique" },
		{ "volumeMounts: [{name: v, mountPath: /}]",
		  "p:6:39: spec.containers[0].volumeMounts[0].mountPath: Forbidden: not supported by sdme: must not be the root directory" },
		{ "volumeMounts: [{name: v, mountPath: /a/../b}]",
		  "p:6:39: spec.containers[0].volumeMounts[0].mountPath: Forbidden: not supported by sdme: must not contain '..'" },
		{ "env: [{name: A=B}]",
		  "p:6:16: spec.containers[0].env[0].name: Invalid value: \"A=B\": a valid environment variable name must consist only of printable ASCII characters other than '='" },
		{ "env: [{name: A, value: x, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
		  "p:6:40: spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty" },
		{ "env: [{name: A, valueFrom: {}}]",
		  "p:6:30: spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`" },
		{ "env: [{name: A, valueFrom: {secretKeyRef: {}}}]",
		  "p:6:45: spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value\n"
		  "p:6:45: spec.containers[0].env[0].valueFrom.secretKeyRef.name: Invalid value: \"\": " FAULT_SUBDOMAIN },
		{ "env: [{name: A, value: '1'}, {name: A, value: '2'}]",
		  "warning: p:6:32: spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply" },
		{ "env: [{name: A, value: '1'}, {name: A, value: '$(A)2'}]", "" },
		{ "envFrom: [{}]",
		  "p:6:13: spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`" },
		{ "resources: {limits: {cpu: '1'}, requests: {cpu: '2'}}",
		  "p:6:51: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1" },
		{ "resources: {limits: {memory: '-1'}}",
		  "p:6:32: spec.containers[0].resources.limits[memory]: Invalid value: \"-1\": must be greater than or equal to 0" },
		{ "resources: {limits: {memory: 100m}}",
		  "warning: p:6:32: spec.containers[0].resources.limits[memory]: fractional byte value \"100m\" is invalid, must be an integer" },
		{ "resources: {limits: {memory: 1GB}}",
		  "p:6:32: spec.containers[0].resources.limits[memory]: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" },
		{ "resources: {limits: {ram: 1}}",
		  "p:6:29: spec.containers[0].resources.limits[ram]: Invalid value: \"ram\": must be a standard resource type or fully qualified\n"
		  "p:6:29: spec.containers[0].resources.limits[ram]: Invalid value: \"ram\": must be a standard resource for containers" },
		{ "resources: {limits: {nvidia.com/gpu: 1}}",
		  "p:6:40: spec.containers[0].resources.limits[nvidia.com/gpu]: Forbidden: not supported by sdme: devices are handed out by a cluster; bind one with a hostPath volume" },
		{ "securityContext: {runAsUser: 0, runAsNonRoot: true}",
		  "p:6:32: spec.containers[0].securityContext.runAsUser: Invalid value: 0: container's runAsUser breaks non-root policy" },
		{ "securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}",
		  "p:6:47: spec.containers[0].securityContext: Invalid value: false: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN" },
		{ "securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN, ALL]}}", "" },
		{ "securityContext: {privileged: true}",
		  "p:6:21: spec.containers[0].securityContext.privileged: Forbidden: not supported by sdme: add the capabilities and hostPath volumes that are needed" },
		{ "ports: [{containerPort: 1, hostIP: 127.0.0.1}]",
		  "warning: p:6:11: spec.containers[0].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:1 Protocol:TCP HostIP:127.0.0.1}" },
		{ "ports: [{containerPort: 1, hostPort: 2}, {containerPort: 1}]",
		  "warning: p:6:44: spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]" },
		{ "ports: [{containerPort: 1, hostPort: 2}, {containerPort: 1, hostPort: 2, hostIP: 127.0.0.1}]",
		  "warning: p:6:44: spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]" },
		{ "volumeMounts: [{mountPath: /x}]",
		  "p:6:18: spec.containers[0].volumeMounts[0].name: Required value\n"
		  "p:6:18: spec.containers[0].volumeMounts[0].name: Not found: \"\"" },
		{ "volumeMounts: [{name: v, mountPath: /x, subPath: /a/.., subPathExpr: ../b}]",
		  "p:6:43: spec.containers[0].volumeMounts[0].subPath: Forbidden: not supported by sdme yet\n"
		  "p:6:52: spec.containers[0].volumeMounts.subPath: Invalid value: \"/a/..\": must be a relative path\n"
		  "p:6:52: spec.containers[0].volumeMounts.subPath: Invalid value: \"/a/..\": must not contain '..'\n"
		  "p:6:59: spec.containers[0].volumeMounts[0].subPathExpr: Forbidden: not supported by sdme yet\n"
		  "p:6:72: spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: \"../b\": subPathExpr and subPath are mutually exclusive\n"
		  "p:6:72: spec.containers[0].volumeMounts.subPathExpr: Invalid value: \"../b\": must not contain '..'" },
		{ "volumeMounts: [{name: v, mountPath: /x, mountPropagation: '', recursiveReadOnly: enabled}]",
		  "p:6:43: spec.containers[0].volumeMounts[0].mountPropagation: Forbidden: not supported by sdme yet\n"
		  "p:6:61: spec.containers[0].volumeMounts.mountPropagation: Unsupported value: \"\": supported values: \"Bidirectional\", \"HostToContainer\", \"None\"\n"
		  "p:6:65: spec.containers[0].volumeMounts[0].recursiveReadOnly: Forbidden: not supported by sdme yet\n"
		  "p:6:84: spec.containers[0].volumeMounts.recursiveReadOnly: Unsupported value: \"enabled\": supported values: \"Disabled\", \"Enabled\", \"IfPossible\"" },
		{ "volumeMounts: [{name: v, mountPath: /x, mountPropagation: Bidirectional, recursiveReadOnly: Enabled}]",
		  "p:6:43: spec.containers[0].volumeMounts[0].mountPropagation: Forbidden: not supported by sdme yet\n"
		  "p:6:61: spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers\n"
		  "p:6:76: spec.containers[0].volumeMounts[0].recursiveReadOnly: Forbidden: not supported by sdme yet\n"
		  "p:6:95: spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true\n"
		  "p:6:95: spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified" },
		{ "env: [{name: A, valueFrom: {configMapKeyRef: {name: M, key: a b}}}]",
		  "p:6:55: spec.containers[0].env[0].valueFrom.configMapKeyRef.name: Invalid value: \"M\": " FAULT_SUBDOMAIN "\n"
		  "p:6:63: spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')" },
		{ "envFrom: [{prefix: a=b, configMapRef: {name: M}, secretRef: {}}]",
		  "p:6:13: spec.containers[0].envFrom: Invalid value: \"\": may not have more than one field specified at a time\n"
		  "p:6:22: spec.containers[0].envFrom[0].prefix: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='\n"
		  "p:6:48: spec.containers[0].envFrom[0].configMapRef.name: Invalid value: \"M\": " FAULT_SUBDOMAIN "\n"
		  "p:6:63: spec.containers[0].envFrom[0].secretRef.name: Required value" },
		{ "envFrom: [{secretRef: {name: a-}}]",
		  "p:6:32: spec.containers[0].envFrom[0].secretRef.name: Forbidden: not supported by sdme: no object has a name that ends in '-'" },
		{ "resources: {limits: {CPU: 1, -x: 1, /y: 1, pods: 1}}",
		  "p:6:29: spec.containers[0].resources.limits[CPU]: Invalid value: \"CPU\": must be a standard resource type or fully qualified\n"
		  "p:6:29: spec.containers[0].resources.limits[CPU]: Invalid value: \"CPU\": must be a standard resource for containers\n"
		  "p:6:36: spec.containers[0].resources.limits[-x]: Invalid value: \"-x\": " FAULT_NAME_PART "\n"
		  "p:6:36: spec.containers[0].resources.limits[-x]: Invalid value: \"-x\": must be a standard resource for containers\n"
		  "p:6:43: spec.containers[0].resources.limits[/y]: Invalid value: \"/y\": prefix part must be non-empty\n"
		  "p:6:43: spec.containers[0].resources.limits[/y]: Invalid value: \"/y\": doesn't follow extended resource name standard\n"
		  "p:6:52: spec.containers[0].resources.limits[pods]: Invalid value: \"pods\": must be a standard resource for containers" },
		{ "resources: {requests: {example.com/a: 1}}",
		  "p:6:41: spec.containers[0].resources.requests[example.com/a]: Forbidden: not supported by sdme: devices are handed out by a cluster; bind one with a hostPath volume\n"
		  "p:6:41: spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources" },
		{ "resources: {limits: {example.com/a: 1}, requests: {example.com/a: 2, hugepages-2Mi: 2Mi}}",
		  "p:6:39: spec.containers[0].resources.limits[example.com/a]: Forbidden: not supported by sdme: devices are handed out by a cluster; bind one with a hostPath volume\n"
		  "p:6:69: spec.containers[0].resources.requests[example.com/a]: Forbidden: not supported by sdme: devices are handed out by a cluster; bind one with a hostPath volume\n"
		  "p:6:69: spec.containers[0].resources.requests: Invalid value: \"2\": must be equal to example.com/a limit of 1\n"
		  "p:6:87: spec.containers[0].resources.requests[hugepages-2Mi]: Forbidden: not supported by sdme: huge pages are not supported yet\n"
		  "p:6:87: spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources" },
		{ "resizePolicy: [{resourceName: cpu, restartPolicy: Maybe}, {resourceName: cpu, restartPolicy: NotRequired}, {resourceName: gpu}]",
		  "note: p:6:3: spec.containers[0].resizePolicy: has no effect here: a changed Pod is started anew\n"
		  "p:6:53: spec.containers[0].resizePolicy: Unsupported value: \"Maybe\": supported values: \"NotRequired\", \"RestartContainer\"\n"
		  "p:6:76: spec.containers[0].resizePolicy[1]: Duplicate value: \"cpu\"\n"
		  "p:6:110: spec.containers[0].resizePolicy: Required value\n"
		  "p:6:125: spec.containers[0].resizePolicy: Unsupported value: \"gpu\": supported values: \"cpu\", \"memory\"" },
		{ "terminationMessagePolicy: file",
		  "p:6:29: spec.containers[0].terminationMessagePolicy: Unsupported value: \"file\": supported values: \"File\", \"FallbackToLogsOnError\"" },
		{ "restartPolicy: ''",
		  "p:6:18: spec.containers[0].restartPolicy: Unsupported value: \"\": supported values: \"Always\", \"Never\", \"OnFailure\"" },
		{ "restartPolicy: always",
		  "p:6:18: spec.containers[0].restartPolicy: Unsupported value: \"always\": supported values: \"Always\", \"Never\", \"OnFailure\"" },
		{ "restartPolicyRules: [{action: Restart}]",
		  "p:6:3: spec.containers[0].restartPolicyRules: Forbidden: not supported by sdme yet\n"
		  "p:6:23: spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used" },
		{ "securityContext: {procMount: ''}",
		  "p:6:32: spec.containers[0].securityContext.procMount: Unsupported value: \"\": supported values: \"Default\", \"Unmasked\"" },
		{ "livenessProbe: {tcpSocket: {port: http}}", "p:6:3: spec.containers[0].livenessProbe: Forbidden: not supported by sdme yet" },
			// clang-format on
		};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *image = text_starts_with(rows[i].text, "image:") ? "" : ", image: i";
		const char *text =
			arena_printf(test->arena,
				     META "spec: {volumes: [{name: v}], containers: [{name: c%s,\n"
					  "  # line 5\n  %s}]}\n",
				     image, rows[i].text);
		CHECK_TEXT(manifest_findings(manifest_of(test, text)), rows[i].findings);
	}
}

#define SEARCH                                                                                            \
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or " \
	"'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for " \
	"validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"

TEST(check_of_dns_speaks_as_kubernetes)
{
	// What follows the containers, from column 9 of line 5 on.
	static const Row rows[] = {
		// clang-format off
		{ "dnsPolicy: None, dnsConfig: {nameservers: [10.99.0.1]}", "" },
		{ "dnsPolicy: Default", "" }, { "dnsPolicy: ClusterFirst", "" }, { "dnsPolicy: ClusterFirstWithHostNet", "" },
		{ "dnsPolicy: ''", "" }, { "dnsConfig: {}", "" },
		{ "dnsConfig: {nameservers: [1.1.1.1, 1.1.1.1, '::1'], searches: ['.', a_b, example.com.], options: [{name: ndots, value: '5'}, {name: edns0}, {name: ndots}]}", "" },
		{ "dnsPolicy: none",
		  "p:5:20: spec.dnsPolicy: Unsupported value: \"none\": supported values: \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\"" },
		{ "dnsPolicy: None", "p:5:20: spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None" },
		{ "dnsPolicy: None, dnsConfig: {searches: [x y]}",
		  "p:5:37: spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None" },
		{ "dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}",
		  "p:5:34: spec.dnsConfig.nameservers: Invalid value: [\"1.1.1.1\",\"1.1.1.2\",\"1.1.1.3\",\"1.1.1.4\"]: must not have more than 3 nameservers" },
		{ "dnsConfig: {nameservers: [1.1.1.1, '1.2.3.4 ', '']}",
		  "p:5:44: spec.dnsConfig.nameservers[1]: Invalid value: \"1.2.3.4 \": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\n"
		  "p:5:56: spec.dnsConfig.nameservers[2]: Invalid value: \"\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
		{ "dnsConfig: {searches: [a, 'A b', '', x..]}",
		  "p:5:35: spec.dnsConfig.searches[1]: Invalid value: \"A b\": " SEARCH "\n"
		  "p:5:42: spec.dnsConfig.searches[2]: Invalid value: \"\": " SEARCH "\n"
		  "p:5:46: spec.dnsConfig.searches[3]: Invalid value: \"x.\": " SEARCH },
		{ "dnsConfig: {options: [{name: a}, {value: x}]}", "p:5:42: spec.dnsConfig.options[1]: Required value: must not be empty" },
		{ "dnsConfig: {options: [{name: ndots, value: 5}]}",
		  "p:5:52: spec.dnsConfig.options[0].value: json: cannot unmarshal number into Go struct field PodDNSConfigOption.spec.dnsConfig.options.value of type string (write \"5\" in quotes)" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(manifest_findings(manifest_of(
				   test,
				   arena_printf(test->arena,
						META "spec: {containers: [{name: c, image: i}],\n"
						     "        %s}\n",
						rows[i].text))),
			   rows[i].findings);
}

TEST(check_of_dns_counts_domains)
{
	Texts searches = { 0 };
#define SEARCHES META "spec: {containers: [{name: c, image: i}], dnsConfig: {searches: [%s]}}\n"
	while (searches.count < 32)
		texts_add(test->arena, &searches,
			  arena_printf(test->arena, "d%062zu", searches.count));
	// 32 of 63 characters and 31 spaces are 2047.
	const char *list = texts_join(&searches, ", ", test->arena);
	CHECK_TEXT(manifest_findings(manifest_of(test, arena_printf(test->arena, SEARCHES, list))),
		   "");
	list = arena_printf(test->arena, "a%s", list);
	CHECK_TEXT(manifest_findings(manifest_of(test, arena_printf(test->arena, SEARCHES, list))),
		   "");
	list = arena_printf(test->arena, "a%s", list);
	CHECK(strstr(
		manifest_findings(manifest_of(test, arena_printf(test->arena, SEARCHES, list))),
		"must not have more than 2048 characters (including spaces) in the search list"));
	list = arena_printf(test->arena, "b, %s", texts_join(&searches, ", ", test->arena));
	CHECK(strstr(
		manifest_findings(manifest_of(test, arena_printf(test->arena, SEARCHES, list))),
		"must not have more than 32 search paths"));
}

TEST(check_of_metadata_speaks_as_kubernetes)
{
	static const Row rows[] = {
		// clang-format off
		{ "{}", "p:3:11: metadata.name: Required value: name or generateName is required" },
		{ "{name: \"\"}", "p:3:18: metadata.name: Required value: name or generateName is required" },
		{ "{name: 7}", "p:3:18: metadata.name: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string (write \"7\" in quotes)" },
		{ "7", "p:3:11: metadata: json: cannot unmarshal number into Go struct field ConfigMap.metadata of type v1.ObjectMeta" },
		{ "~", "p:1:1: metadata.name: Required value: name or generateName is required" },
		{ "{name: a, generateName: a_-}", "" }, // the last letter is not looked at
		{ "{name: a, generateName: B_}", "p:3:35: metadata.generateName: Invalid value: \"B_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')" },
		// What the server sets is dropped, but must be what the server sets.
		{ "{name: a, uid: 7}", "p:3:26: metadata.uid: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type string (write \"7\" in quotes)" },
		{ "{name: a, generation: x, creationTimestamp: \"\"}",
		  "p:3:33: metadata.generation: json: cannot unmarshal string into Go struct field ObjectMeta.metadata.generation of type int64\n"
		  "p:3:55: metadata.creationTimestamp: parsing time \"\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"2006\"" },
		{ "{name: a, ownerReferences: [{ApiVersion: v1, apiVersion: v1, kind: K, name: o, uid: u, controller: 1}], managedFields: {}, creationTimestamp: ~}",
		  "p:3:40: strict decoding error: unknown field \"metadata.ownerReferences[0].ApiVersion\" (did you mean \"apiVersion\"?)\n"
		  "p:3:110: metadata.ownerReferences[0].controller: json: cannot unmarshal number into Go struct field OwnerReference.metadata.ownerReferences.controller of type bool\n"
		  "p:3:130: metadata.managedFields: json: cannot unmarshal object into Go struct field ObjectMeta.metadata.managedFields of type []v1.ManagedFieldsEntry" },
		{ "{name: a, ownerReferences: [{apiVersion: a/b, kind: K, name: o, uid: u}, {apiVersion: a/b/c}, ~]}",
		  "p:3:84: metadata.ownerReferences.kind: Invalid value: \"\": must not be empty\n"
		  "p:3:84: metadata.ownerReferences.name: Invalid value: \"\": must not be empty\n"
		  "p:3:84: metadata.ownerReferences.uid: Invalid value: \"\": must not be empty\n"
		  "p:3:97: metadata.ownerReferences.apiVersion: Invalid value: \"a/b/c\": version must not be empty\n"
		  "p:3:105: metadata.ownerReferences.apiVersion: Invalid value: \"\": version must not be empty\n"
		  "p:3:105: metadata.ownerReferences.kind: Invalid value: \"\": must not be empty\n"
		  "p:3:105: metadata.ownerReferences.name: Invalid value: \"\": must not be empty\n"
		  "p:3:105: metadata.ownerReferences.uid: Invalid value: \"\": must not be empty" },
		{ "{name: a, ownerReferences: [{apiVersion: v1, kind: K, name: o, uid: u, controller: true}, {apiVersion: v1, kind: K, name: m, uid: w, controller: true}]}",
		  "p:3:101: metadata.ownerReferences: Invalid value: [{\"apiVersion\":\"v1\",\"kind\":\"K\",\"name\":\"o\",\"uid\":\"u\",\"controller\":true},{\"apiVersion\":\"v1\",\"kind\":\"K\",\"name\":\"m\",\"uid\":\"w\",\"controller\":true}]: "
		  "Only one reference can have Controller set to true. Found \"true\" in references for K/o and K/m" },
		{ "{name: a, ownerReferences: [{apiVersion: v1, kind: 7, name: o, uid: u}]}",
		  "p:3:62: metadata.ownerReferences[0].kind: json: cannot unmarshal number into Go struct field OwnerReference.metadata.ownerReferences.kind of type string (write \"7\" in quotes)" },
		{ "{name: a, finalizers: [kubernetes, orphan, a.b/c]}", "" },
		{ "{name: a, finalizers: [orphan, foregroundDeletion, x]}",
		  "p:3:34: metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\",\"x\"]: finalizer orphan and foregroundDeletion cannot be both set\n"
		  "p:3:62: metadata.finalizers[2]: Invalid value: \"x\": name is neither a standard finalizer name nor is it fully qualified" },
		{ "{name: a, finalizers: [a.b/]}",
		  "p:3:34: metadata.finalizers: Invalid value: \"a.b/\": name part must be non-empty\n"
		  "p:3:34: metadata.finalizers: Invalid value: \"a.b/\": " FAULT_NAME_PART },
		{ "{name: a, managedFields: [{operation: Apply, manager: kubectl, fieldsType: FieldsV1}, {operation: apply, fieldsType: V1, manager: \"a\\a\"}]}",
		  "p:3:109: metadata.managedFields[1].operation: Invalid value: \"apply\": must be `Apply` or `Update`\n"
		  "p:3:128: metadata.managedFields[1].fieldsType: Invalid value: \"V1\": must be `FieldsV1`\n"
		  "p:3:141: metadata.managedFields[1].manager: Invalid value: \"a\\a\": invalid character U+0007 (at position 1)" },
		{ "{generateName: a-}",
		  "p:3:26: metadata.generateName: Forbidden: not supported by sdme: apply needs a name that stays the same" },
		{ "{name: a, namespace: default}", "" },
		{ "{name: a, namespace: b}",
		  "p:3:32: metadata.namespace: Forbidden: not supported by sdme: there is only the namespace 'default' for now" },
		{ "{name: a, labels: {a/b/c: x}}",
		  "p:3:30: metadata.labels: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')" },
		{ "{name: a, annotations: {Example.com/x: any thing}}", "" },
		{ "{name: a, labels: {a: 1}}",
		  "p:3:33: metadata.labels[a]: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string (write \"1\" in quotes)" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(manifest_findings(manifest_of(
				   test,
				   arena_printf(test->arena,
						"apiVersion: v1\nkind: ConfigMap\nmetadata: %s\n",
						rows[i].text))),
			   rows[i].findings);
}

TEST(check_warns_of_odd_metadata)
{
	CHECK_TEXT(manifest_findings(manifest_of(
			   test, "apiVersion: v1\nkind: Pod\nmetadata: {name: a.b, annotations: "
				 "{security.alpha.kubernetes.io/sysctls: x}}\n"
				 "spec: {containers: [{name: a, image: i}]}\n")),
		   "warning: p:3:18: metadata.name: this is used in the Pod's hostname, which can "
		   "result in surprising behavior; a DNS label is recommended: [must not contain "
		   "dots]\n"
		   "warning: p:3:36: metadata.annotations[security.alpha.kubernetes.io/sysctls]: "
		   "non-functional in v1.11+; use the \"sysctls\" field instead");
	CHECK_TEXT(
		manifest_findings(manifest_of(
			test, "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a, "
			      "annotations: {volume.beta.kubernetes.io/storage-class: x}}\n"
			      "spec: {accessModes: [ReadWriteOnce], resources: {requests: "
			      "{storage: 1}}}\n")),
		"warning: p:3:35: "
		"metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since "
		"v1.8; use \"storageClassName\" attribute instead");
}

TEST(check_of_stored_objects_speaks_as_kubernetes)
{
	static const Row rows[] = {
		// clang-format off
		{ "kind: ConfigMap\ndata: {a b: x}\n",
		  "p:4:8: data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')" },
		{ "kind: ConfigMap\ndata: {a: x}\nbinaryData: {a: eA==}\n",
		  "p:4:8: data[a]: Invalid value: \"a\": duplicate of key present in binaryData" },
		{ "kind: ConfigMap\nbinaryData: {a: [], b: [104, ~, 255]}\n", "" },
		{ "kind: ConfigMap\nbinaryData: {a: [1, 256]}\n",
		  "p:4:21: binaryData[a]: json: cannot unmarshal number 256 into Go struct field ConfigMap.binaryData of type uint8" },
		{ "kind: Secret\ndata: {a: [a]}\n",
		  "p:4:12: data[a]: json: cannot unmarshal string into Go struct field Secret.data of type uint8" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}\nstatus: 7\n",
		  "p:5:9: status: json: cannot unmarshal number into Go struct field PersistentVolumeClaim.status of type v1.PersistentVolumeClaimStatus" },
		{ "kind: ConfigMap\nbinaryData: {a: '!'}\n", "p:4:17: binaryData[a]: illegal base64 data at input byte 0" },
		{ "kind: ConfigMap\ndata: {a: 1}\n",
		  "p:4:11: data[a]: json: cannot unmarshal number into Go struct field ConfigMap.data of type string (write \"1\" in quotes)" },
		{ "kind: ConfigMap\ndata: {a: \"\\0\"}\n", "p:4:11: data[a]: Invalid value: must not contain a NUL byte; write the value as base64" },
		{ "kind: Secret\ntype: kubernetes.io/tls\ndata: {tls.crt: ''}\n", "p:5:7: data[tls.key]: Required value" },
#define TLS(certificate, key) "kind: Secret\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: \"" certificate "\"\n  tls.key: \"" key "\"\n"
#define PEM(type) "-----BEGIN " type "-----\\neA==\\n-----END " type "-----\\n"
		{ TLS("", "x"), "warning: p:6:3: tls: failed to find any PEM data in certificate input" },
		{ TLS(PEM("EC PRIVATE KEY"), ""),
		  "warning: p:6:3: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched" },
		{ TLS(PEM("A") PEM("B C"), ""),
		  "warning: p:6:3: tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [A B C]" },
		{ TLS(PEM("CERTIFICATE"), "x"), "warning: p:7:3: tls: failed to find any PEM data in key input" },
		{ TLS(PEM("CERTIFICATE"), PEM("CERTIFICATE")),
		  "warning: p:7:3: tls: found a certificate rather than a key in the PEM for the private key" },
		{ TLS(PEM("CERTIFICATE"), PEM("A") PEM("CERTIFICATE")),
		  "warning: p:7:3: tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [A CERTIFICATE]" },
		{ TLS(PEM("A") PEM("CERTIFICATE"), PEM("EC PARAMETERS") PEM("EC PRIVATE KEY")), "" },
		{ "kind: Secret\ntype: kubernetes.io/basic-auth\n",
		  "p:1:1: data[username]: Required value\np:1:1: data[password]: Required value" },
		{ "kind: Secret\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: 'x'}\n",
		  "p:5:14: data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": invalid character 'x' looking for beginning of value" },
		{ "kind: Secret\ntype: kubernetes.io/dockercfg\nstringData: {.dockercfg: '{auths: {}}'}\n",
		  "p:5:14: data[.dockercfg]: Invalid value: \"<secret contents redacted>\": invalid character 'a' looking for beginning of object key string" },
		{ "kind: Secret\ntype: kubernetes.io/dockercfg\ndata: {.dockercfg: e30s}\n", // "{},"
		  "p:5:8: data[.dockercfg]: Invalid value: \"<secret contents redacted>\": invalid character ',' after top-level value" },
		{ "kind: Secret\ntype: kubernetes.io/dockercfg\nstringData: {.dockercfg: 'null'}\n", "" },
		{ "kind: Secret\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '{\"auths\": {}}'}\n", "" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1GB}}}\n",
		  "p:4:70: spec.resources.requests[storage]: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: [1]}}}\n",
		  "p:4:70: spec.resources.requests[storage]: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: yes}}}\n",
		  "p:4:70: spec.resources.requests[storage]: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: 1Gi}}\n",
		  "p:4:60: spec.resources.requests: json: cannot unmarshal string into Go struct field VolumeResourceRequirements.spec.resources.requests of type v1.ResourceList" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: null}}}\n",
		  "p:4:49: spec.resources[storage]: Invalid value: \"0\": must be greater than zero" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: null}}\n",
		  "p:4:49: spec.resources[storage]: Required value" },
		{ "kind: PersistentVolumeClaim\nspec: {}\n",
		  "p:4:7: spec.accessModes: Required value: at least 1 access mode is required\np:4:7: spec.resources[storage]: Required value" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [RWO, ReadWriteOncePod], resources: {requests: {storage: 0}}}\n",
		  "p:4:21: spec.accessModes: Unsupported value: \"RWO\": supported values: \"ReadOnlyMany\", \"ReadWriteMany\", \"ReadWriteOnce\", \"ReadWriteOncePod\"\n"
		  "p:4:21: spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes\n"
		  "p:4:57: spec.resources[storage]: Invalid value: \"0\": must be greater than zero" },
#define CLAIM(rest) "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}, " rest "}\n"
		{ CLAIM("volumeMode: ''"),
		  "p:4:87: spec.volumeMode: Unsupported value: \"\": supported values: \"Block\", \"Filesystem\"" },
		{ CLAIM("storageClassName: '', volumeAttributesClassName: ''"), "" },
		{ CLAIM("storageClassName: Fast"),
		  "note: p:4:75: spec.storageClassName: has no effect here: volumes are directories of this host; there are no classes to choose from\n"
		  "p:4:93: spec.storageClassName: Invalid value: \"Fast\": " FAULT_SUBDOMAIN },
		{ CLAIM("selector: {matchExpressions: [{key: a, operator: Gt, values: ['1']}]}"),
		  "note: p:4:75: spec.selector: has no effect here: volumes are directories of this host; there are no classes to choose from\n"
		  "p:4:124: spec.selector.matchExpressions[0].operator: Invalid value: \"Gt\": not a valid selector operator" },
		{ "kind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1.5}, limits: {storage: 1u}}}\n",
		  "warning: p:4:70: spec.resources.requests[storage]: fractional byte value \"1500m\" is invalid, must be an integer\n"
		  "warning: p:4:94: spec.resources.limits[storage]: fractional byte value \"1m\" is invalid, must be an integer" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(manifest_findings(manifest_of(
				   test, arena_printf(test->arena,
						      "apiVersion: v1\nmetadata: {name: a}\n%s",
						      rows[i].text))),
			   rows[i].findings);
}

TEST(check_of_size_counts_values)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ");
	for (size_t i = 0; i <= 1024 * 1024; i++)
		buffer_add_char(&text, 'x');
	CHECK_TEXT(manifest_errors(manifest_of(test, buffer_text(&text))),
		   "p:1:1: []: Too long: may not be more than 1048576 bytes");
}

TEST(check_between_objects)
{
#define NAMED(kind, name, rest)                                                                    \
	"---\napiVersion: v1\nkind: " kind "\nmetadata: {name: " name "}\n" rest
#define WEB                                                                                        \
	"spec: {containers: [{name: c, image: i, ports: [{containerPort: 80, hostPort: 80}]}]}\n"
	Manifest *manifest = manifest_of(
		test,
		NAMED("Pod", "a", WEB) NAMED("Pod", "b", WEB) NAMED(
			"Pod", "a",
			"spec: {containers: [{name: c, image: i}]}\n") NAMED("ConfigMap", "m",
									     "data: {x: v}\n")
			NAMED("Pod", "d",
			      "spec: {containers: [{name: c, image: i, env: [{name: A, valueFrom: "
			      "{configMapKeyRef: {name: m, key: z}}}, {name: B, valueFrom: "
			      "{configMapKeyRef: {name: m, key: z, optional: true}}}]}]}\n"));
	CHECK_TEXT(manifest_findings(manifest),
		   "p:10:79: port 80/TCP of the host is taken by the Pod 'a' at p:5\n"
		   "p:14:18: metadata.name: Duplicate value: \"a\": Pod is defined at p:2, too\n"
		   "warning: p:25:101: the ConfigMap 'm' at p:17 has no key 'z'");
}
