#!/bin/bash
# `make demo`: a throwaway host with systemd as PID 1, sdme installed in it, and a Pod of three containers that is
# applied, looked at from all sides, and deleted. Every line that begins with a prompt is a command, run as shown:
#   host#       in the throwaway host
#   outside$    on this machine, which is another one as far as the host's network goes
# Usage: demo.sh [RELEASE]        KEEP=1 leaves the host to play with
set -euo pipefail

repository=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
release=${1:-bookworm}
name=demo-$$
log=$(mktemp)

if [[ $EUID -ne 0 ]]; then
	rm -f "$log"
	exec sudo --preserve-env=KEEP,SDME_TEST_CACHE,SDME_TEST_MIRROR,TERM "${BASH_SOURCE[0]}" "$@"
fi

bold=''
plain=''
if [[ -t 1 ]]; then
	bold=$'\e[1m' plain=$'\e[0m'
fi

step() {
	printf '\n%s==> %s%s\n' "$bold" "$*" "$plain"
}

host() {
	"$repository/tests/host/host" "$@"
}

# inside COMMAND: types it in the throwaway host.
inside() {
	printf '%shost# %s%s\n' "$bold" "$*" "$plain"
	host exec "$name" -- bash -c "TIMEFORMAT='(took %R s)'; $*"
}

outside() {
	printf '%soutside$ %s%s\n' "$bold" "$*" "$plain"
	bash -c "$*"
}

# quiet WHAT CMD...: the output only when it fails.
quiet() {
	local what=$1
	shift
	"$@" > "$log" 2>&1 && return
	cat "$log" >&2
	echo "demo: $what failed, see above" >&2
	exit 1
}

clean_up() {
	local status=$?
	rm -f "$log"
	if [[ -n ${KEEP:-} ]]; then
		step "The host is still there: tests/host/host exec $name -- bash; tests/host/host remove $name"
	else
		host remove "$name"
	fi
	exit $status
}

boot_host() {
	step "Booting a throwaway host: Debian $release with systemd, in namespaces of its own"
	[[ -e ${SDME_TEST_CACHE:-/var/cache/sdme-tests}/images ]] ||
		echo "(The first time this fetches Debian packages and makes images: three minutes.)"
	trap clean_up EXIT
	trap 'exit 130' INT TERM
	quiet "making the images" "$repository/tests/images/build"
	quiet "booting the host" host boot "$name" "$release"
	address=$(host ip "$name")
	inside 'systemctl is-system-running; ps -p 1 -o pid,comm'
}

install_sdme() {
	step "Installing sdme in it (sudo make install)"
	quiet "make install" make -C "$repository" --no-print-directory install "DESTDIR=$(host root "$name")"
	host exec "$name" -- systemctl daemon-reload
	host push "$name" "$repository/manifests/demo.yaml" /root/demo.yaml
	inside 'sdme --version; systemctl list-units --no-legend "sdme*" | wc -l   # nothing of it runs'
}

apply_pod() {
	step "A ConfigMap, a Secret and a Pod: one init container and two that share a volume"
	inside "sed -n '/^kind: Pod/,\$p' demo.yaml"
	step "Applying it: the images are pulled, the Pod becomes a systemd-nspawn machine and starts"
	inside 'time sdme kube apply -f demo.yaml'
	step "The same again changes nothing; when the images are there, a start takes this long"
	inside 'sdme kube apply -f demo.yaml'
	inside 'sdme stop demo && time sdme start demo'
}

show_pod() {
	step "kubectl's words work"
	inside 'sdme kube get pods -o wide'
	inside 'sdme kube logs demo -c publish'
	inside 'sdme kube logs demo -c clock --tail=2'
	inside 'sdme kube exec demo -c web -- sh -c "id -u; hostname; tr \"\\0\" \" \" < /proc/1/cmdline; echo"'
	step "The site answers from outside, and on the host's own localhost"
	outside "curl -s http://$address:8080/"
	inside 'curl -s http://localhost:8080/clock.txt | tail -n 1'
	outside "curl -s -o /dev/null -w '%{http_code}\n' http://$address:8080/private/index.html"
	outside "curl -s -o /dev/null -w '%{http_code}\n' -u 'guest:open sesame' http://$address:8080/private/index.html"
}

show_systemd() {
	step "And so do systemd's: the Pod is a machine, its containers are services in it"
	inside 'machinectl list --no-legend'
	inside 'systemctl -M demo list-units --no-legend --plain "sdme-oci-*"'
	inside 'systemctl -M demo status sdme-oci-web --no-pager --lines=2'
	inside 'journalctl -M demo -u sdme-oci-clock --no-pager -n 2 -o cat'
	inside 'sdme ps'
	step "root in a container is nobody on the host, and the password is in no file on the disk"
	inside 'ps -o user:12,pid,args -C nginx | head -n 2'
	inside 'grep -rlF "open sesame" /var/lib/sdme /etc/systemd || echo "not found"'
}

delete_pod() {
	step "Deleting it"
	inside 'time sdme kube delete -f demo.yaml'
	step "Nothing is left: no machine, no unit, no mount, no process, no record"
	inside 'sdme kube get pods; machinectl list --no-legend; systemctl list-units --no-legend "sdme*"'
	inside 'grep -c -e " /var/lib/sdme" -e " /run/sdme/" /proc/[1-9]*/mountinfo | grep -v ":0$"; ps -C systemd-nspawn --no-headers | wc -l; ls /var/lib/sdme/containers'
	outside "curl -s --max-time 2 http://$address:8080/ || echo 'nobody answers'"
}

boot_host
install_sdme
apply_pod
show_pod
show_systemd
delete_pod
step "That was all. The host goes away now; README.md says where to read on."
