# shellcheck shell=bash
# What the scripts of the test host and of the test images share. Sourced, never run.

# shellcheck source=tests/environment.sh
. "${BASH_SOURCE[0]%/*}/../environment.sh"

cache=${SDME_TEST_CACHE:-/var/cache/sdme-tests}

say() {
	echo "${0##*/}: $*" >&2
}

die() {
	say "$@"
	exit 1
}

need_root() {
	[[ $EUID -eq 0 ]] || die "must run as root"
}

need_programs() {
	local program
	for program; do
		[[ -n $(type -P "$program") ]] || die "program '$program' is missing: install it first"
	done
}

# The Debian mirror that apt on this machine is set up to use.
mirror() {
	local uri
	if [[ -n ${SDME_TEST_MIRROR:-} ]]; then
		echo "$SDME_TEST_MIRROR"
		return
	fi
	# shellcheck disable=SC2016 # apt's own variables
	# Suites such as bookworm-updates may live elsewhere: only the plain suite names the main archive.
	uri=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 'Label: Debian' |
		awk '$1 !~ /-/ { print $2; exit }')
	[[ -n $uri ]] || die "found no Debian mirror in apt's sources: run apt-get update, or set SDME_TEST_MIRROR"
	echo "$uri"
}

# debootstrap and an apt in a chroot don't read the machine's apt configuration: hand its proxy over.
export_apt_proxy() {
	local proxy=
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	if [[ -n $proxy ]]; then
		export http_proxy=$proxy
	fi
}

# text_hash TEXT...: a short key for the name of a cached tree.
text_hash() {
	printf '%s\n' "$@" | sha256sum | cut -c 1-12
}

# Trees that a killed build left half made: a name ends with the PID of its maker.
remove_stale_temporaries() {
	local path
	for path in "$cache"/tmp.*; do
		[[ -e $path && ! -e /proc/${path##*.} ]] && rm -rf "$path"
	done
	return 0
}

# with_lock NAME CMD...: one builder of NAME at a time; the others wait and then find it built.
with_lock() {
	local name=$1
	shift
	mkdir -p "$cache/locks"
	(
		flock 8
		"$@" 8>&-
	) 8> "$cache/locks/$name"
}

# bootstrap RELEASE DIR PACKAGES: an unpacked and configured Debian; PACKAGES is separated by commas.
bootstrap() {
	local release=$1 dir=$2 packages=$3 log=$2.log
	if ! debootstrap --variant=minbase ${packages:+--include="$packages"} \
		"$release" "$dir" "$(mirror)" > "$log" 2>&1; then
		tail -n 30 "$log" >&2
		die "debootstrap of $release failed, see above"
	fi
	rm -f "$log"
}

# in_root DIR CMD...: a command in a chroot with working name resolution. Its mounts live in a
# namespace of their own, so that a killed build leaves none behind.
in_root() {
	local dir=$1
	shift
	[[ -e $dir/etc/resolv.conf || -L $dir/etc/resolv.conf ]] || : > "$dir/etc/resolv.conf"
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --propagation private -- bash -euc '
		dir=$1; shift
		mount -t proc proc "$dir/proc"
		mount --rbind /dev "$dir/dev"
		target=$(readlink -m "$dir/etc/resolv.conf")
		case $target in
		"$dir"/*) ;;
		*) target=$dir$target ;;
		esac
		mkdir -p "${target%/*}"
		[[ -e $target ]] || : > "$target"
		mount --bind /etc/resolv.conf "$target"
		exec chroot "$dir" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' in_root "$dir" "$@"
}

# apt_install DIR PACKAGE...: adds packages to a tree, without what they merely recommend.
apt_install() {
	local dir=$1 log=$1.log
	shift
	# A service must not be started by the package that brings it: this is a chroot on a live machine.
	printf '#!/bin/sh\nexit 101\n' > "$dir/usr/sbin/policy-rc.d"
	chmod 755 "$dir/usr/sbin/policy-rc.d"
	if ! { in_root "$dir" apt-get -qq update &&
		in_root "$dir" apt-get -qq install --no-install-recommends -y "$@"; } > "$log" 2>&1; then
		tail -n 30 "$log" >&2
		die "installing $* failed, see above"
	fi
	rm -f "$log" "$dir/usr/sbin/policy-rc.d"
}

# Documentation and package lists make half of the files of a tree, and every test run copies it.
trim_tree() {
	local dir=$1
	rm -rf "$dir"/usr/share/{doc,man,info,locale,lintian,bash-completion,zsh} "$dir"/var/lib/apt/lists/* \
		"$dir"/var/cache/apt/*.bin "$dir"/var/cache/apt/archives/*.deb "$dir"/var/cache/debconf/*-old
}
