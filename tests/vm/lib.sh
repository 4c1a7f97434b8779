# shellcheck shell=bash
# For the tests in this directory, in place of tests/e2e/lib.sh and pods.sh, which it brings along.
#
#   next_boot cut|reboot       after this file the machine loses its power, or reboots; the file is run again
#                              then, with $PART one higher

# shellcheck source=tests/e2e/lib.sh
. "${0%/*}/../e2e/lib.sh"
# shellcheck source=tests/e2e/pods.sh
. "${0%/*}/../e2e/pods.sh"

next_boot() {
	echo "$1" > "$NEXT_BOOT"
}

# hello_container NAME ACTIONS [FIELD...]: runs the static test program with these words, in flow style.
hello_container() {
	local name=$1 words=$2 field
	shift 2
	printf '{name: %s, image: "scratch:1", args: ["%s"]' "$name" "${words// /\", \"}"
	for field in "$@"; do
		printf ', %s' "$field"
	done
	printf '}'
}

# control_group POD [CONTAINER]: its directory, as the host sees it.
control_group() {
	local group
	group=/sys/fs/cgroup$(systemctl show -P ControlGroup "sdme@$1.service")
	if [[ $# -gt 1 ]]; then
		group=$(find "$group" -type d -name "sdme-oci-$2.service")
	fi
	echo "$group"
}

# limit FILE POD [CONTAINER]: one value of its control group.
limit() {
	local file=$1
	shift
	cat "$(control_group "$@")/$file"
}

# pod_json POD FILTER
pod_json() {
	sdme kube get pods "$1" -o json | jq -r "(.items[0]? // .) | $2"
}
