# shellcheck shell=bash
# Pods for the tests in this directory: `. "${0%/*}/pods.sh"` after lib.sh.

# apply [OPTION...]: the manifest on standard input.
apply() {
	sdme --quiet kube apply "$@" -f -
}

# pod NAME [LINE...]: applies a Pod of one busybox container that lives until it is told to end. The lines
# go below `spec:`; a `containers:` among them replaces that container.
pod() {
	apply <<< "$(print_pod "$@")"
}

print_pod() {
	local name=$1
	shift
	printf '%s\n' 'apiVersion: v1' 'kind: Pod' "metadata: {name: $name}" 'spec:' \
		'  terminationGracePeriodSeconds: 1'
	[[ $# -eq 0 ]] || printf '  %s\n' "$@"
	[[ " $* " == *' containers:'* ]] || printf '  %s\n' "containers: [$(idle app)]"
}

# idle NAME [FIELD...]: a container in flow style that does nothing, and ends at SIGTERM.
idle() {
	local name=$1 field
	shift
	printf "{name: %s, image: 'busybox:1.35', command: [sh, -c, \"trap 'exit 0' TERM; sleep infinity & wait\"]" "$name"
	for field in "$@"; do
		printf ', %s' "$field"
	done
	printf '}'
}

# in_pod POD CMD...: in its only container. in_container POD CONTAINER CMD...
in_pod() {
	local name=$1
	shift
	sdme kube exec "$name" -- "$@"
}

in_container() {
	local name=$1 container=$2
	shift 2
	sdme kube exec "$name" -c "$container" -- "$@"
}

# One column of `sdme kube get pods`.
pod_status() {
	sdme kube get pods "$1" | awk 'NR == 2 { print $3 }'
}

pod_restarts() {
	sdme kube get pods "$1" | awk 'NR == 2 { print $4 }'
}

# has_status POD STATUS: for wait_until.
has_status() {
	[[ $(pod_status "$1") == "$2" ]]
}

has_restarts() {
	[[ $(pod_restarts "$1") == "$2" ]]
}

# log_has POD CONTAINER TEXT
log_has() {
	sdme kube logs "$1" -c "$2" | grep -qF -- "$3"
}

# wait_log POD CONTAINER TEXT: its log arrives in the journal a moment after it was written.
wait_log() {
	wait_until 5 log_has "$@"
}

# started_at POD: changes when the machine is started anew.
started_at() {
	systemctl show -P ActiveEnterTimestampMonotonic "sdme@$1.service"
}

leader() {
	machinectl show -p Leader --value "$1"
}

remove_pods() {
	sdme --quiet kube delete pod --force --ignore-not-found "$@" > /dev/null
}
